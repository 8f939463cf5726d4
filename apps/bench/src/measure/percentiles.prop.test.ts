import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, nearestRank, spreadOf } from './percentiles.ts';

const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 3_000 });

test('a percentile is the smallest measured value that enough of all values do not exceed', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 1000 }), (all, perMille) => {
      const found = nearestRank(Float64Array.from(all).sort(), perMille);
      const within = (v: number) => all.filter((x) => x <= v).length * 1000;
      expect(all).toContain(found);
      expect(within(found)).toBeGreaterThanOrEqual(all.length * perMille);
      for (const smaller of all.filter((v) => v < found))
        expect(within(smaller)).toBeLessThan(all.length * perMille);
    }),
    { numRuns: 60 },
  );
});

test('of a thousand values each thousandth is its own percentile, without a rounding error', () => {
  const sorted = Float64Array.from({ length: 1000 }, (_, i) => i + 1);
  for (let perMille = 1; perMille <= 1000; perMille++) expect(nearestRank(sorted, perMille)).toBe(perMille);
  expect(spreadOf(sorted)).toEqual({ count: 1000, p50: 500, p95: 950, p99: 990, p999: 999, max: 1000 });
});

test('one slow value among a hundred is the greatest and not yet the 99th percentile', () => {
  const all = [...Array.from({ length: 99 }, () => 1), 500];
  expect(spreadOf(all)).toEqual({ count: 100, p50: 1, p95: 1, p99: 1, p999: 500, max: 500 });
});

test('of nothing there are no percentiles', () => {
  expect(spreadOf([])).toEqual({
    count: 0,
    p50: Number.NaN,
    p95: Number.NaN,
    p99: Number.NaN,
    p999: Number.NaN,
    max: Number.NaN,
  });
});

test('the median is the middle one, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 7])).toBe(6);
  expect(median([4])).toBe(4);
});
