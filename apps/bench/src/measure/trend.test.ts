import { expect, test } from 'vitest';
import { laterHalf, linearTrend } from './trend.ts';

const line = (n: number, value: (at: number) => number) =>
  Array.from({ length: n }, (_, at) => ({ at, value: value(at) }));

test('the line through samples on a line is that line', () => {
  expect(linearTrend(line(11, (at) => 100 + 2 * at))).toEqual({ slope: 2, mean: 110, growth: 20 / 110 });
});

test('what goes up and down around a level has no trend', () => {
  const trend = linearTrend(line(1001, (at) => 100 + (at % 2 === 0 ? 5 : -5)));
  expect(Math.abs(trend?.growth ?? 1)).toBeLessThan(0.001);
});

test('the later half is by time and leaves the warming up out', () => {
  const samples = [0, 1, 2, 3, 100, 110].map((at) => ({ at, value: 0 }));
  expect(laterHalf(samples).map((s) => s.at)).toEqual([100, 110]);
  const warming = line(600, (at) => Math.min(at, 200));
  expect(linearTrend(warming)?.growth).toBeGreaterThan(0.2);
  expect(linearTrend(laterHalf(warming))?.growth).toBe(0);
});

test('one sample, or many at one time, make no line', () => {
  expect(linearTrend(line(1, () => 1))).toBeNull();
  expect(
    linearTrend([
      { at: 1, value: 1 },
      { at: 1, value: 9 },
    ]),
  ).toBeNull();
});
