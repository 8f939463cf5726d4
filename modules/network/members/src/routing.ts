/** What kind of account stands behind a range of card numbers. */
export type ProductKind = 'debit' | 'credit' | 'prepaid' | 'mixed';

/** Card numbers whose first digits lie between `low` and `high`, both of the same length, belong to a member. */
export interface BinRange {
  id: string;
  memberId: string;
  low: string;
  high: string;
  product: ProductKind;
}

/** Ranges arranged for look-up. */
export interface Routes {
  /** Longest prefix first; inside one length sorted by `low`, without overlap. */
  readonly byLength: readonly { length: number; ranges: readonly BinRange[] }[];
}

/** Why a range cannot be added. */
export type RangeRefusal = 'malformed' | 'overlaps';

/** Arranges ranges for {@link routeOf}. */
export function arrangeRoutes(ranges: readonly BinRange[]): Routes {
  const byLength = new Map<number, BinRange[]>();
  for (const range of ranges) {
    const same = byLength.get(range.low.length);
    if (same) same.push(range);
    else byLength.set(range.low.length, [range]);
  }
  return {
    byLength: [...byLength]
      .sort(([a], [b]) => b - a)
      .map(([length, same]) => ({ length, ranges: same.sort((a, b) => (a.low < b.low ? -1 : 1)) })),
  };
}

/**
 * The range a card number (or its first digits) belongs to: the longest prefix wins, so that a bank may carve
 * a product out of its own or another's wider range. Null when nobody has it.
 */
export function routeOf(routes: Routes, pan: string): BinRange | null {
  for (const { length, ranges } of routes.byLength) {
    if (pan.length < length) continue;
    const prefix = pan.slice(0, length);
    let low = 0;
    let high = ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = ranges[middle] as BinRange;
      if (prefix < range.low) high = middle - 1;
      else if (prefix > range.high) low = middle + 1;
      else return range;
    }
  }
  return null;
}

/** Whether a range may stand beside those that exist; null when it may. */
export function refuseRange(
  existing: readonly BinRange[],
  range: Pick<BinRange, 'low' | 'high'>,
): RangeRefusal | null {
  const shape = /^[0-9]{4,12}$/;
  if (!shape.test(range.low) || !shape.test(range.high)) return 'malformed';
  if (range.low.length !== range.high.length || range.low > range.high) return 'malformed';
  const clash = existing.some(
    (other) => other.low.length === range.low.length && other.low <= range.high && range.low <= other.high,
  );
  return clash ? 'overlaps' : null;
}
