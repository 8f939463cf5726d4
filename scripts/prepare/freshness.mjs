// A stamp remembers what something was made from: each file's path, time and size. Reading a few hundred stats
// takes milliseconds; hashing the contents would not find more in practice.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './place.mjs';

const notSources = new Set(['node_modules', 'dist', 'coverage', 'test', 'test-results']);

/** Files below a folder, sorted; tests and outputs are not sources. */
export function sourceFiles(folder) {
  const found = [];
  const walk = (current) => {
    for (const entry of readdirSync(current, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = join(current, entry.name);
      if (entry.isDirectory()) {
        if (!notSources.has(entry.name)) walk(path);
      } else if (!/\.(test|bench|sim|e2e)\.tsx?$|\.md$/.test(entry.name)) {
        found.push(path);
      }
    }
  };
  walk(folder);
  return found.sort();
}

/** One short text for the state of these files; a missing one counts as a state too. */
export function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    let state = 'missing';
    try {
      const { mtimeMs, size } = statSync(path);
      state = `${Math.round(mtimeMs)} ${size}`;
    } catch {
      // Said by the word above.
    }
    hash.update(`${relative(root, path)} ${state}\n`);
  }
  return hash.digest('hex');
}

/** A hash of one file's bytes, or undefined when it is not there. */
export function contentHash(path) {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return undefined;
  }
}

export function readStamp(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

export function writeStamp(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value)}\n`);
}
