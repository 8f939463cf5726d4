import { Temporal } from 'temporal-polyfill';

/** The calendar month of an instant in a time zone (IANA name), `2026-11`. */
export function monthOf(atMs: number, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(atMs)).toZonedDateTimeISO(timeZone);
  return local.toPlainDate().toPlainYearMonth().toString();
}

/** The month so many months after this one; before it with a negative number. */
export function addMonths(month: string, months: number): string {
  return Temporal.PlainYearMonth.from(month).add({ months }).toString();
}

/** When a month begins in a time zone, ms since 1970. */
export function monthStartMs(month: string, timeZone: string): number {
  return Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 }).toZonedDateTime(timeZone)
    .epochMilliseconds;
}
