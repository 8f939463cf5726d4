import { type ManualClock, manualClock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { createIds } from '@feiqian/ids';
import { feiqianAscii } from '@feiqian/iso8583';
import { createLedger } from '@feiqian/ledger';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { composeBank } from '../src/compose.ts';
import {
  type BankSeed,
  type BankSettings,
  bankMigrations,
  bankSchemas,
  type RunningBank,
  sandboxBanks,
  seedBank,
  startBank,
} from '../src/index.ts';

/** A sandbox bank on free ports in a database of its own. */
export interface TestBank {
  settings: BankSettings;
  seed: BankSeed;
  db: TestDatabase;
  clock: ManualClock;
  bank: RunningBank;
  /** Makes the statements that are due, which a job does every minute. */
  issueBills(): Promise<number>;
  stop(): Promise<void>;
}

export const lateAnswerMs = 150;

/** The settings of a sandbox bank on free ports, with late answers that a test can wait for. */
export function testSettings(change: Partial<BankSettings> = {}): BankSettings {
  const [{ settings }] = sandboxBanks as [(typeof sandboxBanks)[number]];
  return { ...settings, isoPort: 0, apiPort: 0, lateAnswerMs, profile: feiqianAscii, ...change };
}

export async function startTestBank(change: Partial<BankSettings> = {}): Promise<TestBank> {
  const settings = testSettings(change);
  const [{ seed }] = sandboxBanks as [(typeof sandboxBanks)[number]];
  const clock = manualClock(Date.UTC(2026, 0, 5, 1, 0, 0));
  const db = await testDatabase(bankMigrations(settings));
  await seedBank(db, settings, seed, clock);
  const bank = await startBank({ settings, db, clock, ids: createIds(clock.now) });
  return {
    settings,
    seed,
    db,
    clock,
    bank,
    issueBills: () => composeBank({ settings, db, clock, ids: createIds(clock.now) }).credit.bills.issueDue(),
    async stop() {
      await bank.stop();
      await db.close();
    },
  };
}

/** Net of an account's posted credits and debits, and what is held on it, minor units. */
export async function figures(
  db: Db,
  settings: BankSettings,
  pan: string,
): Promise<{ balance: bigint; held: bigint }> {
  const { ledger, accounts } = bankSchemas(settings.id);
  const seed = sandboxBanks.find((b) => b.settings.id === settings.id)?.seed as BankSeed;
  const number = seed.accounts.find((a) => a.key === seed.cards.find((c) => c.pan === pan)?.account)?.number;
  const { rows } = await db.query<{ id: string }>(`select id from ${accounts}.account where number = $1`, [
    number as string,
  ]);
  const [account] = await createLedger(ledger).lookupAccounts(db, [rows[0]?.id as string]);
  if (!account) throw new Error('no such account');
  return { balance: account.creditsPosted - account.debitsPosted, held: account.debitsPending };
}

/** What is wrong with the bank's books; empty when they are right. */
export function problems(db: Db, settings: BankSettings) {
  return createLedger(bankSchemas(settings.id).ledger).audit(db);
}
