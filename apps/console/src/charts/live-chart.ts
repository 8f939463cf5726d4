import type { Tick } from '@feiqian/contract';
import type { EChartsCoreOption } from 'echarts/core';
import { liveSecondsMax } from '../model/live.ts';
import type { Palette } from './palette.ts';

interface LiveChartParts {
  ticks: readonly Tick[];
  palette: Palette;
  /** Read out in place of the picture. */
  description: string;
  approved: string;
  failed: string;
  /** "5 min ago" for a number of minutes. */
  ago: (minutes: number) => string;
  /** The wall time of an instant, in the reader's zone. */
  clock: (at: string) => string;
}

/** The next round number up, even, so that the axis has a whole number in its middle: 2, 4, 10, 20, 40, 100 … */
export function roundTop(most: number): number {
  for (let scale = 1; ; scale *= 10) {
    for (const step of [2, 4, 10]) if (step * scale >= most) return step * scale;
  }
}

/** Says the second under the pointer: its time, what was approved, what was not. */
function tooltip(parts: LiveChartParts, empty: number) {
  const { ticks, palette } = parts;
  return {
    trigger: 'axis',
    renderMode: 'richText',
    axisPointer: { type: 'line', lineStyle: { color: palette.muted, type: 'dashed' } },
    backgroundColor: palette.raised,
    borderColor: palette.line,
    textStyle: { color: palette.ink, fontSize: 12 },
    formatter: (points: { dataIndex: number }[]) => {
      const tick = ticks[(points[0]?.dataIndex ?? 0) - empty];
      if (!tick) return '';
      return [
        parts.clock(tick.at),
        `${parts.approved}  ${tick.approved}`,
        `${parts.failed}  ${tick.declined + tick.unknown}`,
      ].join('\n');
    },
  };
}

/**
 * Payments of each second: approved ones grow up, those declined or being checked grow down, so that direction
 * and not colour tells them apart. One bar a second, the newest at the right edge.
 */
export function liveChart(parts: LiveChartParts): EChartsCoreOption {
  const { ticks, palette } = parts;
  const empty = Math.max(0, liveSecondsMax - ticks.length);
  const padding = Array.from({ length: empty }, () => 0);
  const up = ticks.map((tick) => tick.approved);
  const down = ticks.map((tick) => -(tick.declined + tick.unknown));
  const top = roundTop(Math.max(...up, 0));
  const bottom = Math.max(1, ...down.map((one) => -one));
  const marks = [-bottom, 0, top / 2, top];
  const minutes = (index: number) => Math.round((liveSecondsMax - index) / 60);
  return {
    animation: false,
    textStyle: { fontFamily: palette.font },
    aria: {
      enabled: true,
      label: { description: parts.description },
      decal: {
        show: true,
        decals: [{ symbol: 'none' }, { color: palette.raised, dashArrayX: [1, 0], dashArrayY: [2, 3] }],
      },
    },
    grid: { left: 36, right: 8, top: 12, bottom: 24 },
    tooltip: tooltip(parts, empty),
    xAxis: {
      type: 'category',
      data: Array.from({ length: liveSecondsMax }, (_, index) => String(index)),
      axisLine: { onZero: true, lineStyle: { color: palette.muted } },
      axisTick: { show: false },
      axisLabel: { show: false },
    },
    yAxis: {
      type: 'value',
      min: -bottom,
      max: top,
      // Whole numbers on both sides, whatever the library would choose from the lower end.
      axisTick: { show: false, customValues: marks },
      splitLine: { lineStyle: { color: palette.line } },
      axisLabel: {
        customValues: marks,
        color: palette.muted,
        fontSize: 12,
        formatter: (value: number) => String(Math.abs(value)),
      },
    },
    graphic: [0, 60, 120, 180, 240].map((index) => ({
      type: 'text',
      left: `${4 + (index / liveSecondsMax) * 95}%`,
      bottom: 4,
      silent: true,
      style: { text: parts.ago(minutes(index)), fill: palette.muted, fontSize: 12 },
    })),
    series: [
      {
        name: parts.approved,
        type: 'bar',
        stack: 'second',
        barCategoryGap: '20%',
        itemStyle: { color: palette.jade },
        data: [...padding, ...up],
      },
      {
        name: parts.failed,
        type: 'bar',
        stack: 'second',
        itemStyle: { color: palette.rose },
        data: [...padding, ...down],
      },
    ],
  };
}
