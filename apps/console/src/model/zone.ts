/** Offset of a zone from UTC at an instant, in ms, from the zone's own calendar. */
function offsetMs(instant: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((one) => one.type === type)?.value ?? 0);
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wall - Math.floor(instant / 1000) * 1000;
}

/** The instant (ms) at which the clocks of `zone` show this wall time; the first one where clocks go back. */
export function instantOfWall(wallUtcMs: number, zone: string): number {
  const guess = wallUtcMs - offsetMs(wallUtcMs, zone);
  return wallUtcMs - offsetMs(guess, zone);
}

/** Midnight of the day that `instant` belongs to in `zone`, as ms. */
export function dayStart(instant: number, zone: string): number {
  const wall = instant + offsetMs(instant, zone);
  return instantOfWall(wall - (((wall % 86_400_000) + 86_400_000) % 86_400_000), zone);
}

/** An instant as the value of an `<input type="datetime-local">` in `zone`: `2026-11-22T14:05`. */
export function localInput(instant: string | undefined, zone: string): string {
  if (instant === undefined) return '';
  const ms = Date.parse(instant);
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 16);
}

/** The other direction: undefined for an empty or unreadable value. */
export function fromLocalInput(value: string, zone: string): string | undefined {
  const wall = Date.parse(`${value}:00.000Z`);
  return Number.isNaN(wall) ? undefined : new Date(instantOfWall(wall, zone)).toISOString();
}
