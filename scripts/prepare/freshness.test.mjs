import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentHash, fingerprint, readStamp, sourceFiles, writeStamp } from './freshness.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'feiqian-freshness-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a fingerprint changes when a file changes, appears or goes', () => {
  const path = join(folder, 'a.ts');
  const missing = fingerprint([path]);
  writeFileSync(path, 'one');
  const first = fingerprint([path]);
  expect(fingerprint([path])).toBe(first);
  utimesSync(path, new Date(0), new Date(0));
  const touched = fingerprint([path]);
  expect(new Set([missing, first, touched]).size).toBe(3);
  rmSync(path);
  expect(fingerprint([path])).toBe(missing);
});

test('sources are what a build may read: no tests, no outputs, no documents', () => {
  for (const name of [
    'src/a.ts',
    'src/a.test.ts',
    'src/b.css',
    'dist/a.js',
    'node_modules/x/i.js',
    'test/c.ts',
    'README.md',
  ]) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), '');
  }
  expect(sourceFiles(folder).map((path) => path.slice(folder.length + 1))).toEqual(['src/a.ts', 'src/b.css']);
});

test('a stamp comes back as it was written, and nothing comes from a broken one', () => {
  const path = join(folder, 'deep', 'stamp.json');
  expect(readStamp(path)).toBeUndefined();
  writeStamp(path, { fingerprint: 'x' });
  expect(readStamp(path)).toEqual({ fingerprint: 'x' });
  writeFileSync(path, '{');
  expect(readStamp(path)).toBeUndefined();
});

test('a hash is of the content; of nothing there is none', () => {
  writeFileSync(join(folder, 'a'), 'same');
  writeFileSync(join(folder, 'b'), 'same');
  expect(contentHash(join(folder, 'a'))).toBe(contentHash(join(folder, 'b')));
  expect(contentHash(join(folder, 'c'))).toBeUndefined();
});
