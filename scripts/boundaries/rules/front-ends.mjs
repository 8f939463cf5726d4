import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { walk } from '../tree.mjs';

/** The scripts a browser loads for the first page stay within the budget of the map, compressed. */
export const scriptBudget = {
  name: 'script-budget',
  *check({ root, map }) {
    for (const [app, budgetKib] of Object.entries(map.scriptBudgetsKib ?? {})) {
      const dist = join(root, 'apps', app, 'dist');
      if (!existsSync(join(dist, 'index.html'))) continue;
      const bytes = firstScripts(dist).reduce(
        (sum, script) => sum + gzipSync(readFileSync(script)).length,
        0,
      );
      const kib = Math.ceil(bytes / 1024);
      if (kib > budgetKib) {
        yield {
          path: `apps/${app}/dist/index.html`,
          says: `${kib} KiB of script for the first page; the budget is ${budgetKib}`,
        };
      }
    }
  },
};

/** Scripts of index.html with everything they import statically, as paths. */
export function firstScripts(dist) {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path) || !existsSync(path)) return;
    seen.add(path);
    const text = readFileSync(path, 'utf8');
    for (const [, specifier] of text.matchAll(
      /(?:^|[;}\n])\s*(?:import|export)\b[^'"();]*["'](\.[^'"]+\.m?js)["']/g,
    )) {
      visit(join(path, '..', specifier));
    }
  };
  for (const [, address] of html.matchAll(/(?:src|href)="[^"]*?(assets\/[^"]+\.m?js)"/g))
    visit(join(dist, address));
  return [...seen];
}

/** The Chinese and the English catalogue say the same things: each key stands in both. */
export const catalogueKeys = {
  name: 'catalogue-keys',
  *check({ sources }) {
    for (const source of sources) {
      if (!/\/(catalogue|words|i18n)\/(.*\/)?zh(\/.*)?\.ts$/.test(source.path) || source.test) continue;
      const twinPath = source.path.replace(/\/zh(?=[./])/, '/en');
      const twin = sources.find((one) => one.path === twinPath);
      if (!twin) {
        yield { path: source.path, says: `has no ${twinPath}` };
        continue;
      }
      const zh = keysOf(source);
      const en = keysOf(twin);
      for (const key of zh) if (!en.has(key)) yield { path: twinPath, says: `lacks ${key}` };
      for (const key of en) if (!zh.has(key)) yield { path: source.path, says: `lacks ${key}` };
    }
  },
};

/** Dotted keys of every string in a file's object literals; plural suffixes of i18next differ by language. */
function keysOf(source) {
  const keys = new Set();
  const visit = (object, prefix) => {
    for (const property of object.properties) {
      if (property.type !== 'Property') continue;
      const key = `${prefix}${property.key.name ?? property.key.value}`;
      if (property.value.type === 'ObjectExpression') visit(property.value, `${key}.`);
      else keys.add(key.replace(/_(zero|one|two|few|many|other)$/, ''));
    }
  };
  const objects = [];
  walk(source.program, (node, parent) => {
    if (node.type === 'ObjectExpression' && parent?.type !== 'Property') objects.push(node);
  });
  for (const object of objects) visit(object, '');
  return keys;
}
