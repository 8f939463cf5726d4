/** The zone whose midnight begins the till's day. */
export const tillZone = 'Asia/Shanghai';

/** Minutes the zone is ahead of UTC at an instant. */
function offsetMinutes(atMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    timeZoneName: 'longOffset',
  }).formatToParts(atMs);
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
  if (match === null) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

/** A date of the till's calendar: `2026-11-22`. */
export function dateOf(atMs: number, zone = tillZone): string {
  return new Date(atMs + offsetMinutes(atMs, zone) * 60_000).toISOString().slice(0, 10);
}

/** First instant of a date, in milliseconds since 1970. */
export function startOf(date: string, zone = tillZone): number {
  const guess = Date.parse(`${date}T00:00:00Z`);
  const first = guess - offsetMinutes(guess, zone) * 60_000;
  return guess - offsetMinutes(first, zone) * 60_000;
}

/** The date some days after another; negative for before. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The half-open range of instants of one date, as the API takes it. */
export function rangeOf(date: string, zone = tillZone): { from: string; to: string } {
  return {
    from: new Date(startOf(date, zone)).toISOString(),
    to: new Date(startOf(addDays(date, 1), zone)).toISOString(),
  };
}

/** A short order reference that a person can read out: date, time and a number of this till. */
export function orderReferenceOf(atMs: number, sequence: number, zone = tillZone): string {
  const local = new Date(atMs + offsetMinutes(atMs, zone) * 60_000).toISOString();
  const clock = local.slice(11, 19).replaceAll(':', '');
  return `${local.slice(2, 10).replaceAll('-', '')}-${clock}-${String(sequence % 1000).padStart(3, '0')}`;
}
