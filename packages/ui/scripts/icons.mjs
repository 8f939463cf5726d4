// Draws the icons of the three apps from the mark: `node packages/ui/scripts/icons.mjs`.
// The results are committed; run it again when the mark or a colour changes. Needs Chromium (see scripts/chromium.mjs).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../../../scripts/chromium.mjs';

const here = import.meta.dirname;
const source = readFileSync(join(here, '../src/mark.tsx'), 'utf8');
const paths = [...source.matchAll(/'(M[^']+Z)'/g)].map((match) => match[1]);

/** Ground of each app's icon; the mark is white on it. */
const apps = { wallet: '#c8362b', till: '#0e7c66', console: '#101828' };

function svg(ground, { corner = 14, scale = 0.74 } = {}) {
  const offset = (64 - 64 * scale) / 2;
  const mark = paths.map((d) => `<path d="${d}"/>`).join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="512" height="512"><title>飞钱</title>` +
    `<rect width="64" height="64" rx="${corner}" fill="${ground}"/>` +
    `<g transform="translate(${offset} ${offset}) scale(${scale})" fill="#fff">${mark}</g></svg>\n`
  );
}

const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
});

async function png(markup, size, path) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${markup}`,
  );
  await page.screenshot({ path, omitBackground: true });
  await page.close();
}

for (const [app, ground] of Object.entries(apps)) {
  const folder = join(here, '../assets', app);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'icon.svg'), svg(ground));
  await png(svg(ground), 192, join(folder, 'icon-192.png'));
  await png(svg(ground), 512, join(folder, 'icon-512.png'));
  await png(svg(ground, { corner: 0, scale: 0.58 }), 512, join(folder, 'icon-maskable-512.png'));
  await png(svg(ground, { corner: 0 }), 180, join(folder, 'apple-touch-icon.png'));
}
await browser.close();
