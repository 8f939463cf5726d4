import { namedUuid } from '@feiqian/bank-accounts';
import type { CardOutcome, CardStatus } from '@feiqian/bank-cards';
import { type Clock, systemClock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { createIds } from '@feiqian/ids';
import { Pan } from '@feiqian/keys';
import { composeBank } from './compose.ts';
import type { BankSettings } from './settings.ts';

/** A customer to begin with. `key` names him or her within the seed. */
export interface SeedCustomer {
  key: string;
  name: string;
  nameLatin: string;
  identityNumber: string;
  mobile: string;
}

/** An account to begin with; amounts in minor units. */
export interface SeedAccount {
  key: string;
  customer: string;
  number: string;
  kind: 'current' | 'credit';
  currency: string;
  /** Credit accounts only, else 0n. */
  creditLimit: bigint;
  /** Current accounts only, else 0n. */
  openingDeposit: bigint;
}

/** A card to begin with. Debit or credit follows from its account. */
export interface SeedCard {
  key: string;
  account: string;
  pan: string;
  /** YYMM. */
  expiry: string;
  product: string;
  productEn: string;
  status?: CardStatus;
  outcome?: CardOutcome;
  /** The most one purchase may be, minor units. */
  purchaseMax?: bigint;
}

/** What a bank begins with. */
export interface BankSeed {
  customers: readonly SeedCustomer[];
  accounts: readonly SeedAccount[];
  cards: readonly SeedCard[];
}

/**
 * Fills a bank. Ids follow from the bank's id and the keys, so that seeding again changes nothing, and what has
 * happened on the accounts since stays.
 * @throws RangeError for a card number with a wrong check digit, or a key that names nothing
 */
export async function seedBank(
  db: Db,
  settings: BankSettings,
  seed: BankSeed,
  clock: Clock = systemClock,
): Promise<void> {
  const bank = composeBank({ settings, db, clock, ids: createIds(clock.now) });
  const id = (kind: string, key: string) => namedUuid(`${settings.id}/${kind}/${key}`);
  const customers = new Map(seed.customers.map((c) => [c.key, id('customer', c.key)]));
  const accounts = seed.accounts.map(({ key, customer, ...account }) => ({
    key,
    ...account,
    id: id('account', key),
    customerId: named(customers, customer),
  }));
  const accountByKey = new Map(accounts.map((a) => [a.key, a]));
  await db.transaction(async (tx) => {
    await bank.customers.register(
      seed.customers.map(({ key, ...customer }) => ({ ...customer, id: named(customers, key) })),
      tx,
    );
    await bank.accounts.open(
      tx,
      accounts.map(({ key: _, ...account }) => account),
    );
    await bank.cards.issue(
      seed.cards.map((card) => {
        const account = named(accountByKey, card.account);
        return {
          id: id('card', card.key),
          customerId: account.customerId,
          accountId: account.id,
          pan: panOf(card.pan),
          last4: card.pan.slice(-4),
          kind: account.kind === 'credit' ? 'credit' : 'debit',
          product: card.product,
          productEn: card.productEn,
          expiry: card.expiry,
          status: card.status ?? 'active',
          outcome: card.outcome ?? 'approve',
          purchaseMax: card.purchaseMax ?? null,
        };
      }),
      tx,
    );
  });
}

function named<T>(all: ReadonlyMap<string, T>, key: string): T {
  const found = all.get(key);
  if (found === undefined) throw new RangeError(`the seed names ${key}, which is not in it`);
  return found;
}

function panOf(digits: string): Pan {
  const pan = Pan.parse(digits);
  if (!pan) throw new RangeError(`a card number ending in ${digits.slice(-4)} has a wrong check digit`);
  return pan;
}
