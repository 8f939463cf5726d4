// Runs every rule over a tree. As a command: prints what it finds and ends with 1 when it finds anything.
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { rules } from './rules.mjs';
import { readTree } from './tree.mjs';

/**
 * @param {string} root folder with module-map.json
 * @returns {{ rule: string, path: string, line?: number, says: string }[]} sorted by path
 */
export function findViolations(root) {
  const tree = readTree(root);
  const found = tree.sources.flatMap((source) =>
    source.errors.map((error) => ({ rule: 'parse', path: source.path, says: error.message })),
  );
  for (const rule of rules) {
    for (const violation of rule.check(tree)) found.push({ rule: rule.name, ...violation });
  }
  return found.sort((a, b) => a.path.localeCompare(b.path) || (a.line ?? 0) - (b.line ?? 0));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = process.argv[2] ?? join(fileURLToPath(import.meta.url), '..', '..', '..');
  const found = findViolations(root);
  for (const { rule, path, line, says } of found) {
    process.stdout.write(`${path}${line === undefined ? '' : `:${line}`}  ${rule}: ${says}\n`);
  }
  process.exitCode = found.length > 0 ? 1 : 0;
}
