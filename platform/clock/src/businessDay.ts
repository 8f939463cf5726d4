import { Temporal } from 'temporal-polyfill';

/**
 * The calendar day of an instant in a time zone (IANA name), and when that day began, in ms. Days of 23 or 25
 * hours come out right.
 */
export function businessDay(atMs: number, timeZone: string): { date: string; startMs: number } {
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(atMs)).toZonedDateTimeISO(timeZone);
  return { date: local.toPlainDate().toString(), startMs: local.startOfDay().epochMilliseconds };
}
