// Reads what the rules look at: the map, each workspace package ("unit") with its package.json and migrations, and
// every source file parsed once.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';

const notLookedAt = new Set([
  'node_modules',
  'dist',
  'data',
  'coverage',
  'fixtures',
  'test-results',
  'vectors',
]);
const sourceSuffix = /\.(ts|tsx|mts)$/;
const testName = /\.(test|testing|bench|sim|crash|e2e)\.tsx?$/;

/**
 * @typedef {{ rule: string, path: string, line?: number, says: string }} Violation
 *
 * @typedef {object} Unit one workspace package
 * @property {string} path folder from the root, e.g. `modules/network/payments`
 * @property {string} name `@feiqian/payments`
 * @property {object} home its home's entry in module-map.json
 * @property {object} entry its own entry in module-map.json
 * @property {number} place its position in the map
 * @property {Set<string>} dependencies
 * @property {Set<string>} devDependencies
 * @property {Set<string>} exports import specifiers that others may use
 * @property {string[]} tables tables its migrations create, without the schema
 *
 * @typedef {object} Source one parsed file
 * @property {string} path
 * @property {Unit | undefined} unit undefined for `tests/` and other folders that are no package
 * @property {string} text
 * @property {boolean} test
 * @property {object} program ESTree with TypeScript nodes
 * @property {(offset: number) => number} line
 */

/** Everything the rules need to know about the tree at `root`. */
export function readTree(root) {
  const map = JSON.parse(readFileSync(join(root, 'module-map.json'), 'utf8'));
  const units = readUnits(root, map);
  const paths = listFiles(root);
  const sources = paths
    .filter((path) => sourceSuffix.test(path) && !path.endsWith('.d.ts') && !path.endsWith('.config.ts'))
    .map((path) => readSource(root, path, units));
  return { root, map, units, paths, sources };
}

function readUnits(root, map) {
  const units = [];
  for (const home of map.homes) {
    for (const entry of home.units) {
      const path = home.folder === entry.folder ? home.folder : join(home.folder, entry.folder);
      const manifest = join(root, path, 'package.json');
      // The rule `map` says what is listed and absent.
      if (!existsSync(manifest)) continue;
      const {
        name,
        dependencies = {},
        devDependencies = {},
        exports = {},
      } = JSON.parse(readFileSync(manifest, 'utf8'));
      units.push({
        path,
        name,
        home,
        entry,
        place: units.length,
        dependencies: new Set(Object.keys(dependencies)),
        devDependencies: new Set(Object.keys(devDependencies)),
        exports: new Set(Object.keys(exports).map((key) => join(name, key))),
        tables: readTables(join(root, path, 'migrations')),
      });
    }
  }
  return units;
}

function readTables(folder) {
  if (!existsSync(folder)) return [];
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  const text = scripts.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const created = text.matchAll(
    /create\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?\{schema\}\.(\w+)/gi,
  );
  return [...new Set([...created].map((match) => match[1]))];
}

function listFiles(root) {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || notLookedAt.has(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else found.push(path);
    }
  };
  walk('');
  return found.sort();
}

function readSource(root, path, units) {
  const text = readFileSync(join(root, path), 'utf8');
  const unit = units.find((one) => path.startsWith(`${one.path}/`));
  const { program, errors } = parseSync(path, text);
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return {
    path,
    unit,
    text,
    program,
    errors,
    test: testName.test(path) || /^(tests|bench|testkit|scripts)\//.test(path) || /\/test\//.test(path),
    lines: starts.length - (text.endsWith('\n') ? 1 : 0),
    line: (offset) => {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (starts[middle] <= offset) low = middle;
        else high = middle - 1;
      }
      return low + 1;
    },
  };
}

/** Calls `visit(node, parent)` for every node, outer before inner. */
export function walk(node, visit, parent) {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const one of node) walk(one, visit, parent);
    return;
  }
  if (typeof node.type !== 'string') return;
  visit(node, parent);
  for (const key in node) {
    const value = node[key];
    if (value !== null && typeof value === 'object') walk(value, visit, node);
  }
}

/** Import specifiers of a file, `import()` and `export … from` and type imports included. */
export function importsOf(source) {
  source.imports ??= findImports(source);
  return source.imports;
}

function findImports(source) {
  const found = [];
  const add = (literal, typeOnly) => {
    if (typeof literal?.value === 'string')
      found.push({ specifier: literal.value, at: literal.start, typeOnly });
  };
  walk(source.program, (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
        return add(node.source, node.importKind === 'type');
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        return add(node.source, node.exportKind === 'type');
      case 'ImportExpression':
        return add(node.source, false);
      case 'TSImportType':
        return add(node.source ?? node.argument?.literal, true);
      default:
        return undefined;
    }
  });
  return found;
}

/** Pieces of text in a file's strings and templates: `{ text, at }`; a template comes whole, `${…}` where values go. */
export function textsOf(source) {
  source.texts ??= findTexts(source);
  return source.texts;
}

/** Stands in a template's text for a value. */
const hole = '$' + '{…}';

function findTexts(source) {
  const found = [];
  walk(source.program, (node) => {
    if (node.type === 'Literal' && typeof node.value === 'string')
      found.push({ text: node.value, at: node.start });
    if (node.type === 'TemplateLiteral') {
      const text = node.quasis.map((quasi) => quasi.value.cooked ?? quasi.value.raw).join(hole);
      found.push({ text, at: node.start });
    }
  });
  return found;
}
