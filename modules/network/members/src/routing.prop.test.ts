import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrangeRoutes, type BinRange, refuseRange, routeOf } from './routing.ts';

const range = (low: string, high = low, memberId = low): BinRange => ({
  id: low,
  memberId,
  low,
  high,
  product: 'debit',
});

test('the longest prefix wins, also inside a wider range', () => {
  const routes = arrangeRoutes([range('9156', '9156', 'wide'), range('915601', '915603', 'narrow')]);
  expect(routeOf(routes, '9156020000000000')?.memberId).toBe('narrow');
  expect(routeOf(routes, '9156040000000000')?.memberId).toBe('wide');
  expect(routeOf(routes, '9157000000000000')).toBeNull();
  expect(routeOf(routes, '915602')?.memberId).toBe('narrow');
  expect(routeOf(routes, '91560')?.memberId).toBe('wide');
});

test('a range that is malformed or meets another of its length is refused', () => {
  const existing = [range('915600', '915609')];
  expect(refuseRange(existing, { low: '915609', high: '915610' })).toBe('overlaps');
  expect(refuseRange(existing, { low: '915610', high: '915610' })).toBeNull();
  expect(refuseRange(existing, { low: '91560000', high: '91560000' })).toBeNull();
  expect(refuseRange(existing, { low: '915612', high: '915611' })).toBe('malformed');
  expect(refuseRange(existing, { low: '915612', high: '9156120' })).toBe('malformed');
  expect(refuseRange(existing, { low: '91a612', high: '91a612' })).toBe('malformed');
});

test('look-up agrees with a plain search through all ranges', () => {
  const prefix = fc
    .tuple(
      fc.integer({ min: 4, max: 7 }),
      fc.integer({ min: 0, max: 9_999_999 }),
      fc.integer({ max: 20, min: 0 }),
    )
    .map(([length, low, width]) => {
      const limit = 10 ** length - 1;
      const from = low % limit;
      const text = (n: number) => n.toString().padStart(length, '0');
      return { low: text(from), high: text(Math.min(limit, from + width)) };
    });
  const pan = fc.integer({ min: 0, max: 99_999_999 }).map((n) => `${n.toString().padStart(8, '0')}00000000`);
  fc.assert(
    fc.property(fc.array(prefix, { maxLength: 30 }), fc.array(pan, { maxLength: 30 }), (candidates, pans) => {
      const ranges: BinRange[] = [];
      for (const c of candidates) if (refuseRange(ranges, c) === null) ranges.push(range(c.low, c.high));
      const routes = arrangeRoutes(ranges);
      const probes = [...pans, ...ranges.map((r) => `${r.high}000000000000`)];
      for (const p of probes) {
        const naive = ranges
          .filter((r) => p.slice(0, r.low.length) >= r.low && p.slice(0, r.low.length) <= r.high)
          .sort((a, b) => b.low.length - a.low.length)[0];
        expect(routeOf(routes, p)?.id ?? null).toBe(naive?.id ?? null);
      }
    }),
  );
});
