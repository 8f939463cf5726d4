import { expect, test } from 'vitest';
import { addMonths, monthOf, monthStartMs } from './index.ts';

test('a month begins at local midnight of its first day', () => {
  const start = monthStartMs('2026-11', 'Asia/Shanghai');
  expect(start).toBe(Date.UTC(2026, 9, 31, 16));
  expect(monthOf(start, 'Asia/Shanghai')).toBe('2026-11');
  expect(monthOf(start - 1, 'Asia/Shanghai')).toBe('2026-10');
  const spring = monthStartMs('2026-04', 'Europe/Berlin') - monthStartMs('2026-03', 'Europe/Berlin');
  expect(spring).toBe((31 * 24 - 1) * 3600_000);
});

test('months go over years in both directions', () => {
  expect(addMonths('2026-11', 2)).toBe('2027-01');
  expect(addMonths('2026-01', -11)).toBe('2025-02');
});
