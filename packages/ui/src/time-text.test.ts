import { expect, test } from 'vitest';
import { cityZone, dayKey, formatTime } from './time-text.ts';

const instants = [
  Date.UTC(1992, 0, 1),
  Date.UTC(2000, 1, 29, 15, 59, 59, 999),
  Date.UTC(2000, 1, 29, 16),
  Date.UTC(2026, 6, 1, 3, 4, 5),
  Date.UTC(2026, 11, 31, 16),
  Date.UTC(2026, 11, 31, 15, 59),
];

test('what the clocks of the city show is what the formatter of its zone says', () => {
  for (const instant of [Date.UTC(1988, 6, 1), ...instants]) {
    const asked = (options: Intl.DateTimeFormatOptions, language: string) =>
      new Intl.DateTimeFormat(language, { ...options, timeZone: cityZone, hourCycle: 'h23' }).format(instant);
    const two = '2-digit';
    for (const language of ['zh-CN', 'en']) {
      expect(formatTime(instant, 'time', language)).toBe(asked({ hour: two, minute: two }, language));
      const withSeconds = asked({ hour: two, minute: two, second: two }, language);
      expect(formatTime(instant, 'seconds', language)).toBe(withSeconds);
      expect(formatTime(new Date(instant).toISOString(), 'seconds', language)).toBe(withSeconds);
    }
    expect(dayKey(instant)).toBe(asked({ year: 'numeric', month: two, day: two }, 'en-CA'));
  }
});

test('another zone, and what is no instant, are for the formatter', () => {
  expect(dayKey(Date.UTC(2026, 0, 1), 'America/New_York')).toBe('2025-12-31');
  expect(() => dayKey('nothing')).toThrow(RangeError);
});
