/** A line of a chart: a name and its points. */
export interface Series {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  title: string;
  x: string;
  y: string;
  series: readonly Series[];
  /** A logarithmic y axis, for waits. */
  log?: boolean;
  /** A dashed level with words, such as what is asked. */
  level?: { at: number; name: string };
}

const width = 760;
const height = 420;
const box = { left: 64, right: 176, top: 44, bottom: 52 };
const right = width - box.right;
const bottom = height - box.bottom;
const ticksWanted = 6;

/** Told apart in light and dark, and by people who see fewer colours: each line also has dashes of its own. */
const colours = [
  { light: '#175cd3', dark: '#7cb0ff' },
  { light: '#c8362b', dark: '#ff8f84' },
  { light: '#0e7c66', dark: '#4fd1b0' },
  { light: '#8a5a00', dark: '#f2b84b' },
  { light: '#6941c6', dark: '#b9a0ff' },
  { light: '#475467', dark: '#b8c0cc' },
];
const dashes = ['', '7 3', '2 3', '9 3 2 3', '4 4', '12 4'];

const style = `
  .paper { fill: #ffffff } .ink { fill: #101828 } .dim { fill: #475467 }
  .line { stroke: #d0d5dd; stroke-width: 1 } .level { stroke: #475467; stroke-width: 1.5; stroke-dasharray: 3 4 }
  text { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif } .title { font-size: 16px; font-weight: 600 }
  .series { fill: none; stroke-width: 2; stroke-linejoin: round }
${colours.map((c, i) => `  .s${i} { stroke: ${c.light} } .d${i} { fill: ${c.light} }`).join('\n')}
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0b1220 } .ink { fill: #f2f4f7 } .dim { fill: #b8c0cc } .line { stroke: #344054 } .level { stroke: #b8c0cc }
${colours.map((c, i) => `    .s${i} { stroke: ${c.dark} } .d${i} { fill: ${c.dark} }`).join('\n')}
  }`;

/** Round steps of 1, 2 or 5 times a power of ten from 0 to at least `max`. */
export function ticks(max: number): number[] {
  if (!(max > 0) || !Number.isFinite(max)) return [0, 1];
  const rough = max / ticksWanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((m) => m * power >= rough * 0.999) ?? 10) * power;
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Powers of ten that hold everything from `min` to `max`. */
export function logTicks(min: number, max: number): number[] {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return [1, 10];
  const low = Math.floor(Math.log10(Math.max(min, 0.1)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(max, 0.1))));
  return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
}

/** A line chart as an SVG document of its own: readable in light and dark, and described for those who cannot see it. */
export function lineChart(chart: Chart): string {
  const shown = chart.series.map((s) => ({
    ...s,
    points: s.points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y) && (!chart.log || y > 0)),
  }));
  const ys = [...shown.flatMap((s) => s.points.map((p) => p[1])), ...(chart.level ? [chart.level.at] : [])];
  const xTicks = ticks(Math.max(0, ...shown.flatMap((s) => s.points.map((p) => p[0]))));
  const yTicks = chart.log ? logTicks(Math.min(...ys), Math.max(...ys)) : ticks(Math.max(0, ...ys));
  const [xMax, yLow, yHigh] = [xTicks.at(-1) as number, yTicks[0] as number, yTicks.at(-1) as number];
  const xAt = (x: number) => round(box.left + (x / xMax) * (right - box.left));
  const share = (y: number) =>
    chart.log ? Math.log10(y / yLow) / Math.log10(yHigh / yLow) : (y - yLow) / (yHigh - yLow);
  const yAt = (y: number) => round(bottom - share(y) * (bottom - box.top));
  const parts = [
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text class="ink title" x="${box.left}" y="26">${escaped(chart.title)}</text>`,
    ...yTicks.map(
      (t) =>
        `<path class="line" d="M${box.left} ${yAt(t)}H${right}"/><text class="dim" x="${box.left - 8}" y="${yAt(t) + 4}" text-anchor="end">${label(t)}</text>`,
    ),
    ...xTicks.map(
      (t) => `<text class="dim" x="${xAt(t)}" y="${bottom + 20}" text-anchor="middle">${label(t)}</text>`,
    ),
    `<text class="dim" x="${(box.left + right) / 2}" y="${height - 12}" text-anchor="middle">${escaped(chart.x)}</text>`,
    `<text class="dim" transform="translate(16 ${(box.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(chart.y)}</text>`,
    ...(chart.level
      ? [
          `<path class="level" d="M${box.left} ${yAt(chart.level.at)}H${right}"/><text class="dim" x="${right + 8}" y="${yAt(chart.level.at) + 4}">${escaped(chart.level.name)}</text>`,
        ]
      : []),
    ...shown.map((s, i) => seriesOf(s, i, xAt, yAt)),
    ...shown.map((s, i) => legendOf(s, i)),
  ];
  const told = shown.map(
    (s) => `${s.name}: ${s.points.map(([x, y]) => `${label(x)} → ${label(y)}`).join(', ')}`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d">
<title id="t">${escaped(chart.title)}</title>
<desc id="d">${escaped(`${chart.y} by ${chart.x}. ${told.join('; ')}`)}</desc>
<style>${style}
</style>
${parts.join('\n')}
</svg>
`;
}

function seriesOf(s: Series, i: number, xAt: (x: number) => number, yAt: (y: number) => number): string {
  const line = s.points.map(([x, y], n) => `${n === 0 ? 'M' : 'L'}${xAt(x)} ${yAt(y)}`).join('');
  const k = i % colours.length;
  const dots =
    s.points.length > 40
      ? ''
      : s.points.map(([x, y]) => `<circle class="d${k}" cx="${xAt(x)}" cy="${yAt(y)}" r="3"/>`).join('');
  return `<path class="series s${k}" stroke-dasharray="${dashes[k]}" d="${line}"/>${dots}`;
}

function legendOf(s: Series, i: number): string {
  const k = i % colours.length;
  const y = box.top + 8 + i * 22;
  return `<path class="series s${k}" stroke-dasharray="${dashes[k]}" d="M${right + 14} ${y}h30"/><text class="ink" x="${right + 50}" y="${y + 4}">${escaped(s.name)}</text>`;
}

const round = (n: number): number => Math.round(n * 10) / 10;

/** Numbers as an axis shows them: at most three digits after the point, thousands set apart. */
function label(n: number): string {
  return n.toLocaleString('en-US', { maximumFractionDigits: n < 10 ? 2 : 0 });
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
