/** Parts of a moment by language and zone; formatters are slow to make, so they are kept. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(language: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language}|${zone}|${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language, { ...options, timeZone: zone, hourCycle: 'h23' });
  formatters.set(key, made);
  return made;
}

/** The sandbox city's zone: what the app shows when nothing else is said. */
export const cityZone = 'Asia/Shanghai';

export type TimeStyle = 'time' | 'seconds' | 'day' | 'dayTime' | 'full' | 'month';

const styles: Record<TimeStyle, Intl.DateTimeFormatOptions> = {
  time: { hour: '2-digit', minute: '2-digit' },
  seconds: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  day: { month: 'short', day: 'numeric' },
  dayTime: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
  full: {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  },
  month: { year: 'numeric', month: 'long' },
};

/** Since then the city's clocks have been eight hours ahead of UTC all year (IANA time zone database), ms since 1970. */
const plainSince = Date.UTC(1992, 0, 1);
const aheadMs = 8 * 3_600_000;

/**
 * An instant by the city's clocks, as `2026-11-22T18:00:05`; null where a formatter has to be asked. The first one of a
 * page takes 25 ms to make, four times as much on a slow phone, and the first screen needs no more than this.
 */
function cityClock(instant: string | number, zone: string): string | null {
  const ms = new Date(instant).getTime();
  // Not for what is no instant: the formatter says so.
  if (zone !== cityZone || !(ms >= plainSince && ms < endOfTime)) return null;
  return new Date(ms + aheadMs).toISOString().slice(0, 19);
}

/** Beyond the year 9999 a date is written otherwise. */
const endOfTime = Date.UTC(9999, 0, 1);

/** An instant (RFC 3339 text or ms since 1970) in words of `language`, in the zone of the city. */
export function formatTime(
  instant: string | number,
  style: TimeStyle = 'dayTime',
  language = 'zh-CN',
  zone: string = cityZone,
): string {
  const clock = style === 'time' || style === 'seconds' ? cityClock(instant, zone) : null;
  if (clock !== null) return clock.slice(11, style === 'time' ? 16 : 19);
  return formatter(language, zone, styles[style]).format(new Date(instant));
}

/** The business day of an instant as `2026-11-22`, for grouping. */
export function dayKey(instant: string | number, zone: string = cityZone): string {
  const clock = cityClock(instant, zone);
  if (clock !== null) return clock.slice(0, 10);
  return formatter('en-CA', zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    new Date(instant),
  );
}

/** Age in words: "2 分钟前", "2 minutes ago". Both in ms since 1970. */
export function formatAge(then: number, now: number, language = 'zh-CN'): string {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  if (seconds < 60) return words.format(-seconds, 'second');
  if (seconds < 3600) return words.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return words.format(-Math.floor(seconds / 3600), 'hour');
  return words.format(-Math.floor(seconds / 86_400), 'day');
}
