import type { Today } from '@feiqian/contract';
import type { EChartsCoreOption } from 'echarts/core';
import type { Palette } from './palette.ts';

interface HoursChartParts {
  hours: Today['hours'];
  /** The hour that is running, 0 to 23; it is drawn as not yet whole. */
  current: number;
  palette: Palette;
  description: string;
  count: (count: number) => string;
  money: (minor: number) => string;
}

/** The day's 24 hours with what is missing as zero. */
export function wholeDay(hours: Today['hours']): Today['hours'] {
  const known = new Map(hours.map((one) => [one.hour, one]));
  return Array.from({ length: 24 }, (_, hour) => known.get(hour) ?? { hour, count: 0, amount: 0 });
}

/** Payments by hour: past hours solid, the running one hatched in the brand's red. */
export function hoursChart(parts: HoursChartParts): EChartsCoreOption {
  const { palette } = parts;
  const day = wholeDay(parts.hours);
  return {
    animation: false,
    textStyle: { fontFamily: palette.font },
    aria: { enabled: true, label: { description: parts.description } },
    grid: { left: 36, right: 8, top: 12, bottom: 24 },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      axisPointer: { type: 'shadow' },
      backgroundColor: palette.raised,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontSize: 12 },
      formatter: (points: { dataIndex: number }[]) => {
        const hour = day[points[0]?.dataIndex ?? 0];
        if (!hour) return '';
        const clock = `${String(hour.hour).padStart(2, '0')}:00`;
        return [clock, parts.count(hour.count), parts.money(hour.amount)].join('\n');
      },
    },
    xAxis: {
      type: 'category',
      data: day.map((one) => String(one.hour)),
      axisLine: { lineStyle: { color: palette.muted } },
      axisTick: { show: false },
      axisLabel: { color: palette.muted, fontSize: 12, interval: 2 },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      minInterval: 1,
      splitLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.muted, fontSize: 12 },
    },
    series: [
      {
        type: 'bar',
        barCategoryGap: '30%',
        data: day.map((one) => ({
          value: one.count,
          itemStyle:
            one.hour === parts.current
              ? {
                  color: palette.brand,
                  decal: { color: palette.raised, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -0.785 },
                }
              : { color: palette.ink, opacity: 0.78 },
        })),
      },
    ],
  };
}
