import { type Bank, composeBank } from '@feiqian/app-bank';
import { compose, openKeystore } from '@feiqian/app-network';
import { attend, createConversation } from '@feiqian/bank-authorisation';
import type { Clock } from '@feiqian/clock';
import { type Db, isConnectionLost } from '@feiqian/db';
import { createIds } from '@feiqian/ids';
import { createJobs } from '@feiqian/jobs';
import type { Keystore } from '@feiqian/keystore';
import { reservationRenewMs } from '@feiqian/links';
import type { Logger } from '@feiqian/telemetry';
import type { BankLines, Legs, LegsEnd } from './bankLine.ts';
import { Chance } from './chance.ts';
import { type CityBank, config } from './city.ts';
import type { Life } from './timeline.ts';
import type { BankEnd, Wires } from './wire.ts';

export type Network = Awaited<ReturnType<typeof compose>>;

/** What a process is made from. */
export interface Machine {
  life: Life;
  db: Db;
  clock: Clock;
  chance: Chance;
  /** An error that no fault of the simulation explains: a bug. */
  onBug(life: Life, error: unknown): void;
}

/**
 * One for all processes: to derive its keys anew would take longer than the rest of a start. Its chance is of its own,
 * because it decides nothing but the nonces of what is sealed.
 */
const keystore = remembering(openKeystore(config, new Chance(0x5ea1).bytes));

/** What every world opens is opened once: the keys and secrets of the city. */
function remembering(real: Keystore): Keystore {
  const opened = new Map<string, Uint8Array>();
  return {
    ...real,
    open(purpose, sealed, context) {
      const name = `${purpose} ${context} ${Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length).toString('latin1')}`;
      const known = opened.get(name) ?? real.open(purpose, sealed, context);
      if (opened.size < openedMax) opened.set(name, known);
      return new Uint8Array(known);
    },
  };
}

/** How much of what was opened is remembered. */
const openedMax = 1_000;
const sweepMs = 1_000;
const expireMs = 60_000;

/** A process of the network, composed and started like a real one; what is missing is its HTTP edge. */
export interface NetworkProcess {
  life: Life;
  network: Network;
}

/** Errors that the simulation itself has caused, and that the product is to live with. */
export function isExpected(error: unknown): boolean {
  return isConnectionLost(error) || (error instanceof Error && error.name === 'ProblemError');
}

function loggerOf({ life, onBug }: Machine): Logger {
  const told = (details: unknown) => {
    const error = details instanceof Error ? details : (details as { err?: unknown } | null)?.err;
    if (error !== undefined && !isExpected(error)) onBug(life, error);
  };
  return { info: () => undefined, warn: told, error: told } as unknown as Logger;
}

export async function startNetworkProcess(
  machine: Machine,
  wires: Wires,
  openBankHttp: ReturnType<BankLines['openOf']>,
  options: { relay: boolean },
): Promise<NetworkProcess> {
  const { life, db, clock, chance } = machine;
  const logger = loggerOf(machine);
  const network = await compose({
    config,
    db,
    clock,
    logger,
    sendCode: () => Promise.resolve(),
    fixedCode: null,
    random: chance.bytes,
    dial: wires.dialOf(life),
    openBankHttp,
    keystore,
  });
  const jobs = createJobs((_job, error) => logger.error(error as Error));
  network.members.start(jobs);
  jobs.every('sweep payments', sweepMs, () => network.payments.sweep());
  jobs.every('sweep transfers', sweepMs, () => network.transfers.sweep());
  jobs.every('expire holds', expireMs, () =>
    db.transaction((tx) => network.ledger.expirePending(tx, clock.now(), 500)),
  );
  jobs.every('renew references', reservationRenewMs, () => network.references.renew());
  if (options.relay) await network.outbox.start();
  await network.links.start();
  network.forwarder.start();
  return { life, network };
}

/** A process of one bank, with its ISO 8583 host on the simulated wire. */
export interface BankProcess {
  life: Life;
  bank: Bank;
  end: BankEnd;
  /** Of its HTTP interface. */
  legs: LegsEnd;
}

/** Answers of test cards that come late come after everybody has stopped waiting, ms. */
const lateAnswerMs = 13_000;

export async function startBankProcess(
  machine: Machine,
  city: CityBank,
  heard: {
    authorisations(real: Bank['authorisations']): Bank['authorisations'];
    legs(real: Legs): Legs;
  },
): Promise<BankProcess> {
  const { life, db, clock, chance } = machine;
  const { settings } = city;
  const logger = loggerOf(machine);
  const ids = createIds(clock.now, chance.bytes);
  const bank = composeBank({ settings, db, clock, ids });
  await bank.keys?.load();
  const authorisations = heard.authorisations(bank.authorisations);
  const late = new Set<NodeJS.Timeout>();
  const converse = () =>
    createConversation({
      profile: settings.profile,
      clock,
      cards: bank.cards,
      authorisations,
      keys: bank.keys,
      logger,
    });
  const end: BankEnd = {
    life,
    profile: settings.profile,
    accept: (socket) => attend(socket, { profile: settings.profile, converse, logger, lateAnswerMs }, late),
  };
  return { life, bank, end, legs: { life, legs: heard.legs(bank.use.transfers) } };
}
