import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayStart, fromLocalInput, localInput } from './zone.ts';

describe('the day of a zone', () => {
  it('starts at its own midnight', () => {
    const noon = Date.UTC(2026, 10, 22, 4);
    expect(new Date(dayStart(noon, 'Asia/Shanghai')).toISOString()).toBe('2026-11-21T16:00:00.000Z');
    expect(new Date(dayStart(noon, 'UTC')).toISOString()).toBe('2026-11-22T00:00:00.000Z');
  });

  it('starts right on the day when clocks change', () => {
    const afterChange = Date.UTC(2026, 2, 29, 12);
    expect(new Date(dayStart(afterChange, 'Europe/Berlin')).toISOString()).toBe('2026-03-28T23:00:00.000Z');
  });
});

describe('a date typed by a person', () => {
  it('is read in the zone of the person', () => {
    expect(fromLocalInput('2026-11-22T09:30', 'Asia/Shanghai')).toBe('2026-11-22T01:30:00.000Z');
    expect(localInput('2026-11-22T01:30:00.000Z', 'Asia/Shanghai')).toBe('2026-11-22T09:30');
  });

  it('is nothing when empty', () => {
    expect(fromLocalInput('', 'UTC')).toBeUndefined();
    expect(localInput(undefined, 'UTC')).toBe('');
  });

  it('comes back as it was typed', () => {
    const minutes = fc.integer({ min: 0, max: 60 * 24 * 365 });
    fc.assert(
      fc.property(minutes, fc.constantFrom('Asia/Shanghai', 'UTC', 'America/St_Johns'), (minute, zone) => {
        const instant = new Date(Date.UTC(2026, 5, 1) + minute * 60_000).toISOString();
        const typed = localInput(instant, zone);
        const back = fromLocalInput(typed, zone);
        expect(localInput(back, zone)).toBe(typed);
      }),
    );
  });
});
