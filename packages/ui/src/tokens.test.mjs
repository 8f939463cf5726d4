import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contrastRatio } from './contrast.ts';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

function block(selector) {
  const start = css.indexOf(`${selector} {`);
  if (start < 0) throw new Error(`no block ${selector}`);
  const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return new Map([...body.matchAll(/--([a-z0-9-]+):\s*([^;]+);/g)].map((m) => [m[1] ?? '', m[2] ?? '']));
}

const light = block(':root');
const dark = new Map([...light, ...block(':root[data-theme="dark"]')]);
const elder = new Map([...light, ...block(':root[data-theme="elder"]')]);

const surfaces = ['paper', 'ground', 'raised', 'sunken'];
const words = ['ink', 'muted', 'brand', 'jade', 'amber', 'rose', 'azure'];
const pairs = [
  ...surfaces.flatMap((surface) => words.map((word) => [word, surface])),
  ...['brand', 'jade', 'amber', 'rose', 'azure'].flatMap((hue) => [
    [hue, `${hue}-soft`],
    ['ink', `${hue}-soft`],
    [`on-${hue}`, `${hue}-fill`],
  ]),
  ['on-brand', 'brand-fill-press'],
  ...[1, 2, 3, 4, 5, 6].map((n) => ['on-card', `card-${n}`]),
  ['code-ink', 'code-paper'],
];

describe.each([
  ['light', light],
  ['dark', dark],
  ['elder', elder],
])('theme %s', (_name, theme) => {
  test.each(pairs)('%s on %s reads at 4.5:1 or better', (word, surface) => {
    const ratio = contrastRatio(theme.get(word) ?? '', theme.get(surface) ?? '');
    expect(ratio).toBeGreaterThanOrEqual(4.5);
  });

  test('the outline of a field stands out from its surface at 3:1', () => {
    expect(contrastRatio(theme.get('line-strong') ?? '', theme.get('paper') ?? '')).toBeGreaterThanOrEqual(3);
  });
});

test('dark by system and dark by choice are the same colours', () => {
  expect(block('  :root:not([data-theme])')).toEqual(block(':root[data-theme="dark"]'));
});

test('elder mode has no type under 18 px and no target under 60 px', () => {
  const start = css.indexOf(':root[data-elder],');
  const body = css.slice(css.indexOf('{', start), css.indexOf('}', start));
  const px = [...body.matchAll(/--fs-\d+:\s*(\d+)px/g)].map((m) => Number(m[1]));
  expect(px).toHaveLength(8);
  expect(Math.min(...px)).toBeGreaterThanOrEqual(18);
  expect(Number(/--target:\s*(\d+)px/.exec(body)?.[1])).toBeGreaterThanOrEqual(60);
});

test('black on white is 21:1', () => {
  expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 5);
});
