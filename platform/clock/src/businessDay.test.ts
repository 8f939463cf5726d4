import { expect, test } from 'vitest';
import { businessDay } from './index.ts';

test('the day begins at local midnight, also where it has 23 hours', () => {
  const day = businessDay(Date.UTC(2026, 10, 22, 16, 30), 'Asia/Shanghai');
  expect(day).toEqual({ date: '2026-11-23', startMs: Date.UTC(2026, 10, 22, 16) });
  const summer = businessDay(Date.UTC(2026, 2, 29, 20), 'Europe/Berlin');
  expect(summer).toEqual({ date: '2026-03-29', startMs: Date.UTC(2026, 2, 28, 23) });
  expect(businessDay(Date.UTC(2026, 2, 30, 12), 'Europe/Berlin').startMs - summer.startMs).toBe(
    23 * 3600_000,
  );
});
