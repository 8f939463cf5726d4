import type { Tick } from '@feiqian/contract';

/** Seconds of life kept on screen. */
export const liveSecondsMax = 300;

/** The second of a tick, in whole seconds since 1970. */
function secondOf(tick: Tick): number {
  return Math.floor(Date.parse(tick.at) / 1000);
}

/**
 * The last five minutes, one tick a second, oldest first. A second told twice keeps the last telling; a second
 * never told is filled with zeros, so that time on the axis is time and not the number of messages.
 */
export function mergeTicks(known: readonly Tick[], news: readonly Tick[]): Tick[] {
  const bySecond = new Map<number, Tick>();
  for (const tick of known) bySecond.set(secondOf(tick), tick);
  for (const tick of news) bySecond.set(secondOf(tick), tick);
  if (bySecond.size === 0) return [];
  const last = Math.max(...bySecond.keys());
  const first = Math.max(Math.min(...bySecond.keys()), last - liveSecondsMax + 1);
  const ticks: Tick[] = [];
  for (let second = first; second <= last; second++) {
    const at = new Date(second * 1000).toISOString();
    ticks.push(bySecond.get(second) ?? { at, created: 0, approved: 0, declined: 0, unknown: 0 });
  }
  return ticks;
}

/** Payments that came to an end, or to a question, in a second; they may have begun in an earlier one. */
function outcomes(tick: Tick): number {
  return tick.approved + tick.declined + tick.unknown;
}

/** What the last `seconds` seconds say. `approvalRate` is null when nothing was decided. */
export interface LiveSummary {
  perSecond: number;
  peak: number;
  decided: number;
  approvalRate: number | null;
}

/** Mean payments a second and approval rate over the last `seconds` of the series. */
export function summarise(ticks: readonly Tick[], seconds = 60): LiveSummary {
  const recent = ticks.slice(-seconds);
  const sum = (pick: (tick: Tick) => number) => recent.reduce((total, tick) => total + pick(tick), 0);
  const approved = sum((tick) => tick.approved);
  const decided = approved + sum((tick) => tick.declined);
  return {
    perSecond: recent.length === 0 ? 0 : sum((tick) => tick.created) / recent.length,
    peak: ticks.reduce((most, tick) => Math.max(most, tick.created, outcomes(tick)), 0),
    decided,
    approvalRate: decided === 0 ? null : approved / decided,
  };
}
