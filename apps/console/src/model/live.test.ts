import type { Tick } from '@feiqian/contract';
import { describe, expect, it } from 'vitest';
import { liveSecondsMax, mergeTicks, summarise } from './live.ts';

const start = Date.UTC(2026, 10, 22, 6, 0, 0);
const tick = (second: number, created: number, approved = created, declined = 0): Tick => ({
  at: new Date(start + second * 1000).toISOString(),
  created,
  approved,
  declined,
  unknown: 0,
});

describe('the last five minutes', () => {
  it('fill a second that nobody told with zeros', () => {
    expect(mergeTicks([tick(0, 3)], [tick(3, 4)]).map((one) => one.created)).toEqual([3, 0, 0, 4]);
  });

  it('keep the last telling of a second told twice', () => {
    expect(mergeTicks([tick(0, 3)], [tick(0, 5)]).map((one) => one.created)).toEqual([5]);
  });

  it('never hold more than their seconds', () => {
    const many = Array.from({ length: liveSecondsMax + 50 }, (_, second) => tick(second, second));
    const kept = mergeTicks(many, []);
    expect(kept).toHaveLength(liveSecondsMax);
    expect(kept.at(-1)?.created).toBe(liveSecondsMax + 49);
  });

  it('stay bounded after a long silence', () => {
    expect(mergeTicks([tick(0, 1)], [tick(90_000, 1)])).toHaveLength(liveSecondsMax);
  });

  it('are nothing when nothing was told', () => {
    expect(mergeTicks([], [])).toEqual([]);
  });
});

describe('the summary', () => {
  it('is the mean of the last minute and the peak of all', () => {
    const ticks = [tick(0, 90), ...Array.from({ length: 60 }, (_, i) => tick(i + 1, 2, 1, 1))];
    expect(summarise(ticks)).toEqual({ perSecond: 2, peak: 90, decided: 120, approvalRate: 0.5 });
  });

  it('has as its peak the most that the chart shows, be it begun or ended in that second', () => {
    expect(summarise([tick(0, 2, 5, 2)]).peak).toBe(7);
  });

  it('has no approval rate when nothing was decided', () => {
    expect(summarise([tick(0, 0)]).approvalRate).toBeNull();
  });
});
