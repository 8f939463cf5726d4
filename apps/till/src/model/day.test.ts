import { describe, expect, it } from 'vitest';
import { addDays, dateOf, orderReferenceOf, rangeOf, startOf } from './day.ts';

describe('the day of a till', () => {
  it('begins at midnight of the city, not of Greenwich', () => {
    expect(dateOf(Date.parse('2026-11-21T15:59:59Z'))).toBe('2026-11-21');
    expect(dateOf(Date.parse('2026-11-21T16:00:00Z'))).toBe('2026-11-22');
    expect(rangeOf('2026-11-22')).toEqual({
      from: '2026-11-21T16:00:00.000Z',
      to: '2026-11-22T16:00:00.000Z',
    });
  });

  it('has 23 hours where a zone jumps ahead', () => {
    const { from, to } = rangeOf('2026-03-29', 'Europe/Berlin');
    expect(Date.parse(to) - Date.parse(from)).toBe(23 * 3_600_000);
    expect(new Date(startOf('2026-10-25', 'Europe/Berlin')).toISOString()).toBe('2026-10-24T22:00:00.000Z');
  });

  it('crosses months and leap days', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
  });

  it('gives an order a reference that can be read out', () => {
    expect(orderReferenceOf(Date.parse('2026-11-22T02:03:04Z'), 7)).toBe('261122-100304-007');
  });
});
