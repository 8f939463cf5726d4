import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { networkMigrations } from '@feiqian/app-network';
import { type Db, type Migrations, openPglite, openPostgres } from '@feiqian/db';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layOutCluster } from '../support/city.ts';
import { createStarter, type Halt, type Starter, settings } from '../support/process.ts';

/*
 * P11 of the crash matrix: killed during a migration. After each death the schema is exactly what the scripts that
 * are marked as applied make of an empty database, compared object by object; what is left is applied by the next.
 */

const deaths: { what: string; halt: Halt }[] = [
  {
    what: 'between two statements of a script',
    halt: { name: 'a', when: 'before', on: 'create table tokens.pan ' },
  },
  {
    what: 'the retry, with a script and its mark written and not committed',
    halt: { name: 'b', when: 'before_commit', on: 'create table links.' },
  },
  {
    what: 'the recovery, with a script committed and the next not begun',
    halt: { name: 'c', when: 'after_commit', on: 'create table wallets.' },
  },
];

let dir: string;
let server: TestDatabase | null = null;
let starter: Starter;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'feiqian-migration-'));
  if (process.env.TEST_DATABASE_URL) server = await testDatabase();
  else await layOutCluster(dir);
  const url = server?.url;
  const env = await settings({ FEIQIAN_DATA_DIR: dir, ...(url ? { DATABASE_URL: url } : {}) });
  starter = createStarter(env, 'migrate');
});
afterAll(async () => {
  await starter?.close();
  await server?.close();
  rmSync(dir, { recursive: true, force: true });
});

async function inDatabase<T>(work: (db: Db) => Promise<T>): Promise<T> {
  const db = server?.url ? openPostgres({ url: server.url }) : await openPglite({ dir: join(dir, 'pglite') });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** Every column, constraint, index and trigger there is, in words. */
async function objects(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ line: string }>(
    `select table_schema || '.' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as line
       from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')
     union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
       where contype <> 'n' and connamespace::regnamespace::text not in ('pg_catalog', 'information_schema')
     union all select indexdef from pg_indexes where schemaname not in ('pg_catalog', 'information_schema')
     union all select tgrelid::regclass || ' ' || tgname from pg_trigger where not tgisinternal
     order by line`,
  );
  return rows.map((r) => r.line);
}

const marks = async (db: Db) =>
  (
    await db.query<{ key: string }>("select schema_name || '/' || name as key from public.feiqian_migration")
  ).rows.map((r) => r.key);

/** What these scripts make of an empty database. */
async function madeBy(applied: readonly string[]): Promise<string[]> {
  const some: Migrations[] = networkMigrations.map(({ schema, scripts }) => ({
    schema,
    scripts: scripts.filter(({ name }) => applied.includes(`${schema}/${name}`)),
  }));
  const fresh = await testDatabase(some);
  try {
    return await objects(fresh);
  } finally {
    await fresh.close();
  }
}

const all = networkMigrations.flatMap((m) => m.scripts.map((s) => `${m.schema}/${s.name}`));

test.each(deaths)(
  'killed $what: the schema is the old or the new one, never half of one',
  async ({ halt }) => {
    const migrating = starter.start({ halts: [halt] });
    await migrating.halted(halt.name);
    await migrating.end('SIGKILL');
    const [applied, found] = await inDatabase(async (db) => [await marks(db), await objects(db)]);
    expect(applied.length).toBeGreaterThan(0);
    expect(applied.length).toBeLessThan(all.length);
    expect(found).toEqual(await madeBy(applied));
  },
);

test('the next one brings the schema to its end', async () => {
  const migrating = starter.start();
  expect([await migrating.ended, migrating.said()]).toEqual([0, expect.stringContaining('applied')]);
  const [applied, found] = await inDatabase(async (db) => [await marks(db), await objects(db)]);
  expect(applied.sort()).toEqual([...all].sort());
  expect(found).toEqual(await madeBy(all));
});
