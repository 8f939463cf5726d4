import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textsOf } from '../tree.mjs';
import { looksLikeSql } from './ambient.mjs';

/** The files of a unit that may hold SQL: a module's store; platform units are small and all theirs. */
function isStore({ path, unit }) {
  if (unit.home.name === 'platform') return true;
  return /\/src\/store(\.ts|\/.*\.ts)$/.test(path);
}

/** Browser apps have no database; what looks like SQL there is prose. */
function hasSql({ unit, test }) {
  return unit !== undefined && !test && !unit.home.browser && !unit.entry.browser;
}

/** A file the map lets read every table (an auditor shares no code with what it audits). */
function readsAll(map, path) {
  return map.readers.some((reader) => path.startsWith(reader.path));
}

/** A module's SQL stands in its store files only. Apps own no table: the rule `foreign-table` is enough for them. */
export const sqlOutsideStore = {
  name: 'sql-outside-store',
  *check({ sources }) {
    for (const source of sources) {
      if (!source.path.startsWith('modules/') || source.test || isStore(source)) continue;
      for (const { text, at } of textsOf(source)) {
        if (!looksLikeSql(text)) continue;
        yield {
          path: source.path,
          line: source.line(at),
          says: 'SQL outside the unit’s src/store.ts or src/store/',
        };
      }
    }
  },
};

/** A table is named by its owner's store and migrations, and by nobody else. */
export const foreignTable = {
  name: 'foreign-table',
  *check({ root, map, paths, units, sources }) {
    for (const source of sources) {
      if (!hasSql(source) || readsAll(map, source.path)) continue;
      for (const { text, at } of textsOf(source)) {
        const table = foreignIn(text, source.unit, isStore(source), units);
        if (table) yield { path: source.path, line: source.line(at), says: table };
      }
    }
    for (const unit of units) {
      for (const path of paths.filter((one) => one.startsWith(`${unit.path}/migrations/`))) {
        const text = readFileSync(join(root, path), 'utf8').replace(/--[^\n]*/g, '');
        const table = foreignIn(text, unit, true, units);
        if (table) yield { path, says: table };
      }
    }
  },
};

function foreignIn(text, unit, store, units) {
  const sql = looksLikeSql(text) || /\b(from|join|into|update)\s+[\w${}…"]+\.\w/i.test(text);
  for (const [, schema, table] of text.matchAll(/(?<![\w.@/-])([a-z_]\w*|\$\{…\}|\{schema\})"?\.(\w+)/g)) {
    const owner = ownerOf(schema, table, unit, units, sql);
    if (!owner) continue;
    if (owner !== unit) return `names ${table} of ${owner.path}`;
    if (!store) return `names the table ${schema}.${table} outside the store`;
  }
  return undefined;
}

/** Whose table this is, or undefined when it is none that we know. */
function ownerOf(schema, table, unit, units, sql) {
  if (/^\W/.test(schema)) {
    // The schema is handed in, so the table's name decides; only inside SQL is it a table at all.
    if (!sql || unit.tables.includes(table) || unit.tables.length === 0) return undefined;
    return units.find((one) => one !== unit && one.tables.includes(table));
  }
  const owner = units.find((one) => one.entry.schema === schema);
  return owner && (owner.tables.includes(table) || new RegExp(`^${schema}$`).test(table)) ? owner : undefined;
}
