import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxBanks } from '@feiqian/app-bank';
import { parseConfig, type RunningNetwork, startNetwork } from '@feiqian/app-network';
import type { Sandbox } from '@feiqian/contract';
import { Caller, done, type Heard } from './caller.ts';
import { cityOnServer, layOutCity } from './city.ts';
import { letDevicesIn } from './devices.ts';
import { refuseNesting } from './transactions.ts';
import { until } from './until.ts';

export interface TestNetworkOptions {
  /** How long the network waits for a bank, in ms; the banks' late answers come half as long again after it. */
  linkWaitMs?: number;
  env?: Record<string, string>;
  /** The product's own policy for a second device, instead of one that lets it in unasked. */
  strictDevices?: boolean;
  /** Another process's database, to serve it as well: its address (PostgreSQL alone). */
  databaseUrl?: string;
}

/** A network with its sandbox city on a database of its own, in this process and on free ports. */
export interface TestNetwork extends RunningNetwork {
  /** Calls the API without a token. */
  anyone: Caller;
  /** Calls it with the first merchant's secret key. */
  merchant: Caller;
  /** What the sandbox tells a newcomer. */
  guide: Sandbox;
  storeId: string;
  /** Every answer that was given to a caller of this network. */
  heard: Heard[];
  /** What was logged. */
  logs: string[];
  /** Address of the database when it is on a server. */
  databaseUrl: string | null;
  /** Directory of the embedded engine. */
  dataDir: string;
}

/** Free ports, and a city without a past. */
export const quietly = {
  PORT: '0',
  FEIQIAN_BANK_ISO_PORT: '0',
  FEIQIAN_BANK_API_PORT: '0',
  FEIQIAN_HISTORY: 'false',
};
const linksMsMax = 10_000;

/**
 * Starts a network: PGlite in a temporary directory, or a fresh database on `TEST_DATABASE_URL`. One for a test
 * file is enough: tests use people, orders and keys of their own.
 */
export async function startTestNetwork(options: TestNetworkOptions = {}): Promise<TestNetwork> {
  const logs = captureLogs();
  const dataDir = mkdtempSync(join(tmpdir(), 'feiqian-test-'));
  const server = process.env.TEST_DATABASE_URL;
  const build = (url: string) => buildCity(dataDir, { DATABASE_URL: url });
  const own = options.databaseUrl === undefined && server ? await cityOnServer(build) : null;
  const databaseUrl = options.databaseUrl ?? own?.url ?? null;
  for (const bank of sandboxBanks) bank.settings.lateAnswerMs = (options.linkWaitMs ?? 8_000) * 1.5;
  if (databaseUrl === null) await layOutCity(dataDir, buildCity);
  const running = await start(dataDir, {
    ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
    ...options.env,
  });
  refuseNesting(running.network.db, running.engine.hotDb);
  if (options.linkWaitMs !== undefined) await setLinkWait(running, options.linkWaitMs);
  await linked(running);
  if (options.strictDevices !== true) {
    await letDevicesIn(running.network.db);
    await running.network.verification.reload();
  }
  const heard: Heard[] = [];
  const anyone = new Caller(running.url, null, (h) => heard.push(h));
  const guide = await done(anyone.get<Sandbox>('/v1/sandbox'));
  return {
    ...running,
    anyone,
    merchant: anyone.as(guide.demo_key.secret),
    guide,
    storeId: guide.demo_key.store_id,
    heard,
    logs: logs.lines,
    databaseUrl,
    dataDir,
    async stop() {
      await running.stop();
      await own?.close();
      logs.release();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Builds the sandbox city in a data directory, or where `env` says. */
export const buildCity = async (dataDir: string, env: Record<string, string> = {}): Promise<void> =>
  (await start(dataDir, env)).stop();

/** Builds the city's network without its banks, which have a database of their own elsewhere. */
export const buildNetworkAlone = (dataDir: string, env: Record<string, string> = {}): Promise<void> =>
  buildCity(dataDir, {
    FEIQIAN_WITH_BANKS: 'false',
    // Whoever starts it names the real ones.
    FEIQIAN_BANK_ISO_PORT: '8601',
    FEIQIAN_BANK_API_PORT: '8701',
    ...env,
  });

function start(dataDir: string, env: Record<string, string>): Promise<RunningNetwork> {
  const parsed = parseConfig({ ...quietly, FEIQIAN_DATA_DIR: dataDir, ...env });
  if (!parsed.ok) throw new Error(parsed.problems.map((p) => `${p.name}: ${p.message}`).join('\n'));
  return startNetwork(parsed.config, () => undefined);
}

/** Waits until every bank's link is signed on. */
export function linked({ network }: Pick<RunningNetwork, 'network'>): Promise<void> {
  const issuers = network.members.list().filter((m) => m.link !== null);
  return until(() => issuers.every((m) => network.links.isUp(m.id)), linksMsMax);
}

async function setLinkWait({ network }: RunningNetwork, waitMs: number): Promise<void> {
  await linked({ network });
  const issuers = network.members.list().filter((m) => m.link !== null);
  await Promise.all(issuers.map((m) => changeLink(network, m.id, { waitMs })));
}

/** Changes how a bank is reached and waits until the new link carries messages. */
export async function changeLink(
  network: RunningNetwork['network'],
  memberId: string,
  change: { waitMs?: number; port?: number },
): Promise<void> {
  const link = network.members.get(memberId)?.link;
  if (!link) throw new Error('this member has no link');
  const before = network.links.states().find((s) => s.memberId === memberId)?.sinceMs ?? 0;
  await network.members.update(memberId, { link: { ...link, ...change } });
  await until(() => {
    const state = network.links.states().find((s) => s.memberId === memberId);
    return state?.phase === 'signed_on' && state.sinceMs > before;
  }, linksMsMax);
}

/** What goes to standard error meanwhile, which is where logs go; errors are shown as well. */
function captureLogs(): { lines: string[]; release: () => void } {
  const lines: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    if (!text.startsWith('{"level"')) return write(chunk, ...rest);
    lines.push(text);
    return true;
  }) as typeof process.stderr.write;
  return {
    lines,
    release: () => {
      process.stderr.write = write;
    },
  };
}
