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

/** Two network processes behind a proxy, on a PostgreSQL with a synchronous standby. */
export interface Cluster {
  primary: PrivatePostgres;
  standby: PrivatePostgres;
  networks: ChildProcess[];
  ports: number[];
  client: LoadClient;
  town: Town;
  /** What `/health` of a process says now. */
  health(process: number): Promise<{ status: number; profile: string; settings: Record<string, string> }>;
  /** Runs statements on one server, whatever it is. */
  on<T>(server: PrivatePostgres, work: (db: Db) => Promise<T>): Promise<T>;
  audit(): { code: number | null; said: string };
  close(): Promise<void>;
}

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
  await waitFor(primary, 'second');
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
  const client = new LoadClient(balancer.port, connections);
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
      return {
        status: answer.status,
        ...((await answer.json()) as { profile: string; settings: Record<string, string> }),
      };
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

/** From now on a server acknowledges nothing that its standby has not. */
export async function waitFor(primary: PrivatePostgres, name: string): Promise<void> {
  await on(primary, async (db) => {
    await db.script(`alter system set synchronous_standby_names = '${name}'`);
    await db.script('select pg_reload_conf()');
    const sync = async () =>
      (await db.query("select 1 from pg_stat_replication where sync_state in ('sync', 'quorum')")).rows
        .length > 0;
    await until(sync, joinMsMax, 'the standby');
  });
}

async function on<T>(server: PrivatePostgres, work: (db: Db) => Promise<T>): Promise<T> {
  const db = openPostgres({ url: server.url, poolMax: 1, applicationName: 'drill' });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
