import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findViolations } from './boundaries.mjs';
import { rules } from './rules.mjs';

const fixtures = join(import.meta.dirname, 'fixtures');

let folder;
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A fixture is a text: first what is expected, one finding a line, then files, each after `-- path --`. */
function readFixture(name) {
  const [head, ...parts] = readFileSync(join(fixtures, `${name}.txt`), 'utf8').split(/^-- (\S+) --\n/m);
  const files = [];
  for (let at = 0; at < parts.length; at += 2) files.push([parts[at], parts[at + 1]]);
  return { expected: head.trim().split('\n'), files };
}

function lay(...names) {
  folder = mkdtempSync(join(tmpdir(), 'feiqian-tree-'));
  for (const [path, text] of names.flatMap((name) => readFixture(name).files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('a tree that keeps to the map has no findings', () => {
  expect(findViolations(lay('clean'))).toEqual([]);
});

test('every rule has a fixture that runs into it, and every fixture a rule', () => {
  const names = readdirSync(fixtures).map((file) => file.replace(/\.txt$/, ''));
  expect(names.filter((name) => name !== 'clean').sort()).toEqual(rules.map((rule) => rule.name).sort());
});

for (const { name } of rules) {
  test(`the rule ${name} finds what its fixture does wrong, and nothing else is found`, () => {
    const { expected } = readFixture(name);
    const found = findViolations(lay('clean', name)).map(({ rule, path, line, says }) => ({
      rule,
      text: `${line === undefined ? path : `${path}:${line}`}  ${says}`,
    }));
    expect(new Set(found.map(({ rule }) => rule))).toEqual(new Set([name]));
    for (const line of expected) {
      const [where, words] = line.split('  ');
      const hit = found.some(({ text }) => text.startsWith(`${where}  `) && text.includes(words));
      expect(hit, `${line}\n— found:\n${found.map(({ text }) => text).join('\n')}`).toBe(true);
    }
    expect(found).toHaveLength(expected.length);
  });
}
