import { createHash, randomBytes } from 'node:crypto';
import { existsSync, openAsBlob } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { type Db, type Migrations, migrate, openPglite, openPostgres } from '@feiqian/db';

const serverPoolMax = 20;
const idleInstancesMax = 1;

/** A database of one test (file): `Db`, and where it is when it is on a server. */
export interface TestDatabase extends Db {
  /** Connection URL when the engine is PostgreSQL, so that a test can open further pools or start processes on it. */
  readonly url?: string;
}

/**
 * A fresh, empty database with the given migrations applied; `close()` it at the end.
 *
 * Without further settings it is PGlite in memory, booted from a dump that is made once per installed version; a
 * closed one is emptied and handed out again, so the second database of a test file costs milliseconds. When
 * `TEST_DATABASE_URL` names a PostgreSQL server, it is a database of its own there.
 */
export async function testDatabase(migrations: readonly Migrations[] = []): Promise<TestDatabase> {
  const url = process.env.TEST_DATABASE_URL;
  const db = url === undefined || url === '' ? await embedded() : await onServer(url);
  try {
    await migrate(db, migrations);
  } catch (error) {
    await db.close();
    throw error;
  }
  return db;
}

type Embedded = Awaited<ReturnType<typeof openPglite>>;

const idle: Embedded[] = [];

async function embedded(): Promise<TestDatabase> {
  const pglite = idle.pop() ?? (await openPglite({ loadDataDir: await emptyCluster() }));
  let open = true;
  return {
    engine: pglite.engine,
    query: (text, params, name) => pglite.query(text, params, name),
    transaction: (work) => pglite.transaction(work),
    script: (text) => pglite.script(text),
    async close() {
      if (!open) return;
      open = false;
      if (idle.length >= idleInstancesMax) return pglite.close();
      await empty(pglite);
      idle.push(pglite);
    },
  };
}

/** Removes whatever a test created and puts the session's settings back. */
async function empty(db: Db): Promise<void> {
  const { rows } = await db.query<{ name: string }>(
    "select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'",
  );
  const drops = rows.map((row) => `drop schema "${row.name.replaceAll('"', '""')}" cascade;`);
  await db.script(`${drops.join('\n')}
    create schema public;
    discard temp;
    reset all;
    set timezone to 'UTC';`);
}

let dump: Promise<Blob> | undefined;

/** An initialised, empty cluster: from the cache under node_modules, made and kept there when it is missing. */
function emptyCluster(): Promise<Blob> {
  dump ??= loadOrMakeDump();
  return dump;
}

async function loadOrMakeDump(): Promise<Blob> {
  const modules = nodeModules();
  const { version } = JSON.parse(
    await readFile(join(modules, '@electric-sql', 'pglite', 'package.json'), 'utf8'),
  ) as { version: string };
  const folder = join(modules, '.cache', 'feiqian');
  const path = join(folder, `pglite-${version}-empty.tar`);
  if (!existsSync(path)) {
    const first = await openPglite();
    const made = await first.dump();
    await first.close();
    await mkdir(folder, { recursive: true });
    // Written aside and renamed: several test processes may arrive here together.
    const aside = `${path}.${process.pid}`;
    await writeFile(aside, Buffer.from(await made.arrayBuffer()));
    await rename(aside, path);
  }
  return openAsBlob(path);
}

function nodeModules(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'node_modules', '@electric-sql', 'pglite'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('node_modules with @electric-sql/pglite not found; run npm ci.');
    folder = parent;
  }
  return join(folder, 'node_modules');
}

/** Databases of this process on the server that nobody uses just now. */
const idleNames: string[] = [];

/** Test databases of this machine, each with the process that holds it: `feiqian_test_<machine>_<pid>_<chance>`. */
const prefix = `feiqian_test_${createHash('sha256').update(hostname()).digest('hex').slice(0, 8)}_`;

async function onServer(url: string): Promise<TestDatabase> {
  const name = idleNames.pop() ?? (await withServer(url, takeDatabase));
  const own = new URL(url);
  own.pathname = `/${name}`;
  const db = openPostgres({ url: own.href, poolMax: serverPoolMax });
  // Before use, not after: whoever had it last may have been killed.
  await empty(db);
  return served(db, own.href, async () => {
    // A test may have left pools or processes of its own on it.
    await withServer(url, (server) =>
      server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]),
    );
    idleNames.push(name);
  });
}

/** A database on the server; `after` is done once its pool is closed, and once only. */
function served(db: Db, url: string, after: () => Promise<unknown>): TestDatabase & { readonly url: string } {
  let open = true;
  return {
    engine: db.engine,
    url,
    query: (text, params, statement) => db.query(text, params, statement),
    transaction: (work) => db.transaction(work),
    script: (text) => db.script(text),
    async close() {
      if (!open) return;
      open = false;
      await db.close();
      await after();
    },
  };
}

/**
 * A database for this process: one that a process which is gone left behind, else a new one. With fsync on, making
 * and dropping a database costs seconds, so they are handed on. On a server of one's own a few remain, empty of
 * anything but the last tests' tables.
 */
async function takeDatabase(server: Db): Promise<string> {
  const mine = `${prefix}${process.pid}_${randomBytes(4).toString('hex')}`;
  const { rows } = await server.query<{ name: string }>(
    "select datname as name from pg_database where datname like $1 || '%' order by datname",
    [prefix],
  );
  for (const { name } of rows) {
    if (isRunning(Number(name.slice(prefix.length).split('_')[0]))) continue;
    try {
      // Only one of several takers can rename it, and nobody can while it is in use.
      await server.script(`alter database ${name} rename to ${mine}`);
      return mine;
    } catch {
      // Somebody else was quicker.
    }
  }
  await server.script(`create database ${mine} template template0`);
  return mine;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * A database on the server of `TEST_DATABASE_URL` that begins as a copy of what `build` makes, which the first to ask
 * for it has built, whichever process that is; `name` says what it holds, down to the version of its sources. A copy
 * costs a tenth of a second. `close()` removes it.
 */
export async function copiedDatabase(
  name: string,
  build: (url: string) => Promise<unknown>,
): Promise<TestDatabase & { readonly url: string }> {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new Error('TEST_DATABASE_URL names no server to copy on');
  const model = `feiqian_model_${name}`;
  const own = `${prefix}${process.pid}_${randomBytes(4).toString('hex')}`;
  const at = (database: string) => Object.assign(new URL(server), { pathname: `/${database}` }).href;
  await withServer(server, async (db) => {
    // The lock is the session's, and ends with it.
    await db.query('select pg_advisory_lock(hashtextextended($1, 0))', [model]);
    const { rows } = await db.query('select 1 from pg_database where datname = $1', [model]);
    if (rows.length === 0) {
      await db.script(`drop database if exists ${model}_begun`);
      await db.script(`create database ${model}_begun template template0`);
      await build(at(`${model}_begun`));
      await db.script(`alter database ${model}_begun rename to ${model}`);
    }
    await db.script(`create database ${own} template ${model}`);
  });
  const db = openPostgres({ url: at(own), poolMax: serverPoolMax });
  return served(db, at(own), () =>
    withServer(server, (s) => s.script(`drop database if exists ${own} with (force)`)),
  );
}

async function withServer<T>(url: string, work: (server: Db) => Promise<T>): Promise<T> {
  const server = openPostgres({ url, poolMax: 1 });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}
