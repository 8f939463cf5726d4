import { expect, test } from 'vitest';
import { createMessageTimes } from './times.ts';

test('transmission time is in UTC, local time and date in the zone of the network', () => {
  const times = createMessageTimes('Asia/Shanghai');
  const ms = Date.UTC(2026, 11, 31, 20, 30, 5, 999);
  expect(times.transmitted(ms)).toBe('1231203005');
  expect(times.localTime(ms)).toBe('043005');
  expect(times.localDate(ms)).toBe('0101');
});

test('daylight saving and leap days are right on both sides of the change', () => {
  const berlin = createMessageTimes('Europe/Berlin');
  const change = Date.UTC(2026, 2, 29, 1, 0, 0);
  expect(berlin.localTime(change - 1)).toBe('015959');
  expect(berlin.localTime(change)).toBe('030000');
  expect(berlin.localTime(change - 1_000)).toBe('015959');
  expect(createMessageTimes('UTC').localDate(Date.UTC(2028, 1, 29))).toBe('0229');
});
