import { expect, test } from 'vitest';
import { lineChart, logTicks, ticks } from './chart.ts';

const chart = {
  title: 'Captured by offered',
  x: 'offered',
  y: 'captured',
  series: [
    {
      name: 'uniform',
      points: [
        [100, 100],
        [1000, 990],
        [1200, 985],
      ] as const,
    },
    { name: 'a < b & "c"', points: [[100, 90]] as const },
  ],
};

test('ticks are round and hold everything', () => {
  expect(ticks(1200)).toEqual([0, 200, 400, 600, 800, 1000, 1200]);
  expect(ticks(7)).toEqual([0, 2, 4, 6, 8]);
  expect(ticks(0.9).at(-1)).toBeGreaterThanOrEqual(0.9);
  expect(ticks(0)).toEqual([0, 1]);
  expect(logTicks(3, 850)).toEqual([1, 10, 100, 1000]);
  expect(logTicks(10, 10)).toEqual([10, 100]);
});

test('a chart is one well-formed document that carries its colours for light and dark and says what it shows', () => {
  const svg = lineChart(chart);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 760 420"/);
  expect(svg).toContain('@media (prefers-color-scheme: dark)');
  expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
  expect(svg).toContain('uniform: 100 → 100, 1,000 → 990, 1,200 → 985');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  // Every element that is opened is closed.
  const open = [...svg.matchAll(/<([a-z]+)(?:\s[^<>]*[^/])?>/g)].map((m) => m[1]);
  const closed = [...svg.matchAll(/<\/([a-z]+)>/g)].map((m) => m[1]);
  expect(open.sort()).toEqual(closed.sort());
});

test('points stand where their numbers put them', () => {
  const at = (svg: string) =>
    [...svg.matchAll(/<circle[^>]*cx="([0-9.]+)" cy="([0-9.]+)"/g)].map((m) => [Number(m[1]), Number(m[2])]);
  const [low, high] = at(
    lineChart({
      ...chart,
      series: [
        {
          name: 's',
          points: [
            [0, 0],
            [10, 10],
          ],
        },
      ],
    }),
  );
  expect(low).toEqual([64, 368]);
  expect(high).toEqual([584, 44]);
  const [one, ten, hundred] = at(
    lineChart({
      ...chart,
      log: true,
      series: [
        {
          name: 's',
          points: [
            [1, 1],
            [2, 10],
            [3, 100],
          ],
        },
      ],
    }),
  );
  expect((one?.[1] ?? 0) - (ten?.[1] ?? 0)).toBeCloseTo((ten?.[1] ?? 0) - (hundred?.[1] ?? 0), 0);
});

test('what cannot be drawn is left out', () => {
  const svg = lineChart({
    ...chart,
    log: true,
    series: [
      {
        name: 's',
        points: [
          [1, Number.NaN],
          [2, 0],
          [3, 5],
        ],
      },
    ],
  });
  expect(svg.match(/<circle/g)).toHaveLength(1);
  expect(svg).not.toContain('NaN');
});
