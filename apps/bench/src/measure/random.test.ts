import { expect, test } from 'vitest';
import { nearestRank } from './percentiles.ts';
import { logNormal, seeded } from './random.ts';

const draws = 200_000;

test('the same seed gives the same numbers, another seed others', () => {
  const take = (seed: string) => Array.from({ length: 50 }, seeded(seed).next);
  expect(take('1')).toEqual(take('1'));
  expect(take('1')).not.toEqual(take('2'));
  expect(new Set(take('1')).size).toBe(50);
});

test('numbers are spread evenly from 0 to 1', () => {
  const random = seeded('even');
  const tenths = new Array<number>(10).fill(0);
  let outside = 0;
  for (let i = 0; i < draws; i++) {
    const value = random.next();
    if (!(value >= 0 && value < 1)) outside += 1;
    tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] as number) + 1;
  }
  expect(outside).toBe(0);
  for (const n of tenths) expect(Math.abs(n / draws - 0.1)).toBeLessThan(0.005);
});

test('a bank of p50 120 ms and p99 380 ms has these percentiles', () => {
  const wait = logNormal(seeded('bank'), 120, 380);
  const sorted = Float64Array.from({ length: draws }, wait).sort();
  expect(nearestRank(sorted, 500)).toBeGreaterThan(118);
  expect(nearestRank(sorted, 500)).toBeLessThan(122);
  expect(nearestRank(sorted, 990)).toBeGreaterThan(370);
  expect(nearestRank(sorted, 990)).toBeLessThan(390);
});

test('arrivals come at the mean asked for and do not know of each other', () => {
  const random = seeded('gaps');
  const gaps = Array.from({ length: draws }, () => random.gap(4));
  const mean = gaps.reduce((a, b) => a + b) / draws;
  const variance = gaps.reduce((sum, g) => sum + (g - mean) ** 2, 0) / draws;
  expect(Math.abs(mean - 4)).toBeLessThan(0.05);
  // Of an exponential the deviation is the mean.
  expect(Math.abs(Math.sqrt(variance) - 4)).toBeLessThan(0.1);
});

test('kinds come as often as their weights say, and one of no weight never', () => {
  const random = seeded('kinds');
  const found = [0, 0, 0, 0];
  for (let i = 0; i < draws; i++) {
    const k = random.pick([50, 0, 45, 5]);
    found[k] = (found[k] as number) + 1;
  }
  expect(found[1]).toBe(0);
  expect(Math.abs((found[0] as number) / draws - 0.5)).toBeLessThan(0.01);
  expect(Math.abs((found[3] as number) / draws - 0.05)).toBeLessThan(0.005);
});

test('a wait that is quicker at the 99th percentile than in the middle is refused', () => {
  expect(() => logNormal(seeded('x'), 120, 120)).toThrow('p50 < p99');
});
