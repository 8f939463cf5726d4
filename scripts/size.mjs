// npm run size   prints how much script each page loads first, compressed, and fails when one is over its limit
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '..');
/** The most that a page's first route may load, KB of script as browsers get it: compressed with Brotli. */
export const limitsKb = { wallet: 150, till: 150, console: 350 };

/**
 * The scripts that a built page loads before it shows its first route: what the document names, the entry and all that
 * it imports. The first route of each app is part of its entry.
 * @returns {{ file: string, bytes: number, gzip: number }[]} with their sizes after Brotli and after gzip
 */
export function firstScripts(app) {
  const dist = join(root, 'apps', app, 'dist');
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const named = [...html.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+\.js)"/g)].map((m) => m[1]);
  const queue = named.map((path) => path.replace(`/${app}/`, ''));
  const found = new Map();
  while (queue.length > 0) {
    const file = queue.pop();
    if (found.has(file)) continue;
    const text = readFileSync(join(dist, file), 'utf8');
    found.set(file, { bytes: brotliCompressSync(text).length, gzip: gzipSync(text, { level: 9 }).length });
    for (const [, path] of text.matchAll(/\b(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
      queue.push(join(file, '..', path));
  }
  return [...found].map(([file, sizes]) => ({ file, ...sizes })).sort((a, b) => b.bytes - a.bytes);
}

/** Kilobytes (1024 bytes) of the first scripts of an app. */
export const firstKb = (app) => firstScripts(app).reduce((sum, s) => sum + s.bytes, 0) / 1024;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [app, limit] of Object.entries(limitsKb)) {
    const kb = firstKb(app);
    if (kb > limit) process.exitCode = 1;
    const scripts = firstScripts(app);
    const gzip = scripts.reduce((sum, one) => sum + one.gzip, 0) / 1024;
    const old = `${gzip.toFixed(1)} KB with gzip`;
    console.log(`${app}: ${kb.toFixed(1)} KB of ${limit} KB in ${scripts.length} scripts; ${old}`);
    for (const { file, bytes } of scripts.slice(0, 5))
      console.log(`  ${(bytes / 1024).toFixed(1)} KB ${file}`);
  }
}
