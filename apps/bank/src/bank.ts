import type { AddressInfo } from 'node:net';
import { createConversation, type HostLogger, startHost } from '@feiqian/bank-authorisation';
import { createBankApi } from '@feiqian/bank-bank-api';
import { firstTables } from '@feiqian/bank-classes';
import { type BankHealth, bankApiVersion } from '@feiqian/contract';
import { createJobs, type Jobs } from '@feiqian/jobs';
import { type Bank, type BankDeps, composeBank } from './compose.ts';
import { httpNoticePort } from './noticePort.ts';

export interface StartBankOptions extends BankDeps {
  /** A pino logger fits; without one nothing is logged. */
  logger?: HostLogger;
}

/** A bank that listens. */
export interface RunningBank {
  readonly isoPort: number;
  readonly apiPort: number;
  /** Stops listening, lets what is being decided finish, and closes all connections. The database stays open. */
  stop(): Promise<void>;
}

const silent: HostLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Starts one bank: its ISO 8583 host and its bank API. The database must have the bank's migrations.
 * Rejects when a port cannot be had.
 */
export async function startBank(options: StartBankOptions): Promise<RunningBank> {
  const { settings, db, clock, ids, logger = silent } = options;
  const port = settings.notices ? httpNoticePort(settings.notices, logger) : null;
  const bank = composeBank(options, port);
  await bank.keys?.load();
  await bank.classes.enact(db, firstTables);
  const host = await startHost({
    profile: settings.profile,
    converse: () =>
      createConversation({
        profile: settings.profile,
        clock,
        cards: bank.cards,
        authorisations: bank.authorisations,
        keys: bank.keys,
        logger,
      }),
    logger,
    host: settings.isoHost,
    port: settings.isoPort,
    tls: settings.tls?.iso,
    lateAnswerMs: settings.lateAnswerMs,
  });
  const health = async (): Promise<BankHealth> => ({
    status: await db.query('select 1').then(
      () => 'ok' as const,
      () => 'failing' as const,
    ),
    bank: settings.id,
    name: settings.name,
    name_en: settings.nameEn,
    bins: [...settings.bins],
    engine: db.engine,
    connections: host.connections,
    api_version: bankApiVersion,
  });
  const api = createBankApi({
    ids,
    use: { ...bank.use, health },
    apiKey: settings.apiKey,
    sandbox: settings.sandbox,
    onInternalError: (err) => logger.error({ err }, 'the bank API failed'),
    tls: settings.tls?.api,
  });
  try {
    await api.listen({ host: settings.apiHost, port: settings.apiPort });
  } catch (error) {
    await host.stop();
    throw error;
  }
  const jobs = beginJobs(bank, port !== null, logger);
  const apiPort = (api.server.address() as AddressInfo).port;
  logger.info({ bank: settings.id, isoPort: host.port, apiPort }, 'the bank is open');
  return {
    isoPort: host.port,
    apiPort,
    async stop() {
      await Promise.all([host.stop(), api.close(), jobs.stop()]);
      await bank.authorisations.drain();
    },
  };
}

/** How often the relay looks for notices, in ms. */
export const noticeEveryMs = 300;
const reviewEveryMs = 1_000;
const billEveryMs = 60_000;

/** What comes round by the clock. Each takes its own locks, so that several processes of one bank may do it. */
function beginJobs(bank: Bank, delivers: boolean, logger: HostLogger): Jobs {
  const jobs = createJobs((name, err) => logger.error({ err, name }, 'a job of the bank failed'));
  const { bills, applications } = bank.credit;
  jobs.every('bills', billEveryMs, () => bills.issueDue());
  jobs.every('reviews', reviewEveryMs, () => applications.decideDue());
  if (delivers) {
    jobs.every('notices', noticeEveryMs, async () => {
      while ((await bank.notices.deliver()) === 'acknowledged');
    });
  }
  return jobs;
}
