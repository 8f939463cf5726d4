/** The forms of an instant in messages. */
export interface MessageTimes {
  /** DE7, MMDDhhmmss in UTC. */
  transmitted(ms: number): string;
  /** DE12, hhmmss in the network's time zone. */
  localTime(ms: number): string;
  /** DE13, MMDD in the network's time zone. */
  localDate(ms: number): string;
}

const SECOND_MS = 1_000;
/** Time zones change their offset on quarters of an hour. */
const OFFSET_STEP_MS = 15 * 60 * SECOND_MS;

/**
 * Formats instants. The last second is remembered, because thousands of messages share it.
 * @param timeZone IANA name, for example `Asia/Shanghai`
 */
export function createMessageTimes(timeZone: string): MessageTimes {
  const zone = formatOf(timeZone);
  let offsetStep = Number.NaN;
  let offsetMs = 0;
  const utc = lastSecond();
  const local = lastSecond();

  function localMs(ms: number): number {
    const step = Math.floor(ms / OFFSET_STEP_MS);
    if (step !== offsetStep) {
      offsetStep = step;
      offsetMs = offsetAt(zone, step * OFFSET_STEP_MS);
    }
    return ms + offsetMs;
  }

  return {
    transmitted: utc,
    localTime: (ms) => local(localMs(ms)).slice(4),
    localDate: (ms) => local(localMs(ms)).slice(0, 4),
  };
}

/** Formats are dear to make, and one zone needs one. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  formats.set(timeZone, format);
  return format;
}

/** How far the zone is ahead of UTC at an instant, in ms. */
function offsetAt(zone: Intl.DateTimeFormat, ms: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of zone.formatToParts(ms)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - ms;
}

/** MMDDhhmmss of an instant in UTC, remembering the last one. */
function lastSecond(): (ms: number) => string {
  let second = Number.NaN;
  let text = '';
  return (ms) => {
    const now = Math.floor(ms / SECOND_MS);
    if (now !== second) {
      second = now;
      const iso = new Date(now * SECOND_MS).toISOString();
      text = iso.slice(5, 7) + iso.slice(8, 10) + iso.slice(11, 13) + iso.slice(14, 16) + iso.slice(17, 19);
    }
    return text;
  };
}
