/**
 * Equal parts of an amount as the network makes them: what is left over goes by one unit each to the first. Minor units.
 * Null when somebody's part would be nothing.
 */
export function equalParts(total: number, people: number): number[] | null {
  const base = Math.floor(total / people);
  const rest = total - base * people;
  return base === 0 ? null : Array.from({ length: people }, (_, i) => base + (i < rest ? 1 : 0));
}

export interface Shares {
  own: number;
  parts: number[];
  /** What the parts are above the total (more than 0) or below it; the split can be sent at 0 alone. */
  difference: number;
}

/** How a bill stands as it is filled in. `amounts` is null for equal parts. */
export function sharesOf(
  total: number,
  people: number,
  amounts: readonly number[] | null,
  own: boolean,
): Shares {
  if (amounts === null) {
    const parts = equalParts(total, people + (own ? 1 : 0));
    const none = { own: 0, parts: Array<number>(people).fill(0), difference: -total };
    if (parts === null) return none;
    return { own: own ? (parts[0] ?? 0) : 0, parts: own ? parts.slice(1) : parts, difference: 0 };
  }
  const left = total - amounts.reduce((sum, a) => sum + a, 0);
  // What the others leave is the splitter's part, if there is one.
  if (own && left > 0) return { own: left, parts: [...amounts], difference: 0 };
  return { own: 0, parts: [...amounts], difference: own && left === 0 ? 1 : 0 - left };
}
