import { randomBytes } from 'node:crypto';
import { existsSync, openAsBlob } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
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
 * `TEST_DATABASE_URL` names a PostgreSQL server, it is a database created there and dropped by `close()`.
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

async function onServer(url: string): Promise<TestDatabase> {
  const name = `feiqian_test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await withServer(url, (server) => server.script(`create database ${name} template template0`));
  const own = new URL(url);
  own.pathname = `/${name}`;
  const db = openPostgres({ url: own.href, poolMax: serverPoolMax });
  let open = true;
  return {
    engine: db.engine,
    url: own.href,
    query: (text, params, statement) => db.query(text, params, statement),
    transaction: (work) => db.transaction(work),
    script: (text) => db.script(text),
    async close() {
      if (!open) return;
      open = false;
      await db.close();
      await withServer(url, (server) => server.script(`drop database if exists ${name} with (force)`));
    },
  };
}

async function withServer(url: string, work: (server: Db) => Promise<void>): Promise<void> {
  const server = openPostgres({ url, poolMax: 1 });
  try {
    await work(server);
  } finally {
    await server.close();
  }
}
