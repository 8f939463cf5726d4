import axe, { type Result } from 'axe-core';
import type { Page } from 'playwright-core';

/** How a page is looked at: each changes colours or sizes, so each may break contrast or targets anew. */
const looks = [
  { name: 'light', theme: 'light', elder: false },
  { name: 'dark', theme: 'dark', elder: false },
  { name: 'large type', theme: 'light', elder: true },
] as const;
type Look = (typeof looks)[number]['name'];
const allLooks = looks.map(({ name }) => name);
/** For a screen whose colours were looked at in another language: words change no contrast. */
export const looksOfWords: readonly Look[] = ['light', 'large type'];
/** Still an experiment of axe: it takes a picture's name for a missing label. */
const experiments = { 'label-content-name-mismatch': { enabled: false } };
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What a change of colours or sizes can break; everything else is the same page. */
const looksOnly = ['color-contrast', 'target-size'];

/** What axe finds wrong with the page as it stands, and what is too wide for it, look by look; empty when nothing is. */
export async function accessibilityProblems(
  page: Page,
  screen: string,
  only: readonly Look[] = allLooks,
): Promise<string[]> {
  await page.evaluate(axe.source);
  const before = page.viewportSize() ?? { width: 0, height: 0 };
  const problems: string[] = [];
  for (const look of looks.filter(({ name }) => only.includes(name))) {
    await page.evaluate(`(() => {
      const root = document.documentElement;
      root.dataset.theme = '${look.theme}';
      ${look.elder ? "root.dataset.elder = ''" : 'delete root.dataset.elder'};
    })()`);
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (wide > 0) problems.push(`${screen}, ${look.name}: ${wide} px too wide`);
    // As tall as the page, so that nothing lies half under the bar at its foot merely for being scrolled there.
    const height = await page.evaluate<number>('document.documentElement.scrollHeight');
    if (height > before.height) await page.setViewportSize({ width: before.width, height });
    const runOnly =
      look.name === 'light' ? { type: 'tag', values: standards } : { type: 'rule', values: looksOnly };
    const found = await page.evaluate<Result[]>(
      `axe.run(document, { runOnly: ${JSON.stringify(runOnly)}, rules: ${JSON.stringify(experiments)}, resultTypes: ['violations'] }).then((r) => r.violations)`,
    );
    problems.push(...found.map((one) => `${screen}, ${look.name}: ${told(one)}`));
  }
  await page.setViewportSize(before);
  return problems;
}

function told(one: Result): string {
  const where = one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.failureSummary ?? ''}`);
  return `${one.id} (${one.nodes.length}): ${where.join(' | ').replace(/\s+/g, ' ').slice(0, 500)}`;
}
