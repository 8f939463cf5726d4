import type { Db, Sql } from '@feiqian/db';
import { type Column, describeTable, qualified, quoted, rowsOf, type Table, tablesOf } from './catalogue.ts';
import { type ColumnFacts, fixedLength, isName, isTextual, stage, staged, stageOf } from './copy.ts';

/** A table of which copies are made, and what is known of its columns. */
export interface Staged {
  table: Table;
  facts: ColumnFacts[];
  rows: number;
}

/** Rows of every table, by `schema.table`. */
export type Counted = Map<string, number>;

/** Grown tables that are no history: why. */
const transient: Record<string, string> = {
  'wallets.used_pay_code': 'forgotten a few minutes after a code was shown',
};

export async function countAll(sql: Sql): Promise<Counted> {
  const counted: Counted = new Map();
  for (const t of await tablesOf(sql)) counted.set(`${t.schema}.${t.name}`, await rowsOf(sql, t));
  return counted;
}

/**
 * Stages every table that grew from nothing while the template was made: that is what history consists of. A table
 * that had rows before and grew cannot be told apart, and is refused.
 */
export async function stageTemplate(db: Db, before: Counted): Promise<Staged[]> {
  await db.script(`drop schema if exists ${stage} cascade; create schema ${stage}`);
  const after = await countAll(db);
  const grown: Table[] = [];
  for (const t of await tablesOf(db)) {
    const name = `${t.schema}.${t.name}`;
    const had = before.get(name) ?? 0;
    if ((after.get(name) ?? 0) <= had || transient[name] !== undefined || t.schema === stage) continue;
    if (had > 0)
      throw new Error(
        `${name} had ${had} rows before the template was made: use a database without payments`,
      );
    grown.push(await describeTable(db, t));
  }
  await db.script(
    `create table ${stage}.made (id uuid primary key); create table ${stage}.names (name text primary key)`,
  );
  const known: Staged[] = [];
  for (const table of grown) {
    const facts: ColumnFacts[] = [];
    for (const column of table.columns) facts.push(await factsOf(db, table, column));
    known.push({ table, facts, rows: after.get(`${table.schema}.${table.name}`) ?? 0 });
  }
  await gatherNames(db, known);
  for (const one of known) await stageTable(db, one);
  return known;
}

async function factsOf(sql: Sql, t: Table, column: Column): Promise<ColumnFacts> {
  const c = quoted(column.name);
  const { rows } = await sql.query<{ distinct: number; max: bigint | null }>(
    `select coalesce(count(distinct ${column.type.startsWith('json') ? `${c}::text` : c})::float8 / nullif(count(${c}), 0), 0) as distinct,
       ${column.type === 'bigint' ? `max(${c})` : 'null::bigint'} as max from ${qualified(t)}`,
  );
  return {
    column,
    indexed: t.indexes.some((i) => i.columns.includes(column.name)),
    distinct: rows[0]?.distinct ?? 0,
    max: rows[0]?.max ?? null,
    mentions: [],
    follows: false,
    names: 0,
  };
}

/** Gathers the identifiers and the names of fixed length that the template gave out, and finds who repeats them. */
async function gatherNames(sql: Sql, known: readonly Staged[]): Promise<void> {
  for (const { table, facts } of known) {
    for (const f of facts.filter(isName)) {
      const c = quoted(f.column.name);
      const unique = table.indexes.some((i) => i.unique && i.columns.includes(f.column.name));
      const into = f.column.type === 'uuid' ? 'made' : fixedLength(f.column.type) !== null ? 'names' : null;
      if (into === null || (into === 'made' && !unique)) continue;
      await sql.query(
        `insert into ${stage}.${into} select distinct ${c} from ${qualified(table)} where ${c} is not null on conflict do nothing`,
      );
    }
  }
  const texts = known.flatMap(({ table, facts }) =>
    facts.filter((f) => isTextual(f.column.type)).map((f) => ({ table, facts, f })),
  );
  // Who repeats names may know more of them than the one who gives them out.
  for (const { table, f } of texts) f.follows = await repeatsNames(sql, table, f.column.name);
  for (const { table, facts, f } of texts) {
    const identifiers = facts.filter((one) => one.column.type === 'uuid').map((one) => one.column.name);
    f.mentions = await mentionedIn(sql, table, f.column.name, identifiers);
    f.names = await namesIn(sql, table, f.column.name);
  }
}

async function repeatsNames(sql: Sql, t: Table, column: string): Promise<boolean> {
  const c = quoted(column);
  const { rows } = await sql.query<{ follows: boolean }>(
    `select count(n.name) > count(t.${c}) / 2 as follows from ${qualified(t)} t left join ${stage}.names n on n.name = t.${c}::text`,
  );
  if (rows[0]?.follows !== true) return false;
  await sql.query(
    `insert into ${stage}.names select distinct ${c}::text from ${qualified(t)}
     where length(${c}::text) in (select distinct length(name) from ${stage}.names) on conflict do nothing`,
  );
  return true;
}

/** The names that stand as whole words in a text: an expression over the row `t`. */
const namesOf = (column: string): string =>
  `array(select distinct n.name from regexp_matches(t.${quoted(column)}::text, '\\m[0-9A-Za-z]+\\M', 'g') as word
    join ${stage}.names n on n.name = word[1] order by 1)`;

async function namesIn(sql: Sql, t: Table, column: string): Promise<number> {
  const { rows } = await sql.query<{ names: number | null }>(
    `select max(cardinality(${namesOf(column)}))::int as names from ${qualified(t)} t`,
  );
  return rows[0]?.names ?? 0;
}

async function mentionedIn(
  sql: Sql,
  t: Table,
  column: string,
  identifiers: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const id of identifiers) {
    const { rows } = await sql.query<{ mentions: boolean | null }>(
      `select bool_or(position(replace(t.${quoted(id)}::text, '-', '') in t.${quoted(column)}::text) > 0) as mentions
       from ${qualified(t)} t join ${stage}.made m on m.id = t.${quoted(id)}`,
    );
    if (rows[0]?.mentions === true) found.push(id);
  }
  return found;
}

/** The template's rows in their order, with the two halves of each identifier that it made. */
async function stageTable(db: Db, { table, facts }: Staged): Promise<void> {
  const order = facts.find((f) => f.column.filled && f.column.type === 'bigint')?.column.name;
  const halves = facts
    .filter((f) => f.column.type === 'uuid')
    .map(({ column: { name } }) => {
      const hex = `replace(t.${quoted(name)}::text, '-', '')`;
      const made = `exists (select 1 from ${stage}.made m where m.id = t.${quoted(name)})`;
      return `, case when ${made} then ('x' || substr(${hex}, 1, 12))::bit(48)::bigint end as ${staged.high(name)}, case when ${made} then substr(${hex}, 13) end as ${staged.low(name)}`;
    });
  const names = facts
    .filter((f) => f.names > 0)
    .map(({ column: { name } }) => `, ${namesOf(name)} as ${staged.names(name)}`);
  await db.script(
    `create table ${stageOf(table)} as select row_number() over (order by t.${order === undefined ? 'ctid' : quoted(order)}) as "#", t.*${halves.join('')}${names.join('')} from ${qualified(table)} t; analyze ${stageOf(table)}`,
  );
}
