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

/** What is aged: everything else is history because it names one of these, or something that does. */
const root = 'payments.payment';

/**
 * Stages the tables that history consists of: those that grew while the template was made and whose rows name a
 * payment, or something that does. One that had rows before cannot be told apart, and is refused.
 */
export async function stageTemplate(db: Db, before: Counted): Promise<Staged[]> {
  await db.script(
    `drop schema if exists ${stage} cascade; create schema ${stage};
     create table ${stage}.made (id uuid primary key); create table ${stage}.names (name text primary key)`,
  );
  const after = await countAll(db);
  let left: Staged[] = [];
  for (const t of await tablesOf(db)) {
    const name = `${t.schema}.${t.name}`;
    const rows = after.get(name) ?? 0;
    if (rows <= (before.get(name) ?? 0) || transient[name] !== undefined || t.schema === stage) continue;
    const table = await describeTable(db, t);
    const facts: ColumnFacts[] = [];
    for (const column of table.columns) facts.push(await factsOf(db, table, column));
    left.push({ table, facts, rows });
  }
  const known: Staged[] = [];
  for (let found = left.filter(isRoot); found.length > 0; found = await naming(db, left)) {
    known.push(...found);
    left = left.filter((one) => !found.includes(one));
    for (const one of found) await gatherIdentifiers(db, one);
  }
  for (const { table } of known) {
    const had = before.get(`${table.schema}.${table.name}`) ?? 0;
    if (had > 0) throw new Error(`${qualified(table)} had ${had} rows before the template was made`);
  }
  await gatherNames(db, known);
  for (const one of known) await stageTable(db, one);
  return known;
}

const isRoot = ({ table }: Staged): boolean => `${table.schema}.${table.name}` === root;

/** Those tables that name an identifier which was made by the ones that are known. */
async function naming(sql: Sql, tables: readonly Staged[]): Promise<Staged[]> {
  const found: Staged[] = [];
  for (const one of tables) {
    const columns = one.facts
      .filter((f) => f.column.type === 'uuid')
      .map((f) => `t.${quoted(f.column.name)}`);
    if (columns.length === 0) continue;
    const { rows } = await sql.query<{ names: boolean }>(
      `select exists (select 1 from ${qualified(one.table)} t join ${stage}.made m on m.id in (${columns.join(', ')})) as names`,
    );
    if (rows[0]?.names === true) found.push(one);
  }
  return found;
}

/** Identifiers that the rows of a table bear: nearly all differ, in a column of a unique index. */
async function gatherIdentifiers(sql: Sql, { table, facts }: Staged): Promise<void> {
  for (const f of facts.filter((one) => one.column.type === 'uuid' && isName(one))) {
    if (!table.indexes.some((i) => i.unique && i.columns.includes(f.column.name))) continue;
    const c = quoted(f.column.name);
    await sql.query(
      `insert into ${stage}.made select distinct ${c} from ${qualified(table)} where ${c} is not null on conflict do nothing`,
    );
  }
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

/** Gathers the names of fixed length that the template gave out, and finds who repeats them. */
async function gatherNames(sql: Sql, known: readonly Staged[]): Promise<void> {
  for (const { table, facts } of known) {
    for (const f of facts.filter((one) => isName(one) && fixedLength(one.column.type) !== null)) {
      const c = quoted(f.column.name);
      await sql.query(
        `insert into ${stage}.names select distinct ${c} from ${qualified(table)} where ${c} is not null on conflict do nothing`,
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
