import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxBanks } from '@feiqian/app-bank';
import { openEngine, parseConfig } from '@feiqian/app-network';
import { findPostgresBinaries, type PrivatePostgres, startPrivatePostgres } from '@feiqian/testkit';
import { auditBooks } from './auditor.ts';
import { type BankStub, startBankStub } from './bankStub.ts';
import { LoadClient } from './httpClient.ts';
import { type LoadResult, runLoad } from './load.ts';
import { bestTpcB, cpuSeconds, machineLine } from './machine.ts';
import { type Prepared, prepareLoad } from './prepare.ts';
import { freePorts, startProcess, stopProcess } from './process.ts';

export interface BenchOptions {
  engine: 'postgres' | 'pglite';
  bank: 'stub' | 'reference';
  seconds: number;
  merchants: number;
  inFlight: number;
  connections: number;
  /** Processes of the network on the one database; more than one on PostgreSQL alone. */
  processes: number;
  /** Purchases a second of the latency run; null takes 80 % of the capacity found. */
  rate: number | null;
  /** Also measures the capacity with all payments to one merchant. */
  hot: boolean;
  yardstick: boolean;
  /** The command line, to start the network and the auditor as processes of their own. */
  command: readonly string[];
  write: (line: string) => void;
}

/** Long enough for the machine code of the hot path to be made: that costs as much as the payments meanwhile. */
const warmUpSeconds = 10;
const rateOfCapacity = 0.8;

/** What one run found; rates are captured purchases a second, times ms. */
export interface BenchFigures {
  capacity: number;
  ratio: number | null;
  alone: LoadResult;
  atRate: LoadResult;
  hot: number | null;
  auditClean: boolean;
}

/** Measures whole purchases through HTTP, ISO 8583, ledger and commit, then audits. */
export async function runBench(o: BenchOptions): Promise<BenchFigures> {
  const { found, auditClean } = await runOnce(o, prepare, (prepared, run) => measure(o, prepared, run));
  return { ...found, auditClean };
}

/** A network that is measured. */
export interface Run {
  /** Of each process. */
  ports: readonly number[];
  networkPids: readonly number[];
  databasePid: number | null;
  /** The best TPC-B rate of pgbench on the same server; null when it was not run. */
  yardstick: number | null;
}

/** Database, banks and network for one run: prepares while the network is stopped, measures, audits, clears away. */
export async function runOnce<Prepared, Found>(
  o: BenchOptions,
  prepare: (o: BenchOptions, env: Record<string, string>) => Promise<Prepared>,
  measure: (prepared: Prepared, run: Run) => Promise<Found>,
): Promise<{ found: Found; auditClean: boolean }> {
  const closers: (() => unknown)[] = [];
  try {
    o.write(`machine   ${machineLine()}`);
    if (o.processes > 1) o.write(`network   ${o.processes} processes on one database`);
    const postgres = o.engine === 'postgres' ? await database(o, closers) : null;
    const dir = mkdtempSync(join(tmpdir(), 'feiqian-bench-'));
    closers.push(() => rmSync(dir, { recursive: true, force: true }));
    const env = await environment(o, postgres?.url ?? null, dir);
    if (o.bank === 'stub') await stubs(Number(env.FEIQIAN_BANK_ISO_PORT), closers);
    const yard = o.yardstick && postgres?.binaries ? yardstick(o, postgres) : null;
    // The first start builds schema and city, and is stopped so that PGlite can be prepared too.
    await stopProcess(await startProcess(o.command, env));
    const prepared = await prepare(o, env);
    const networks = await startNetworks(o, env, closers);
    const found = await measure(prepared, {
      ports: networks.map((n) => n.port),
      networkPids: networks.map((n) => n.process.pid as number),
      databasePid: postgres?.pid ?? null,
      yardstick: yard,
    });
    for (const { process } of networks) await stopProcess(process);
    return { found, auditClean: await audit(o, env) };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** All processes of the network; what else runs in one of them, runs in the first. */
async function startNetworks(o: BenchOptions, env: Record<string, string>, closers: (() => unknown)[]) {
  const networks: { port: number; process: ChildProcess }[] = [];
  for (let i = 0; i < o.processes; i++) {
    const port = i === 0 ? Number(env.PORT) : await freePorts(1);
    const own = i === 0 ? env : { ...env, PORT: String(port), FEIQIAN_WITH_BANKS: 'false' };
    const process = await startProcess(o.command, own);
    closers.push(() => stopProcess(process));
    networks.push({ port, process });
  }
  return networks;
}

async function database(
  o: BenchOptions,
  closers: (() => unknown)[],
): Promise<Partial<PrivatePostgres> & { url: string }> {
  if (process.env.DATABASE_URL) return { url: process.env.DATABASE_URL };
  const server = await startPrivatePostgres({
    settings: { shared_buffers: '512MB', max_wal_size: '4GB', checkpoint_timeout: '15min' },
  });
  closers.push(() => server.stop());
  o.write(`engine    ${server.version}, fsync on, synchronous_commit on (a private server for this run)`);
  return server;
}

function yardstick(o: BenchOptions, postgres: Partial<PrivatePostgres> & { url: string }): number {
  const best = bestTpcB(postgres.binaries ?? findPostgresBinaries() ?? '', postgres.url, {
    scale: 20,
    seconds: 5,
    clients: [8, 16, 32, 64],
  });
  o.write(
    `pgbench   ${best.tps.toFixed(0)} TPC-B/s at ${best.clients} clients (scale 20, prepared), the best of 8 to 64`,
  );
  return best.tps;
}

async function environment(
  o: BenchOptions,
  url: string | null,
  dir: string,
): Promise<Record<string, string>> {
  const port = await freePorts(1);
  const iso = await freePorts(sandboxBanks.length);
  const api = await freePorts(sandboxBanks.length);
  return {
    PORT: String(port),
    FEIQIAN_DATA_DIR: dir,
    FEIQIAN_BANK_ISO_PORT: String(iso),
    FEIQIAN_BANK_API_PORT: String(api),
    FEIQIAN_WITH_BANKS: String(o.bank === 'reference'),
    FEIQIAN_LOG_LEVEL: 'error',
    ...(url === null ? {} : { DATABASE_URL: url }),
  };
}

async function stubs(isoPort: number, closers: (() => unknown)[]): Promise<BankStub[]> {
  const out: BankStub[] = [];
  for (const [i, bank] of sandboxBanks.entries())
    out.push(await startBankStub(bank.settings, isoPort + i, () => 0));
  closers.push(() => {
    for (const s of out) s.close();
  });
  return out;
}

async function prepare(o: BenchOptions, env: Record<string, string>): Promise<Prepared> {
  const parsed = parseConfig(env);
  if (!parsed.ok) throw new Error('the configuration of the run is wrong');
  const engine = await openEngine(parsed.config);
  try {
    return await prepareLoad(parsed.config, engine.db, o.merchants);
  } finally {
    await engine.close();
  }
}

async function measure(
  o: BenchOptions,
  prepared: Prepared,
  { ports, networkPids, databasePid, yardstick: yard }: Run,
): Promise<Omit<BenchFigures, 'auditClean'>> {
  const client = new LoadClient(ports, o.connections);
  const used = () => ({
    network: networkPids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    database: databasePid === null ? 0 : cpuSeconds(databasePid),
    generator: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
  });
  const base = { inFlightMax: o.inFlight, hotMerchant: false };
  try {
    await runLoad(client, prepared, { ...base, rate: null, seconds: warmUpSeconds }, 'warm');
    const alone = await runLoad(
      client,
      prepared,
      { ...base, inFlightMax: 1, rate: null, seconds: 3 },
      'alone',
    );
    if (alone.captured === 0) {
      throw new Error(
        `nothing to measure, no purchase was captured: ${Object.keys(alone.others).join(', ')}`,
      );
    }
    o.write(
      `alone     p50 ${alone.p50.toFixed(1)} ms, p99 ${alone.p99.toFixed(1)} ms (one purchase at a time)`,
    );
    const before = used();
    const capacity = await runLoad(client, prepared, { ...base, rate: null, seconds: o.seconds }, 'capacity');
    const after = used();
    report(o, 'capacity', capacity);
    const per = (key: keyof typeof after) =>
      (((after[key] - before[key]) / capacity.captured) * 1000).toFixed(2);
    o.write(
      `cpu       seconds per 1,000 payments: network ${per('network')}, database ${per('database')}, generator and bank stub ${per('generator')}`,
    );
    const ratio = yard === null ? null : capacity.perSecond / yard;
    if (ratio !== null) o.write(`ratio     ${ratio.toFixed(2)} × pgbench TPC-B`);
    const rate = o.rate ?? Math.floor(capacity.perSecond * rateOfCapacity);
    const atRate = await runLoad(client, prepared, { ...base, rate, seconds: o.seconds }, 'rate');
    report(o, `at ${rate}/s`, atRate);
    const hot = o.hot
      ? await runLoad(client, prepared, { ...base, hotMerchant: true, rate: null, seconds: o.seconds }, 'hot')
      : null;
    if (hot) report(o, 'one shop', hot);
    return { capacity: capacity.perSecond, ratio, alone, atRate, hot: hot?.perSecond ?? null };
  } finally {
    client.close();
  }
}

export function report(o: BenchOptions, name: string, r: LoadResult): void {
  const ms = (n: number) => n.toFixed(1);
  o.write(
    `${name.padEnd(10)}${r.perSecond.toFixed(0)} captured/s  p50 ${ms(r.p50)}  p95 ${ms(r.p95)}  p99 ${ms(r.p99)}  max ${ms(r.max)} ms`,
  );
  for (const [what, n] of Object.entries(r.others)) o.write(`          not captured: ${n} × ${what}`);
}

async function audit(o: BenchOptions, env: Record<string, string>): Promise<boolean> {
  const { clean, said } = await auditBooks(o.command, env);
  o.write(`audit     ${clean ? 'clean' : 'FAILED'}`);
  if (!clean) o.write(said);
  return clean;
}
