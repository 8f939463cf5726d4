import type { Db, Migrations, Tx } from './sql.ts';

/** An index over a large table takes its time. */
const patient = { patient: true };
const LEDGER_TABLE = 'feiqian_migration';
/** One number for the advisory lock that keeps two processes from migrating at once ("FQ" "mig"). */
const MIGRATION_LOCK = 4_651_609_713n;

interface Step {
  schema: string;
  name: string;
  sql: string;
}

async function applied(db: { query: Tx['query'] }): Promise<Set<string>> {
  const { rows } = await db.query<{ key: string }>(
    `select schema_name || '/' || name as key from public.${LEDGER_TABLE}`,
  );
  return new Set(rows.map((r) => r.key));
}

function steps(modules: readonly Migrations[]): Step[] {
  return modules.flatMap((m) =>
    m.scripts.map((s) => ({ schema: m.schema, name: s.name, sql: s.sql.replaceAll('{schema}', m.schema) })),
  );
}

async function ensureTable(db: Db): Promise<void> {
  await db.script(
    `create table if not exists public.${LEDGER_TABLE} (
       schema_name text not null, name text not null, applied_at timestamptz not null,
       primary key (schema_name, name))`,
  );
}

/** The names (`schema/script`) of the migrations that the database does not have yet. */
export async function pendingMigrations(db: Db, modules: readonly Migrations[]): Promise<string[]> {
  await ensureTable(db);
  const done = await applied(db);
  return steps(modules)
    .map((s) => `${s.schema}/${s.name}`)
    .filter((key) => !done.has(key));
}

/**
 * Applies what is missing, in the order given, forward only. Each script and its mark are one transaction,
 * so a crash leaves the old or the new schema, never half of one. Processes that start together take turns.
 *
 * @param nowMs the instant that is recorded as the time of application
 * @param onStep told before each script, for progress
 * @returns the names of the scripts applied
 */
export async function migrate(
  db: Db,
  modules: readonly Migrations[],
  nowMs = 0,
  onStep?: (name: string) => void,
): Promise<string[]> {
  const missing = await pendingMigrations(db, modules);
  const ran: string[] = [];
  if (missing.length === 0) return ran;
  for (const step of steps(modules)) {
    const key = `${step.schema}/${step.name}`;
    if (!missing.includes(key)) continue;
    onStep?.(key);
    await db.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      const again = await tx.query(
        `select 1 from public.${LEDGER_TABLE} where schema_name = $1 and name = $2`,
        [step.schema, step.name],
      );
      if (again.rows.length > 0) return;
      await tx.query(`create schema if not exists "${step.schema}"`);
      for (const statement of splitStatements(step.sql)) await tx.query(statement);
      await tx.query(
        `insert into public.${LEDGER_TABLE} (schema_name, name, applied_at) values ($1, $2, $3)`,
        [step.schema, step.name, new Date(nowMs)],
      );
      ran.push(key);
    }, patient);
  }
  return ran;
}

/** Splits a script at semicolons outside quotes, dollar quotes and comments. */
export function splitStatements(script: string): string[] {
  const out: string[] = [];
  const token = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$[A-Za-z_]*\$)[\s\S]*?\1|;/g;
  let start = 0;
  for (const match of script.matchAll(token)) {
    if (match[0] !== ';') continue;
    out.push(script.slice(start, match.index));
    start = match.index + 1;
  }
  out.push(script.slice(start));
  return out.map((s) => s.trim()).filter((s) => s.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() !== '');
}
