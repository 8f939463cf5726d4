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
import { startPrivatePostgres } from '@feiqian/testkit';
import { keepOnOneProcessor } from '../support/processors.ts';
import { until } from '../support/until.ts';

/** A bank that can fall silent. */
export interface Bank {
  code: string;
  /** Messages about money that it has received. */
  heard: number;
  /** It reads everything and answers nothing. */
  silent: boolean;
  /** How long it thinks, ms. */
  delayMs: number;
}

/** A network in a process of its own on a private PostgreSQL, three banks, merchants and shoppers. */
export interface Stage {
  network: ChildProcess;
  /** The processor that the network and its database share, and nobody else has to; null when all share all. */
  processor: string | null;
  port: number;
  client: LoadClient;
  town: Town;
  banks: Bank[];
  /** The samples of one metric by their labels' text. */
  metric(name: string): Promise<Map<string, number>>;
  /** What is stored, by a query. */
  rows<R>(sql: string, params?: string[][]): Promise<R[]>;
  /** Waits until nothing is under way, then runs the auditor; throws with what it found. */
  settleAndAudit(): Promise<void>;
  close(): Promise<void>;
}

const command = [process.execPath, 'dist/feiqian.mjs'];
const townSize = { merchants: 12, shoppers: 40, cardsAtEachBank: 1 };
/** More than are ever in use: a request that waits for a connection is not offered. */
const connections = 3_000;
const settleMsMax = 60_000;
/** Longer than any test: an answer that never comes. */
const neverMs = 2_000_000_000;

export async function openStage(): Promise<Stage> {
  const server = await startPrivatePostgres({ settings: { shared_buffers: '256MB' } });
  const isoPort = await freePorts(sandboxBanks.length);
  const env: Record<string, string> = {
    PORT: String(await freePorts(1)),
    FEIQIAN_BANK_ISO_PORT: String(isoPort),
    FEIQIAN_BANK_API_PORT: String(await freePorts(sandboxBanks.length)),
    FEIQIAN_WITH_BANKS: 'false',
    FEIQIAN_LOG_LEVEL: 'fatal',
    DATABASE_URL: server.url,
  };
  const { banks, stubs } = await openBanks(isoPort);
  await stopProcess(await startProcess(command, env));
  const town = await inDatabase(env, (db, config) => buildTown(config, db, townSize));
  const network = await startProcess(command, env);
  const processor = keepOnOneProcessor([server.pid, network.pid as number]);
  const port = Number(env.PORT);
  const client = new LoadClient([port], connections);
  await client.open('GET /nothing HTTP/1.1\r\nhost: localhost\r\n');
  const rows = async <R>(sql: string, params: string[][] = []) =>
    inDatabase(env, async (db) => (await db.query<R>(sql, params)).rows);
  return {
    network,
    processor,
    port,
    client,
    town,
    banks,
    rows,
    metric: (name) => metric(port, name),
    async settleAndAudit() {
      const open = `select count(*)::int as open from payments.payment where state in ('processing', 'unknown')`;
      await until(async () => (await rows<{ open: number }>(open))[0]?.open === 0, settleMsMax, 'the end');
      const audit = spawnSync(command[0] as string, [...command.slice(1), 'audit', '--quiet'], {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      });
      if (audit.status !== 0) throw new Error(`the auditor found:\n${audit.stdout}${audit.stderr}`);
    },
    async close() {
      client.close();
      network.kill('SIGCONT');
      await stopProcess(network);
      for (const stub of stubs) stub.close();
      await server.stop();
    },
  };
}

async function openBanks(isoPort: number): Promise<{ banks: Bank[]; stubs: BankStub[] }> {
  const banks: Bank[] = [];
  const stubs: BankStub[] = [];
  for (const [i, { settings }] of sandboxBanks.entries()) {
    const bank: Bank = { code: settings.id, heard: 0, silent: false, delayMs: 0 };
    banks.push(bank);
    const delay = () => {
      bank.heard += 1;
      return bank.silent ? neverMs : bank.delayMs;
    };
    stubs.push(await startBankStub(settings, isoPort + i, delay));
  }
  return { banks, stubs };
}

async function metric(port: number, name: string): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, own, labels = '', value] = /^([a-z_]+)(?:\{([^}]*)\})? (\S+)$/.exec(line) ?? [];
    if (own === name) found.set(labels.replaceAll('"', ''), Number(value));
  }
  return found;
}

type Opened = Awaited<ReturnType<typeof openEngine>>;

async function inDatabase<T>(
  env: Record<string, string>,
  work: (db: Opened['db'], config: Parameters<typeof openEngine>[0]) => Promise<T>,
): Promise<T> {
  const parsed = parseConfig(env);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const engine = await openEngine(parsed.config);
  try {
    return await work(engine.db, parsed.config);
  } finally {
    await engine.close();
  }
}
