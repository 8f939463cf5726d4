import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxBanks } from '@feiqian/app-bank';
import { openEngine, parseConfig } from '@feiqian/app-network';
import { type Db, openPostgres } from '@feiqian/db';
import type { Message } from '@feiqian/iso8583';
import { findPostgresBinaries, startPrivatePostgres } from '@feiqian/testkit';
import { startBankStub } from '../bankStub.ts';
import { logNormal, seeded } from '../measure/random.ts';
import { freePorts, startProcess, stopProcess } from '../process.ts';
import { buildTown, type Town, type TownSize } from './people.ts';
import { declinedCode, declinedFen } from './purchases.ts';
import type { Thinking } from './scenarios.ts';

/** Where everything is measured: one PostgreSQL, the banks' stubs, and a town to copy. */
export interface Bed {
  version: string;
  /** Process id of the database server; null when it is somebody else's. */
  databasePid: number | null;
  binaries: string | null;
  url: string;
  /** What the server promises: `show` of the settings that durability hangs on. */
  settings: Record<string, string>;
  town: Town;
  /** From now on every bank thinks so long, drawn from this seed. */
  think: (thinking: Thinking, seed: string) => void;
  /** A database of its own with the town in it and no payment, or a copy of another site. */
  site: (name: string, from?: Site) => Promise<Site>;
  close: () => Promise<void>;
}

/** A database that a network can be started on. */
export interface Site {
  name: string;
  database: string;
  /** Environment of a network on it. */
  env: Record<string, string>;
  /** For reports and bulk work; free of the planner's limits of a serving process. */
  db: () => Db;
  /** Ends our connections, so that it can be copied; `db` opens new ones. */
  release: () => Promise<void>;
  start: () => Promise<Running>;
  drop: () => Promise<void>;
}

export interface Running {
  port: number;
  pid: number;
  /** What the network logged as errors since the last time it was asked. */
  complaints: () => string[];
  stop: () => Promise<void>;
}

export interface BedOptions {
  /** The command line that starts `feiqian`. */
  command: readonly string[];
  size: TownSize;
  write: (line: string) => void;
}

const shown = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'shared_buffers',
  'max_wal_size',
  'wal_level',
];
const poolMax = 6;

/** Opens a bed: a private PostgreSQL, or `DATABASE_URL`, on which databases `feiqian_ladder_…` are made. */
export async function openBed(o: BedOptions): Promise<Bed> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const c of closers.splice(0).reverse()) await c();
  };
  try {
    const server = await openServer(closers);
    const dir = mkdtempSync(join(tmpdir(), 'feiqian-ladder-'));
    closers.push(() => rmSync(dir, { recursive: true, force: true }));
    const env = await environment(dir);
    const think = await openBanks(Number(env.FEIQIAN_BANK_ISO_PORT), closers);
    const admin = openPostgres({ url: server.url, poolMax: 1 });
    closers.push(() => admin.close());
    const settings: Record<string, string> = {};
    for (const name of shown) {
      const { rows } = await admin.query<{ value: string }>('select current_setting($1) as value', [name]);
      settings[name] = rows[0]?.value ?? '?';
    }
    const make = siteMaker(o, admin, server.url, env, closers);
    const base = await make('base');
    o.write(
      `town      ${o.size.merchants} merchants; ${o.size.shoppers} people with ${o.size.cardsAtEachBank} cards at each of ${sandboxBanks.length} banks`,
    );
    const town = await settle(o, base);
    return { ...server, settings, town, think, site: (name, from = base) => make(name, from), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openServer(closers: (() => unknown)[]) {
  const url = process.env.DATABASE_URL;
  if (url) {
    return {
      url,
      version: 'PostgreSQL at DATABASE_URL',
      databasePid: null,
      binaries: findPostgresBinaries() ?? null,
    };
  }
  const server = await startPrivatePostgres({
    settings: { shared_buffers: '512MB', max_wal_size: '4GB', checkpoint_timeout: '15min' },
  });
  closers.push(() => server.stop());
  const { version, pid, binaries } = server;
  return { url: server.url, version, databasePid: pid, binaries };
}

async function environment(dir: string): Promise<Record<string, string>> {
  const port = await freePorts(1);
  const iso = await freePorts(sandboxBanks.length);
  const api = await freePorts(sandboxBanks.length);
  return {
    PORT: String(port),
    FEIQIAN_DATA_DIR: dir,
    FEIQIAN_BANK_ISO_PORT: String(iso),
    FEIQIAN_BANK_API_PORT: String(api),
    FEIQIAN_WITH_BANKS: 'false',
    FEIQIAN_LOG_LEVEL: 'error',
  };
}

/** One stub for each bank, from this port on, all thinking alike. */
export async function openBanks(isoPort: number, closers: (() => unknown)[]): Promise<Bed['think']> {
  let waitMs = (): number => 0;
  const declines = (m: Message) =>
    Number(String(m.fields[4] ?? '').slice(-2)) === declinedFen ? declinedCode : '00';
  for (const [i, { settings }] of sandboxBanks.entries()) {
    const stub = await startBankStub(settings, isoPort + i, () => waitMs(), undefined, declines);
    closers.push(() => stub.close());
  }
  return (thinking, seed) => {
    waitMs = thinking === null ? () => 0 : logNormal(seeded(`${seed} banks`), thinking.p50, thinking.p99);
  };
}

type MakeSite = (name: string, from?: Site) => Promise<Site>;

function siteMaker(
  o: BedOptions,
  admin: Db,
  serverUrl: string,
  env: Record<string, string>,
  closers: (() => unknown)[],
): MakeSite {
  return async (name, from) => {
    const database = `feiqian_ladder_${name.replace(/[^a-z0-9]+/g, '_')}`;
    // A database can be copied only while nobody is connected to it.
    await from?.release();
    await admin.script(`drop database if exists ${database} with (force)`);
    await admin.script(`create database ${database}${from ? ` template ${from.database}` : ''}`);
    const url = new URL(serverUrl);
    url.pathname = `/${database}`;
    const own: Record<string, string> = { ...env, DATABASE_URL: url.href };
    let open: Db | null = null;
    const release = async () => {
      await open?.close();
      open = null;
    };
    closers.push(release);
    return {
      name,
      database,
      env: own,
      db() {
        open ??= openPostgres({ url: url.href, poolMax, planning: 'freely' });
        return open;
      },
      release,
      async start() {
        const child: ChildProcess = await startProcess(o.command, own);
        const stop = () => stopProcess(child);
        closers.push(stop);
        return { port: Number(own.PORT), pid: child.pid as number, complaints: complaintsOf(child), stop };
      },
      async drop() {
        await release();
        await admin.script(`drop database if exists ${database} with (force)`);
      },
    };
  };
}

const complaintsMax = 20;

/** Gathers what a process writes to standard error, a bounded number of lines between two looks. */
function complaintsOf(child: ChildProcess): () => string[] {
  let lines: string[] = [];
  let rest = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.filter((line) => line.startsWith('{"level"')).slice(0, complaintsMax - lines.length));
  });
  return () => {
    const said = lines;
    lines = [];
    return said;
  };
}

/** The first start builds the schema and registers the banks; then the town is built in the stopped network. */
export async function settle(o: Pick<BedOptions, 'size'>, site: Pick<Site, 'env' | 'start'>): Promise<Town> {
  await (await site.start()).stop();
  const parsed = parseConfig(site.env);
  if (!parsed.ok) throw new Error('the configuration of the run is wrong');
  const engine = await openEngine(parsed.config);
  try {
    return await buildTown(parsed.config, engine.db, o.size);
  } finally {
    await engine.close();
  }
}
