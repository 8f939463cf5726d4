import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Db,
  durableSettings,
  holdDataDirectory,
  NotDurable,
  openPglite,
  openPostgres,
  type Planning,
  type PostgresOptions,
  readHosts,
} from '@feiqian/db';
import type { Config } from './config.ts';

/** What may be relied on. */
export type Promises = Pick<Engine, 'profile' | 'promises' | 'settings' | 'waits'>;

/** The database of this process, and what it promises (profiles of docs/guides/production.md). */
export interface Engine {
  db: Db;
  /** The same database over connections of its own, for what must not wait behind reports and lists. */
  hotDb: Db;
  name: string;
  profile: 'A' | 'B' | 'C';
  promises: string;
  settings: Record<string, string>;
  /** True while nothing can be acknowledged: commits wait for a standby, and none is there. */
  waits: boolean;
  /** What holds now: the server behind the address may have changed since the start. Throws when it cannot be asked. */
  look: () => Promise<Promises>;
  close: () => Promise<void>;
}

/** A start that is refused for a reason a person can mend. */
export class StartRefused extends Error {
  override name = 'StartRefused';
}

/** What a process may do to the database. */
export type EngineAccess = 'read_write' | 'read_only';

/** Opens PostgreSQL when `DATABASE_URL` is set, else the embedded engine in the data directory. */
export function openEngine(
  config: Config,
  planning: Planning = 'by_index',
  access: EngineAccess = 'read_write',
): Promise<Engine> {
  return config.databaseUrl === null
    ? openEmbedded(config, planning)
    : openServer(config, config.databaseUrl, planning, access);
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
    const promised = {
      profile: 'A',
      promises:
        'Survives the death of this process at any instant. Does not survive a power loss: it issues no fsync.',
      settings: { fsync: 'none', directory: dir },
      waits: false,
    } as const;
    return {
      db,
      // An object of its own, as at a server: whoever wraps the one does not wrap the other.
      hotDb: { ...db },
      name: `PGlite (PostgreSQL ${rows[0]?.version ?? '?'}, embedded)`,
      ...promised,
      look: async () => {
        await db.query('select 1');
        return promised;
      },
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

const versionMin = 150_000;

/** Connections of the hot path: the groups of payments that are under way at once, and one to spare for each. */
const hotConnections = 4;
/** How long callers wait for a connection: less than the shortest of their own waits. */
const acquireMsMax = 5_000;
/** After this a statement is given up with its connection: its server is gone, though nobody has said so. */
const answerMsMax = 30_000;
/** How long a look at the server's state waits for a connection. */
const watchMsMax = 3_000;
const shown = [...durableSettings, 'synchronous_standby_names', 'server_version', 'server_version_num'];

async function openServer(
  config: Config,
  url: string,
  planning: Planning,
  access: EngineAccess,
): Promise<Engine> {
  try {
    readHosts(url);
  } catch (error) {
    throw new StartRefused(`DATABASE_URL: ${(error as Error).message}.`);
  }
  const serves = planning === 'by_index';
  const base: PostgresOptions = {
    url,
    planning,
    acquireMsMax,
    durable: true,
    readOnly: access === 'read_only',
    ...(serves ? { answerMsMax } : {}),
  };
  const db = openPostgres({
    ...base,
    poolMax: Math.max(2, config.databasePool - (serves ? hotConnections : 0)),
  });
  const hotDb = serves
    ? openPostgres({ ...base, poolMax: hotConnections, applicationName: 'feiqian-payments' })
    : db;
  // Of its own: it must answer also when every other connection waits for a standby.
  const watchDb = serves
    ? openPostgres({ ...base, poolMax: 1, acquireMsMax: watchMsMax, applicationName: 'feiqian-health' })
    : db;
  const close = async () => {
    await db.close();
    if (watchDb !== db) await watchDb.close();
    if (hotDb !== db) await hotDb.close();
  };
  try {
    const settings = await settingsOf(db);
    if (Number(settings.server_version_num) < versionMin) {
      throw new StartRefused(`PostgreSQL ${settings.server_version} is too old: 15 or newer is needed.`);
    }
    return {
      db,
      hotDb,
      name: `PostgreSQL ${settings.server_version}`,
      ...promisesOf(settings),
      look: async () => ({
        ...promisesOf(await settingsOf(watchDb)),
      }),
      close,
    };
  } catch (error) {
    await close();
    throw error instanceof NotDurable ? new StartRefused(error.message) : error;
  }
}

/** What a server promises by its settings. A standby counts only while it is connected and waited for. */
function promisesOf(told: Record<string, string>): Promises {
  const { server_version: _version, server_version_num: _number, synchronous, ...settings } = told;
  // A role without pg_monitor does not see the standbys' state: then the setting has to do.
  const waited = ['on', 'remote_apply'].includes(settings.synchronous_commit ?? '');
  const asked = settings.synchronous_standby_names !== '' && waited;
  const waits = asked && synchronous === 'no';
  return {
    profile: asked ? 'C' : 'B',
    promises: waits ? promised.waits : asked ? promised.replicated : promised.alone,
    settings,
    waits,
  };
}

const promised = {
  alone: 'Survives the loss of this process and of the operating system, if the disk honours flush.',
  replicated: 'Survives the loss of this process, of the operating system and of one database node.',
  waits:
    'Acknowledges nothing now: commits wait for a synchronous standby, and none is connected. What was acknowledged before survives the loss of one database node.',
};

async function settingsOf(db: Db): Promise<Record<string, string>> {
  const { rows } = await db.query<{ name: string; value: string }>(
    `select n as name, current_setting(n) as value from unnest($1::text[]) as n
     union all
     select 'server', coalesce(host(inet_server_addr()) || ':' || inet_server_port(), 'a local socket')
     union all
     select 'commits waiting', count(*)::text from pg_stat_activity where wait_event = 'SyncRep'
     union all
     select 'synchronous', case when bool_or(sync_state in ('sync', 'quorum')) then 'yes'
       when bool_or(sync_state is null) then 'hidden' else 'no' end from pg_stat_replication
     union all
     select 'standby ' || coalesce(application_name, pid::text),
       coalesce(sync_state, '?') || ', ' ||
       coalesce(case when not pg_is_in_recovery()
         then pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn)::text end, '?') || ' bytes behind'
     from pg_stat_replication`,
    [shown],
  );
  return Object.fromEntries(rows.map((r) => [r.name, r.value]));
}
