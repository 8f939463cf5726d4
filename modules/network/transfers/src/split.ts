import { allocate } from '@feiqian/money';

export type Parts = { ok: true; own: bigint; parts: bigint[] } | { ok: false };

/**
 * The parts of a bill, in minor units; together with `own` they are exactly the total, and none is nothing.
 *
 * Without amounts the parts are equal, and what is left over goes by one unit each to the first of them, the splitter's
 * own before the others. With amounts everybody has one, and what they leave is the splitter's.
 * @param amounts one for each of the others; null where none was given
 * @param own true when the splitter has a part as well
 */
export function partsOf(total: bigint, amounts: readonly (bigint | null)[], own: boolean): Parts {
  const given = amounts.filter((a) => a !== null);
  if (given.length === 0) {
    const [first = 0n, ...rest] = allocate(total, [own ? 1n : 0n, ...amounts.map(() => 1n)]);
    return rest.every((part) => part > 0n) ? { ok: true, own: first, parts: rest } : { ok: false };
  }
  const left = total - given.reduce((sum, a) => sum + a, 0n);
  if (given.length !== amounts.length || given.some((a) => a <= 0n)) return { ok: false };
  return left < 0n || left > 0n !== own ? { ok: false } : { ok: true, own: left, parts: [...given] };
}
