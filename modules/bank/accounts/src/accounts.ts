import type { Notices } from '@feiqian/bank-notices';
import type { Clock } from '@feiqian/clock';
import type { Db, Migrations, Sql, Tx } from '@feiqian/db';
import type { Ledger } from '@feiqian/ledger';
import init from '../migrations/0001_init.sql';
import classes from '../migrations/0002_classes_and_transfers.sql';
import { type Account, type AccountStatus, type Balance, balanceOf, type NewAccount } from './account.ts';
import { type Movement, type MovementPage, type MovementQuery, noticeOfMovement } from './movement.ts';
import { bookHistory, type HistoryLine, houseId, openAccounts } from './opening.ts';
import { outcomeOf, type Posting, type PostingOutcome, transferOf } from './posting.ts';
import { createStore } from './store.ts';

/** Lines of a statement in one page. */
export const movementsPageMax = 100;

/** The tables of the module in the schema of one bank. */
export function accountsMigrations(schema: string): Migrations {
  return {
    schema,
    scripts: [
      { name: '0001_init', sql: init },
      { name: '0002_classes_and_transfers', sql: classes },
    ],
  };
}

export interface AccountsDeps {
  schema: string;
  db: Db;
  clock: Clock;
  /** The bank's own ledger. */
  ledger: Ledger;
  notices: Notices;
}

/** Customers' accounts: the only part of a bank that speaks to its ledger. */
export interface Accounts {
  /** Opens accounts with what is on them at first; those whose id exists already are left alone. */
  open(tx: Tx, accounts: readonly NewAccount[]): Promise<void>;
  /**
   * Books what moved on accounts before the bank was opened, in order; what is booked already is left alone. For a
   * bank that is being set up.
   */
  bookHistory(tx: Tx, lines: readonly HistoryLine[]): Promise<void>;
  /** A number for an account that the bank opens by itself: `6218`, the last digits of a BIN, a count; no card number. */
  newNumber(tx: Tx, bin: string): Promise<string>;
  /** The accounts that exist, by id. */
  load(sql: Sql, ids: readonly string[]): Promise<Map<string, Account>>;
  /** The accounts that exist, by number. */
  loadByNumber(sql: Sql, numbers: readonly string[]): Promise<Map<string, Account>>;
  /** Locks accounts in the order of their ids until the transaction ends; as they are then, by id. */
  lock(tx: Tx, ids: readonly string[]): Promise<Map<string, Account>>;
  /** A customer's accounts, the oldest first. */
  ofCustomer(customerId: string, sql?: Sql): Promise<Account[]>;
  /**
   * Posts a group in order, all in the caller's transaction; one outcome each, in order. Call it once per
   * transaction and late: the accounts stay locked until it ends. Throws on what cannot be but for a bug.
   */
  post(tx: Tx, postings: readonly Posting[]): Promise<PostingOutcome[]>;
  /** Adds lines to statements, and tells the network of them. */
  tell(tx: Tx, movements: readonly Movement[]): Promise<void>;
  balance(account: Account, sql?: Sql): Promise<Balance>;
  balances(sql: Sql, accounts: readonly Account[]): Promise<Map<string, Balance>>;
  /** Newest first; `before` is the `next` of the page before. */
  movements(accountId: string, query: MovementQuery): Promise<MovementPage>;
  /** One line with the balance it left, or null. */
  movement(account: Account, id: string): Promise<{ movement: Movement; balanceAfter: bigint } | null>;
  /** What an account gained and lost from an instant on (null: ever) and before another, minor units. */
  sums(
    sql: Sql,
    accountId: string,
    fromMs: number | null,
    untilMs: number | null,
  ): Promise<{ gained: bigint; lost: bigint }>;
  /** False when there is no such account. */
  setStatus(accountId: string, status: AccountStatus, sql?: Sql): Promise<boolean>;
  /** Id of the ledger account that holds what the bank owes the network in a currency. */
  clearingId(currency: number): string;
}

const numberDigits = 18;

/** The accounts of one bank. */
export function createAccounts(deps: AccountsDeps): Accounts {
  const { schema, db, clock, ledger, notices } = deps;
  const store = createStore(schema);
  const clearingOf = new Map<number, string>();
  const clearingId = (currency: number): string => {
    const known = clearingOf.get(currency) ?? houseId(schema, 'clearing', currency);
    clearingOf.set(currency, known);
    return known;
  };
  const byId = (found: readonly Account[]) => new Map(found.map((a) => [a.id, a]));

  async function balances(sql: Sql, accounts: readonly Account[]): Promise<Map<string, Balance>> {
    if (accounts.length === 0) return new Map();
    const figures = await ledger.lookupAccounts(
      sql,
      accounts.map((a) => a.id),
    );
    if (figures.length < accounts.length) throw new Error('an account is not in the ledger');
    return new Map(accounts.map((a, i) => [a.id, balanceOf(a, figures[i] as (typeof figures)[number])]));
  }

  return {
    clearingId,
    bookHistory: (tx, lines) => bookHistory(deps, store, tx, lines),
    open: (tx, accounts) => openAccounts(deps, store, tx, accounts),
    async newNumber(tx, bin) {
      const prefix = `6218${bin.slice(-2)}`;
      return prefix + (await store.nextInSeries(tx)).toString().padStart(numberDigits - prefix.length, '0');
    },
    load: async (sql, ids) => (ids.length === 0 ? new Map() : byId(await store.accountsByIds(sql, ids))),
    async loadByNumber(sql, numbers) {
      if (numbers.length === 0) return new Map();
      return new Map((await store.accountsByNumbers(sql, numbers)).map((a) => [a.number, a]));
    },
    lock: async (tx, ids) => (ids.length === 0 ? new Map() : byId(await store.lockAccounts(tx, ids))),
    ofCustomer: (customerId, sql = db) => store.accountsOfCustomer(sql, customerId),
    async post(tx, postings) {
      if (postings.length === 0) return [];
      const transfers = postings.map((p) => transferOf(p, clearingId(p.currency)));
      const results = await ledger.createTransfers(tx, transfers, clock.now());
      return results.map((result, i) => outcomeOf(postings[i] as Posting, result));
    },
    async tell(tx, movements) {
      if (movements.length === 0) return;
      await Promise.all([
        store.insertMovements(tx, movements),
        notices.add(tx, movements.map(noticeOfMovement)),
      ]);
    },
    async balance(account, sql = db) {
      return (await balances(sql, [account])).get(account.id) as Balance;
    },
    balances,
    async movements(accountId, query) {
      const wanted = Math.max(1, Math.min(query.limit, movementsPageMax));
      const found = await store.movements(db, accountId, { ...query, limit: wanted + 1 });
      const movements = found.slice(0, wanted);
      return { movements, next: found.length > wanted ? (movements.at(-1) as Movement).id : null };
    },
    async movement(account, id) {
      const movement = await store.movement(db, account.id, id);
      if (!movement) return null;
      const [transfer] = await ledger.lookupTransfers(db, [movement.transferId]);
      if (!transfer) throw new Error(`movement ${id} has no transfer`);
      const page = { limit: 1, before: transfer.timestamp + 1n };
      const [after] = await ledger.accountHistory(db, account.id, page);
      if (!after) throw new Error(`transfer ${transfer.id} is not in the history of its account`);
      return { movement, balanceAfter: after.creditsPosted - after.debitsPosted - account.creditLimit };
    },
    sums: (sql, accountId, fromMs, untilMs) => store.sums(sql, accountId, fromMs, untilMs),
    setStatus: (accountId, status, sql = db) => store.setStatus(sql, accountId, status),
  };
}
