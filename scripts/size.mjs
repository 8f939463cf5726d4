// npm run size   prints how much script each page loads before its first route, and fails when one is over its budget
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { firstScripts } from './boundaries/rules/front-ends.mjs';
import { readOptions } from './prepare/options.mjs';

const root = join(import.meta.dirname, '..');
const map = JSON.parse(readFileSync(join(root, 'module-map.json'), 'utf8'));
/** The most that a page may load before its first route, KiB of script after gzip: the budgets of the module map. */
export const budgetsKib = map.scriptBudgetsKib;

/** The scripts of a built page's first route, the largest first, with their sizes in bytes. */
export function sizesOf(app) {
  return firstScripts(join(root, 'apps', app, 'dist'))
    .map((path) => {
      const gzip = gzipSync(readFileSync(path)).length;
      // What is too small to be compressed beforehand travels as it is.
      const form = existsSync(`${path}.br`) ? `${path}.br` : path;
      return { file: basename(path), gzip, brotli: statSync(form).size };
    })
    .sort((a, b) => b.gzip - a.gzip);
}

/** KiB of the scripts of an app's first route after gzip, or as browsers get it that take Brotli. */
export const firstKib = (app, form = 'gzip') =>
  sizesOf(app).reduce((sum, script) => sum + script[form], 0) / 1024;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  readOptions('npm run size', {});
  for (const [app, budget] of Object.entries(budgetsKib)) {
    const kib = firstKib(app);
    if (kib > budget) process.exitCode = 1;
    const brotli = firstKib(app, 'brotli').toFixed(1);
    console.log(`${app}: ${kib.toFixed(1)} KiB of ${budget} after gzip, ${brotli} after Brotli`);
    for (const { file, gzip } of sizesOf(app).slice(0, 5))
      console.log(`  ${(gzip / 1024).toFixed(1).padStart(6)} ${file}`);
  }
}
