import type { AddressInfo } from 'node:net';
import { createConversation, type HostLogger, startHost } from '@feiqian/bank-authorisation';
import { createBankApi } from '@feiqian/bank-bank-api';
import { type BankHealth, bankApiVersion } from '@feiqian/contract';
import { type BankDeps, composeBank } from './compose.ts';

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
  const bank = composeBank(options);
  await bank.keys?.load();
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
    cardsForNetwork: bank.cardsForNetwork,
    apiKey: settings.apiKey,
    health,
    onInternalError: (err) => logger.error({ err }, 'the bank API failed'),
    tls: settings.tls?.api,
  });
  try {
    await api.listen({ host: settings.apiHost, port: settings.apiPort });
  } catch (error) {
    await host.stop();
    throw error;
  }
  const apiPort = (api.server.address() as AddressInfo).port;
  logger.info({ bank: settings.id, isoPort: host.port, apiPort }, 'the bank is open');
  return {
    isoPort: host.port,
    apiPort,
    async stop() {
      await Promise.all([host.stop(), api.close()]);
      await bank.authorisations.drain();
    },
  };
}
