import { describe, expect, it } from 'vitest';
import { hoursChart, wholeDay } from './hours-chart.ts';
import { liveChart, roundTop } from './live-chart.ts';
import type { Palette } from './palette.ts';

const palette: Palette = {
  ink: 'ink',
  muted: 'muted',
  line: 'line',
  raised: 'raised',
  jade: 'jade',
  rose: 'rose',
  brand: 'brand',
  font: 'font',
};

interface Drawn {
  aria: { label: { description: string }; decal?: { show: boolean } };
  yAxis: { min: number; max: number };
  series: { data: (number | { value: number; itemStyle: { color: string; decal?: object } })[] }[];
}

const tick = (second: number, approved: number, declined: number, unknown = 0) => ({
  at: new Date(Date.UTC(2026, 10, 22, 6, 0, second)).toISOString(),
  created: approved + declined + unknown,
  approved,
  declined,
  unknown,
});

const live = (ticks: ReturnType<typeof tick>[]) =>
  liveChart({
    ticks,
    palette,
    description: 'five minutes',
    approved: 'Approved',
    failed: 'Failed',
    ago: String,
    clock: String,
  }) as unknown as Drawn;

describe('the live chart', () => {
  it('keeps the newest second at the right edge and fills what is not yet known with nothing', () => {
    const [up] = live([tick(0, 3, 0), tick(1, 5, 0)]).series;
    expect(up?.data).toHaveLength(300);
    expect(up?.data.slice(-2)).toEqual([3, 5]);
    expect(up?.data[0]).toBe(0);
  });

  it('tells failures by direction, not by colour alone', () => {
    const [, down] = live([tick(0, 3, 1, 1)]).series;
    expect(down?.data.at(-1)).toBe(-2);
  });

  it('describes itself and draws patterns', () => {
    const { aria } = live([tick(0, 1, 0)]);
    expect(aria.label.description).toBe('five minutes');
    expect(aria.decal?.show).toBe(true);
  });

  it('has a scale even when nothing happens', () => {
    const { yAxis } = live([]);
    expect(yAxis).toMatchObject({ min: -1, max: 2 });
  });

  it.each([
    [0, 2],
    [3, 4],
    [18, 20],
    [21, 40],
    [99, 100],
    [4100, 10_000],
  ])('rounds a peak of %i up to %i', (most, top) => {
    expect(roundTop(most)).toBe(top);
  });
});

describe('the chart of hours', () => {
  it('has 24 hours whatever was told', () => {
    expect(wholeDay([{ hour: 9, count: 4, amount: 100 }])).toHaveLength(24);
    expect(wholeDay([{ hour: 9, count: 4, amount: 100 }])[9]?.count).toBe(4);
  });

  it('hatches the hour that is still running', () => {
    const option = hoursChart({
      hours: [{ hour: 9, count: 4, amount: 100 }],
      current: 9,
      palette,
      description: 'today',
      count: String,
      money: String,
    }) as unknown as Drawn;
    const [bars] = option.series;
    const hatched = bars?.data.filter((bar) => typeof bar === 'object' && bar.itemStyle.decal !== undefined);
    expect(hatched).toEqual([expect.objectContaining({ value: 4 })]);
  });
});
