import { namedUuid } from '@feiqian/bank-accounts';
import type { CardOutcome, CardStatus } from '@feiqian/bank-cards';
import type { CreditProduct } from '@feiqian/bank-credit';
import { type Clock, systemClock } from '@feiqian/clock';
import type { Db, Tx } from '@feiqian/db';
import { createIds } from '@feiqian/ids';
import { Pan } from '@feiqian/keys';
import { type Bank, composeBank } from './compose.ts';
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
  product: string;
  productEn: string;
  /** `open` when left out. */
  status?: 'closed';
  /** A second Class I account of a person, from before there were classes. */
  grandfathered?: boolean;
  /** Credit accounts only: when statements are made. */
  statements?: { day: number; dueDays: number };
  /** What moved before the bank was opened, oldest first. */
  history?: readonly SeedMovement[];
}

/** Something that moved on an account before the bank was opened. */
export interface SeedMovement {
  kind: 'purchase' | 'repayment';
  /** Days before the first start. */
  daysAgo: number;
  /** Minor units, positive. */
  amount: bigint;
  description: string;
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
  products: readonly CreditProduct[];
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
      accounts.map(({ key: _, statements: _s, history: _h, ...account }) => account),
    );
    await seedCredit(bank, tx, accounts, seed.products, clock.now());
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
          form: 'plastic' as const,
          status: card.status ?? 'active',
          outcome: card.outcome ?? 'approve',
          purchaseMax: card.purchaseMax ?? null,
        };
      }),
      tx,
    );
  });
  await bank.credit.bills.issueDue();
}

const dayMs = 86_400_000;
/** From so many days back on the accounts have had statements. */
const statementsSinceDays = 65;

/** Products, what moved on accounts in the past, and when statements are made. */
async function seedCredit(
  bank: Bank,
  tx: Tx,
  accounts: readonly (Pick<SeedAccount, 'history' | 'statements' | 'currency'> & { id: string })[],
  products: readonly CreditProduct[],
  nowMs: number,
): Promise<void> {
  await bank.credit.offer(tx, products);
  await bank.accounts.bookHistory(
    tx,
    accounts.flatMap(({ id, currency, history = [] }) =>
      history.map((m) => ({
        accountId: id,
        currency,
        kind: m.kind,
        atMs: nowMs - m.daysAgo * dayMs,
        amount: m.amount,
        description: m.description,
      })),
    ),
  );
  await bank.credit.bills.schedule(
    tx,
    accounts.flatMap(({ id, statements }) =>
      statements ? [{ accountId: id, statementDay: statements.day, dueDays: statements.dueDays }] : [],
    ),
    nowMs - statementsSinceDays * dayMs,
  );
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
