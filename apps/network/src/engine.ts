import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Db, holdDataDirectory, openPglite, openPostgres, type Planning } from '@feiqian/db';
import type { Config } from './config.ts';

/** The database of this process, and what it promises (profiles of docs/guides/production.md). */
export interface Engine {
  db: Db;
  name: string;
  profile: 'A' | 'B' | 'C';
  promises: string;
  settings: Record<string, string>;
  close: () => Promise<void>;
}

/** A start that is refused for a reason a person can mend. */
export class StartRefused extends Error {
  override name = 'StartRefused';
}

/** Opens PostgreSQL when `DATABASE_URL` is set, else the embedded engine in the data directory. */
export function openEngine(config: Config, planning: Planning = 'by_index'): Promise<Engine> {
  return config.databaseUrl === null
    ? openEmbedded(config, planning)
    : openServer(config, config.databaseUrl, planning);
}

async function openEmbedded(config: Config, planning: Planning): Promise<Engine> {
  const dir = resolve(config.dataDir);
  const held = holdDataDirectory(dir);
  if (!held.ok) {
    const { pid, since } = held.holder;
    throw new StartRefused(
      `The data directory ${dir} is in use by process ${pid} since ${since}. Stop that process, or choose another directory with FEIQIAN_DATA_DIR.`,
    );
  }
  try {
    const cluster = join(dir, 'pglite');
    if (config.fresh) rmSync(cluster, { recursive: true, force: true });
    const onDiskFull = () => {
      process.stderr.write(`The disk of ${dir} is full. Stopped; make room and start again.\n`);
      process.exit(1);
    };
    const db = await openPglite({ dir: cluster, onDiskFull, planning });
    const { rows } = await db.query<{ version: string }>(
      "select current_setting('server_version') as version",
    );
    return {
      db,
      name: `PGlite (PostgreSQL ${rows[0]?.version ?? '?'}, embedded)`,
      profile: 'A',
      promises:
        'Survives the death of this process at any instant. Does not survive a power loss: it issues no fsync.',
      settings: { fsync: 'none', directory: dir },
      close: async () => {
        await db.close();
        held.release();
      },
    };
  } catch (error) {
    held.release();
    throw error;
  }
}

const durable = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;
const versionMin = 150_000;

async function openServer(config: Config, url: string, planning: Planning): Promise<Engine> {
  const db = openPostgres({ url, poolMax: config.databasePool, planning });
  const settings: Record<string, string> = {};
  for (const name of [...durable, 'synchronous_standby_names', 'server_version', 'server_version_num']) {
    const { rows } = await db.query<{ value: string }>('select current_setting($1) as value', [name]);
    settings[name] = rows[0]?.value ?? '';
  }
  const off = durable.filter((name) => settings[name] === 'off');
  if (off.length > 0) {
    await db.close();
    throw new StartRefused(
      `PostgreSQL has ${off.map((n) => `${n}=off`).join(', ')}: payments could be lost. Switch it on and start again.`,
    );
  }
  if (Number(settings.server_version_num) < versionMin) {
    await db.close();
    throw new StartRefused(`PostgreSQL ${settings.server_version} is too old: 15 or newer is needed.`);
  }
  const standby = settings.synchronous_standby_names !== '';
  return {
    db,
    name: `PostgreSQL ${settings.server_version}`,
    profile: standby ? 'C' : 'B',
    promises: standby
      ? 'Survives the loss of this process, of the operating system and of one database node.'
      : 'Survives the loss of this process and of the operating system, if the disk honours flush.',
    settings: Object.fromEntries(durable.map((n) => [n, settings[n] ?? ''])),
    close: () => db.close(),
  };
}
