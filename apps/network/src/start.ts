import type { AddressInfo } from 'node:net';
import { bankMigrations, sandboxBanks, sandboxNoticeSecret, seedBank, startBank } from '@feiqian/app-bank';
import { systemClock } from '@feiqian/clock';
import { type Db, migrate, openPostgres } from '@feiqian/db';
import { forgetKeys } from '@feiqian/idempotency';
import { createIds } from '@feiqian/ids';
import { createJobs, type Jobs } from '@feiqian/jobs';
import { reservationRenewMs } from '@feiqian/links';
import { createLogger, createMetrics, type Logger } from '@feiqian/telemetry';
import { compose, type Network, networkMigrations } from './compose.ts';
import type { Config } from './config.ts';
import { type Engine, openEngine } from './engine.ts';
import { eraseAll } from './fresh.ts';
import { seedHistory } from './history.ts';
import { meter, meterAudit } from './meter.ts';
import { sandboxCode } from './sandbox.ts';
import { type BankPorts, isEmpty, sandboxGuide, seedMembers, seedMerchants, updatePorts } from './seed.ts';
import { buildServer } from './server.ts';

/** A running network. */
export interface RunningNetwork {
  /** Where it listens. */
  url: string;
  engine: Engine;
  network: Network;
  stop(): Promise<void>;
}

/** Told what the start is doing, for people who wait. */
export type Progress = (step: string) => void;

const sweepMs = 1_000;
const forgetMs = 60_000;
const askForNoticesMs = 1_000;
const sendPushesMs = 500;
const repayEveryMs = 10_000;
const vacuumMs = 10 * 60_000;

/** Starts the network with all its roles; in the sandbox also the reference banks and, the first time, the city. */
export async function startNetwork(config: Config, progress: Progress): Promise<RunningNetwork> {
  const clock = systemClock;
  const logger = createLogger({ level: config.logLevel });
  progress(config.databaseUrl === null ? 'Opening the embedded database' : 'Connecting to PostgreSQL');
  const engine = await openEngine(config);
  const closers: (() => Promise<unknown>)[] = [() => engine.close()];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const { db } = engine;
    const banksDb = await prepareDatabase(config, db, progress, closers);
    let listening: string | null = null;
    const ports = await startBanks(config, banksDb, logger, closers, () => listening);
    const deps = {
      config,
      db,
      hotDb: engine.hotDb,
      clock,
      logger,
      ...(config.mode === 'sandbox' ? {} : { sendCode: sendCodeOf(config) }),
      fixedCode: config.mode === 'sandbox' ? sandboxCode : null,
    };
    const network = await compose(deps);
    closers.push(() => network.references.release());
    if (config.mode === 'sandbox') await prepareSandbox(network, ports, deps, progress);
    await run(network, logger, closers);
    const metrics = createMetrics();
    meter(metrics, network);
    meterAudit(metrics, network);
    const sandbox = config.mode === 'sandbox' ? () => sandboxGuide(network) : null;
    const app = await buildServer({ network, engine, logger, metrics, sandbox });
    await app.listen({ host: config.host, port: config.port });
    closers.push(async () => {
      app.server.closeAllConnections();
      await app.close();
    });
    const { port } = app.server.address() as AddressInfo;
    const scheme = config.tls ? 'https' : 'http';
    listening = `${scheme}://127.0.0.1:${port}`;
    return {
      url: `${scheme}://${config.host === '127.0.0.1' ? 'localhost' : config.host}:${port}`,
      engine,
      network,
      stop,
    };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function prepareDatabase(
  config: Config,
  db: Db,
  progress: Progress,
  closers: (() => Promise<unknown>)[],
): Promise<Db> {
  const banks = config.withBanks ? sandboxBanks.flatMap((b) => bankMigrations(b.settings)) : [];
  const all = [...networkMigrations, ...banks];
  if (config.fresh && config.databaseUrl !== null) await eraseAll(db, all);
  progress('Bringing the schema up to date');
  await migrate(db, all, systemClock.now());
  if (config.databaseUrl === null || !config.withBanks) return db;
  // On PostgreSQL the banks have connections of their own, as they would in their own houses.
  const banksDb = openPostgres({ url: config.databaseUrl, applicationName: 'feiqian-bank' });
  closers.push(() => banksDb.close());
  return banksDb;
}

async function startBanks(
  config: Config,
  db: Db,
  logger: Logger,
  closers: (() => Promise<unknown>)[],
  network: () => string | null,
): Promise<BankPorts> {
  const ports = new Map<string, { isoPort: number; apiPort: number }>();
  if (config.mode !== 'sandbox') return ports;
  for (const [i, bank] of sandboxBanks.entries()) {
    const isoPort = config.bankIsoPort === 0 ? 0 : config.bankIsoPort + i;
    const apiPort = config.bankApiPort === 0 ? 0 : config.bankApiPort + i;
    const { id } = bank.settings;
    const noticesTo = () => (network() === null ? null : `${network()}/v1/bank-notices/${id}`);
    const notices = { url: noticesTo, secretHex: sandboxNoticeSecret(id) };
    const settings = { ...bank.settings, isoPort, apiPort, notices };
    ports.set(settings.id, { isoPort, apiPort });
    if (!config.withBanks) continue;
    await seedBank(db, settings, bank.seed, systemClock);
    const running = await startBank({
      settings,
      db,
      clock: systemClock,
      ids: createIds(systemClock.now),
      logger,
    });
    ports.set(settings.id, running);
    closers.push(() => running.stop());
  }
  return ports;
}

async function prepareSandbox(
  network: Network,
  ports: BankPorts,
  deps: Parameters<typeof seedHistory>[0],
  progress: Progress,
): Promise<void> {
  if (!isEmpty(network)) return updatePorts(network, ports);
  progress('Building the sandbox city: banks, merchants, tills');
  await seedMembers(network, ports);
  await seedMerchants(network);
  if (!network.config.withBanks || !network.config.history) return;
  await seedHistory(deps, (done, total) => progress(`Giving it a past: ${done} of ${total} payments`));
  // The keys of its first days are as old as they are.
  await forgetKeys(network.db, network.clock.now());
}

async function run(network: Network, logger: Logger, closers: (() => Promise<unknown>)[]): Promise<void> {
  const jobs: Jobs = createJobs((job, error) => logger.error({ job, err: error }, 'a job failed'));
  await network.pushes.start();
  network.members.start(jobs);
  jobs.every('sweep payments', sweepMs, () => network.payments.sweep());
  jobs.every('sweep transfers', sweepMs, () => network.transfers.sweep());
  jobs.every('expire requests', sweepMs, () => network.transferRoutesDeps.requests.expire());
  jobs.every('forget payees', forgetMs, () => network.transferRoutesDeps.payees.forget());
  jobs.every('forget idempotency keys', forgetMs, () => forgetKeys(network.db, network.clock.now()));
  jobs.every('read the policy', network.verification.policyMs, () => network.verification.reload());
  jobs.every('forget verifications', forgetMs, () => network.verification.forget());
  jobs.every('forget messages', forgetMs, () => network.inbox.forget());
  jobs.every('forget identity tries', forgetMs, () => network.wallets.forgetIdentityTries());
  jobs.every('end waiting devices', endWaitingMs, () => network.wallets.expireAdmissions());
  jobs.every('forget admissions', forgetMs, () => network.wallets.forgetAdmissions());
  jobs.every('tell banks of freezes', tellMs, () => network.wallets.tellBanks());
  jobs.every('forget nonces', forgetMs, () => network.access.signing.forget(network.db));
  jobs.every('forget pay codes', forgetMs, () => network.wallets.forgetUsedPayCodes(network.db));
  jobs.every('ask for missing notices', askForNoticesMs, () => network.notices.askForMissing());
  jobs.every('send pushes', sendPushesMs, () => network.pushes.turn());
  jobs.every('forget pushes', forgetMs, () => network.pushes.forget());
  jobs.every('follow applications', askForNoticesMs, () => network.applications.follow());
  jobs.every('repay cards', repayEveryMs, () => network.autoRepays.turn());
  jobs.every('expire openings', forgetMs, () => network.openings.expire());
  jobs.every('expire holds', forgetMs, () =>
    network.db.transaction((tx) => network.ledger.expirePending(tx, network.clock.now(), 500)),
  );
  // The embedded engine has nobody else to clear away old row versions.
  if (network.db.engine === 'pglite')
    jobs.every('vacuum', vacuumMs, () => network.db.script('vacuum analyze'));
  const { auditSeconds } = network.config;
  if (auditSeconds > 0) jobs.every('audit', auditSeconds * 1000, () => network.audits.turn());
  jobs.every('renew references', reservationRenewMs, () => network.references.renew());
  await network.outbox.start();
  await network.links.start();
  network.forwarder.start();
  closers.push(
    () => network.outbox.stop(),
    () => network.links.stop(),
    () => network.forwarder.stop(),
    () => network.payments.drain(),
    () => network.transfers.drain(),
    async () => {
      await network.pushes.drain();
      network.closePushes();
    },
    () => jobs.stop(),
  );
}

/** How soon a bank that did not answer is told again of a freeze, besides at once, in ms. */
const tellMs = 500;
/** How soon a device ends that was not let in in time, in ms; it may do nothing meanwhile. */
const endWaitingMs = 5_000;
const smsMsMax = 5_000;

/** In production one-time codes are posted to the operator's sender; the sandbox keeps them in its inbox. */
function sendCodeOf(config: Config): (mobile: string, code: string) => Promise<void> {
  const url = config.smsUrl;
  if (url === null) return async () => undefined;
  return async (mobile, code) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mobile, code }),
      signal: AbortSignal.timeout(smsMsMax),
    });
    if (!answer.ok) throw new Error(`the sender of one-time codes answered ${answer.status}`);
  };
}
