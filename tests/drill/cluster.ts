import { type ChildProcess, spawnSync } from 'node:child_process';
import { sandboxBanks } from '@feiqian/app-bank';
import {
  type BankStub,
  buildTown,
  freePorts,
  LoadClient,
  startBankStub,
  startProcess,
  stopProcess,
  type Town,
} from '@feiqian/app-bench';
import { openEngine, parseConfig } from '@feiqian/app-network';
import { type Db, openPostgres } from '@feiqian/db';
import { type PrivatePostgres, startPrivatePostgres } from '@feiqian/testkit';
import { type Balancer, startBalancer } from '../support/balancer.ts';
import { until } from '../support/until.ts';

/** What `/health` says of the database. */
interface Told {
  status: string;
  profile: string;
  promises: string;
  settings: Record<string, string>;
}

/** Two network processes behind a proxy, on a PostgreSQL with a synchronous standby. */
export interface Cluster {
  primary: PrivatePostgres;
  standby: PrivatePostgres;
  networks: ChildProcess[];
  ports: number[];
  client: LoadClient;
  town: Town;
  /** What `/health` of a process says now, and its HTTP status. */
  health(process: number): Promise<Told & { code: number }>;
  /** One figure of a process's `/metrics`; null when it is not there. */
  figure(process: number, name: string): Promise<number | null>;
  /** Starts a process again that was killed. */
  restart(process: number): Promise<void>;
  /** Runs statements on one server, whatever it is. */
  on<T>(server: PrivatePostgres, work: (db: Db) => Promise<T>): Promise<T>;
  audit(): { code: number | null; said: string };
  close(): Promise<void>;
}

/**
 * The counter-proof: without waiting for the standby, and with a standby that has fallen behind, the drill must find
 * what is lost.
 */
export const asynchronous = process.env.DRILL_ASYNCHRONOUS === '1';

const command = [process.execPath, 'dist/feiqian.mjs'];
const townSize = { merchants: 8, shoppers: 24, cardsAtEachBank: 1 };
const connections = 300;
const joinMsMax = 20_000;

export async function openCluster(): Promise<Cluster> {
  const closers: (() => unknown)[] = [];
  try {
    return await build(closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

async function closeAll(closers: (() => unknown)[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

async function build(closers: (() => unknown)[]): Promise<Cluster> {
  const primary = await startPrivatePostgres();
  closers.push(() => primary.stop());
  const standby = await startPrivatePostgres({ standby: { of: primary, name: 'second' } });
  closers.push(() => standby.stop());
  await follows(primary, 'second');
  if (!asynchronous) operate('require-standby', primary, 'second');
  const iso = await freePorts(sandboxBanks.length);
  const api = await freePorts(sandboxBanks.length);
  const shared = {
    DATABASE_URL: `postgres://postgres@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/postgres?target_session_attrs=read-write`,
    FEIQIAN_BANK_ISO_PORT: String(iso),
    FEIQIAN_BANK_API_PORT: String(api),
    FEIQIAN_WITH_BANKS: 'false',
    FEIQIAN_LOG_LEVEL: 'fatal',
  };
  const ports = [await freePorts(1), await freePorts(1)];
  const envs = ports.map((port) => ({ ...shared, PORT: String(port) }));
  const env = envs[0] as Record<string, string>;
  const stubs: BankStub[] = [];
  for (const [i, { settings }] of sandboxBanks.entries())
    stubs.push(await startBankStub(settings, iso + i, () => 0));
  closers.push(() => stubs.map((stub) => stub.close()));
  await stopProcess(await startProcess(command, env));
  const town = await prepare(env);
  const networks: ChildProcess[] = [];
  for (const one of envs) networks.push(await startProcess(command, one));
  closers.push(() => Promise.all(networks.map(stopProcess)));
  const balancer: Balancer = await startBalancer(ports);
  closers.push(() => balancer.close());
  const client = new LoadClient([balancer.port], connections);
  closers.push(() => client.close());
  await client.open('GET /nothing HTTP/1.1\r\nhost: localhost\r\n');
  return {
    primary,
    standby,
    networks,
    ports,
    client,
    town,
    async health(process) {
      const answer = await fetch(`http://127.0.0.1:${ports[process]}/health`);
      return { ...((await answer.json()) as Told), code: answer.status };
    },
    async figure(process, name) {
      const text = await (await fetch(`http://127.0.0.1:${ports[process]}/metrics`)).text();
      const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
      return value === undefined ? null : Number(value);
    },
    async restart(process) {
      networks[process] = await startProcess(command, envs[process] as Record<string, string>);
    },
    on,
    audit() {
      const { status, stdout, stderr } = spawnSync(
        command[0] as string,
        [...command.slice(1), 'audit', '--quiet'],
        {
          env: { ...process.env, ...env },
          encoding: 'utf8',
        },
      );
      return { code: status, said: `${stdout}${stderr}` };
    },
    close: () => closeAll(closers),
  };
}

async function prepare(env: Record<string, string>): Promise<Town> {
  const parsed = parseConfig(env);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const engine = await openEngine(parsed.config);
  try {
    return await buildTown(parsed.config, engine.db, townSize);
  } finally {
    await engine.close();
  }
}

/** Waits until a standby follows a server. */
export function follows(primary: PrivatePostgres, name: string): Promise<void> {
  const streams = `select 1 from pg_stat_replication where application_name = $1 and state = 'streaming'`;
  return on(primary, (db) =>
    until(async () => (await db.query(streams, [name])).rows.length > 0, joinMsMax, 'the standby'),
  );
}

/** Runs one of the operator's scripts; throws with what it said when it ends badly. */
export function operate(
  script: 'require-standby' | 'promote',
  server: PrivatePostgres,
  ...args: string[]
): string {
  const { status, stdout, stderr } = spawnSync(`scripts/database/${script}.sh`, [server.url, ...args], {
    env: { ...process.env, PATH: `${server.binaries}:${process.env.PATH}` },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stdout}${stderr}`);
  return stdout.trim();
}

async function on<T>(server: PrivatePostgres, work: (db: Db) => Promise<T>): Promise<T> {
  const db = openPostgres({ url: server.url, poolMax: 1, applicationName: 'drill' });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
