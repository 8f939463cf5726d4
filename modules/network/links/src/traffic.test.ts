import { expect, test } from 'vitest';
import { createTraffic } from './traffic.ts';

test('percentiles are within a fifth of the true ones, and a minute later all is forgotten', () => {
  let now = 1_000_000;
  const traffic = createTraffic(() => now);
  for (let i = 1; i <= 1_000; i++) traffic.count('00', i);
  traffic.count('time_out', null);
  const { p50Ms, p99Ms, ended, byCode } = traffic.figures();
  expect(ended).toBe(1_001);
  expect(byCode).toEqual({ '00': 1_000, time_out: 1 });
  expect(p50Ms).toBeGreaterThanOrEqual(500);
  expect(p50Ms).toBeLessThan(600);
  expect(p99Ms).toBeGreaterThanOrEqual(990);
  expect(p99Ms).toBeLessThan(1_190);
  now += 30_000;
  expect(traffic.figures().ended).toBe(1_001);
  now += 31_000;
  expect(traffic.figures()).toEqual({ ended: 0, p50Ms: null, p99Ms: null, byCode: {} });
});
