import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textsOf, walk } from '../tree.mjs';

const randomImports = new Set([
  'randomUUID',
  'randomBytes',
  'randomInt',
  'randomFillSync',
  'randomFill',
  'webcrypto',
]);

/** Where clock, chance and environment come from; everywhere else they are handed in. */
function mayBeAmbient({ path, unit, test }, what) {
  if (test) return true;
  if (!unit) return true;
  if (unit.home.name === 'platform' || unit.home.name === 'testkit' || unit.entry.ambient) return true;
  if (unit.home.browser || unit.entry.browser) return what !== 'process.env';
  return unit.home.name === 'apps' && /\/src\/(main|config)\.ts$/.test(path);
}

/** Clock, random and environment are passed in, so that a run can be repeated from its seed. */
export const ambient = {
  name: 'ambient',
  *check({ sources }) {
    for (const source of sources) {
      for (const { what, at } of uses(source)) {
        if (mayBeAmbient(source, what)) continue;
        yield {
          path: source.path,
          line: source.line(at),
          says: `${what} is to be handed in (clock, ids, configuration)`,
        };
      }
    }
  },
};

function uses(source) {
  const found = [];
  const add = (what, node) => found.push({ what, at: node.start });
  walk(source.program, (node) => {
    if (node.type === 'MemberExpression') {
      const name = `${dotted(node.object)}.${node.property.name ?? node.property.value}`;
      if (['Date.now', 'Math.random', 'process.env'].includes(name)) add(name, node);
      if (/^(globalThis\.)?crypto\.(randomUUID|getRandomValues)$/.test(name)) add(name, node);
    }
    if (node.type === 'NewExpression' && node.callee.name === 'Date' && node.arguments.length === 0) {
      add('new Date()', node);
    }
    if (node.type === 'CallExpression' && node.callee.name === 'Date') add('Date()', node);
    if (node.type === 'ImportDeclaration' && /^(node:)?crypto$/.test(node.source.value)) {
      for (const one of node.specifiers) {
        if (randomImports.has(one.imported?.name)) add(`crypto.${one.imported.name}`, one);
      }
    }
    if (node.type === 'ImportDeclaration' && /^(node:)?process$/.test(node.source.value)) {
      for (const one of node.specifiers) if (one.imported?.name === 'env') add('process.env', one);
    }
  });
  return found;
}

function dotted(node) {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'MemberExpression') return `${dotted(node.object)}.${node.property.name}`;
  return '?';
}

const ambientSql =
  /\b(now|random|gen_random_uuid|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(\s*\)|\b(current_timestamp|current_date|current_time|localtimestamp)\b/i;

/** SQL neither reads the clock nor draws lots: the values come as parameters. */
export const ambientInSql = {
  name: 'ambient-in-sql',
  *check({ root, paths, sources }) {
    for (const source of sources) {
      if (source.test || !/^(modules|platform)\//.test(source.path)) continue;
      for (const { text, at } of textsOf(source)) {
        const match = looksLikeSql(text) && text.match(ambientSql);
        if (match) yield { path: source.path, line: source.line(at), says: `${match[0]} in SQL` };
      }
    }
    for (const path of paths) {
      if (!/\/migrations\/.*\.sql$/.test(path)) continue;
      const text = readFileSync(join(root, path), 'utf8').replace(/--[^\n]*/g, '');
      const match = text.match(ambientSql);
      if (match) yield { path, says: `${match[0]} in SQL` };
    }
  },
};

/** A statement of SQL, told by how it begins. */
export function looksLikeSql(text) {
  return /^\s*(select\s|insert\s+into\s|update\s+\S+\s+(as\s+\w+\s+)?set\s|delete\s+from\s|with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\s|create\s+(table|index|schema)\s|alter\s+table\s|truncate\s+(table\s+)?[\w{}$…]+\.\w|merge\s+into\s)/i.test(
    text,
  );
}
