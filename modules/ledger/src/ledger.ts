import type { Migrations, Sql, Tx } from '@feiqian/db';
import init from '../migrations/0001_ledger.sql';
import groups from '../migrations/0002_groups.sql';
import { type Account, type AccountInput, type AccountResult, applyAccounts } from './account.ts';
import { audit, type LedgerProblem } from './audit.ts';
import { applyExpiry, applyTransfers } from './batch.ts';
import type { LedgerChanges, LedgerState } from './draft.ts';
import { type AccountBalance, type AccountPage, accountHistory, accountTransfers } from './page.ts';
import { type AccountStore, createAccountStore } from './store/accounts.ts';
import { createTransferStore, type Timeout, type TransferStore } from './store/transfers.ts';
import {
  expiresAt,
  type Resolution,
  type Transfer,
  type TransferInput,
  type TransferResult,
  timestampOfMs,
} from './transfer.ts';

/** Accounts or transfers in one call. */
export const batchEventsMax = 8_190;
/** How often a batch is decided anew because another process took one of its new ids meanwhile. */
const attemptsMax = 5;

/** How transfers are created. */
export interface CreateOptions {
  /**
   * The caller knows that none of the ids was ever tried (they are new, or the row of its own that names them is locked),
   * and runs nothing after this in the transaction that needs to know how it went. Ids are not looked up and the commit
   * does not wait for the inserts; an id that exists after all fails the transaction (SQLSTATE 23505).
   */
  readonly fresh?: boolean;
}

/** Accounts and transfers in double entry. Amounts in minor units, times in ms since 1970. */
export interface Ledger {
  readonly migrations: Migrations;
  /** Creates accounts; one result per input, in order. */
  createAccounts(tx: Tx, accounts: readonly AccountInput[], nowMs: number): Promise<AccountResult[]>;
  /**
   * Creates transfers; one result per input, in order, each seeing the earlier ones. The accounts stay locked
   * until the transaction ends: call it once per transaction, as late as possible.
   * @throws RangeError for an input outside the data model's types, or more than `batchEventsMax`
   */
  createTransfers(
    tx: Tx,
    transfers: readonly TransferInput[],
    nowMs: number,
    options?: CreateOptions,
  ): Promise<TransferResult[]>;
  /** The accounts that exist, in the order asked for. */
  lookupAccounts(sql: Sql, ids: readonly string[]): Promise<Account[]>;
  /** The transfers that exist, in the order asked for. */
  lookupTransfers(sql: Sql, ids: readonly string[]): Promise<Transfer[]>;
  /** What became of pending transfers; none for those still pending. */
  lookupResolutions(sql: Sql, pendingIds: readonly string[]): Promise<Resolution[]>;
  /** The transfers of a business event (`userData128`), oldest first. */
  transfersByGroup(sql: Sql, groupId: string): Promise<Transfer[]>;
  /** Transfers of an account, newest first. */
  accountTransfers(sql: Sql, accountId: string, page: AccountPage): Promise<Transfer[]>;
  /** As `accountTransfers`, each with the posted balance after it. */
  accountHistory(sql: Sql, accountId: string, page: AccountPage): Promise<AccountBalance[]>;
  /** Releases at most `limit` pending transfers whose time is up, the longest overdue first. */
  expirePending(tx: Tx, nowMs: number, limit: number): Promise<Transfer[]>;
  /** Recomputes everything from the transfers. An empty list: the books are right. */
  audit(
    sql: Sql,
    onProgress?: (done: number, total: number, check: string) => void,
  ): Promise<LedgerProblem[]>;
}

interface Stores {
  readonly accounts: AccountStore;
  readonly transfers: TransferStore;
}

/**
 * The ledger in a PostgreSQL schema of its own.
 * @throws RangeError for a schema name that would need quoting
 */
export function createLedger(schema: string): Ledger {
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema)) throw new RangeError(`not a schema name: ${schema}`);
  const accounts = createAccountStore(schema);
  const transfers = createTransferStore(schema);
  const stores: Stores = { accounts, transfers };
  const inTurn = createTurns();
  return {
    migrations: {
      schema,
      scripts: [
        { name: '0001_ledger', sql: init },
        { name: '0002_groups', sql: groups },
      ],
    },
    createAccounts: (tx, inputs, nowMs) => createAccounts(accounts, tx, inputs, nowMs),
    createTransfers: (tx, inputs, nowMs, options) =>
      inTurn(tx, () => createTransfers(stores, tx, inputs, nowMs, options?.fresh ?? false)),
    async lookupAccounts(sql, ids) {
      return inOrder(ids, await accounts.load(sql, ids), (a) => a.id);
    },
    async lookupTransfers(sql, ids) {
      return inOrder(ids, await transfers.load(sql, ids), (t) => t.id);
    },
    async lookupResolutions(sql, ids) {
      return inOrder(ids, await transfers.loadResolutions(sql, ids), (r) => r.pendingId);
    },
    transfersByGroup: (sql, groupId) => transfers.ofGroup(sql, groupId),
    accountTransfers: (sql, accountId, page) => accountTransfers(transfers, sql, accountId, page),
    accountHistory: (sql, accountId, page) => accountHistory(transfers, sql, accountId, page),
    expirePending: (tx, nowMs, limit) => inTurn(tx, () => expirePending(stores, tx, nowMs, limit)),
    audit: (sql, onProgress) => audit(schema, sql, onProgress),
  };
}

async function createAccounts(
  store: AccountStore,
  tx: Tx,
  inputs: readonly AccountInput[],
  nowMs: number,
): Promise<AccountResult[]> {
  if (inputs.length === 0) return [];
  checkBatch(inputs.length);
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const existing = await store.load(tx, distinct(inputs.map((input) => input.id)));
    const { results, created } = applyAccounts(
      byKey(existing, (a) => a.id),
      inputs,
      nowMs,
    );
    if (created.length === 0) return results;
    const inserted = await store.insert(tx, created.sort(byId));
    if (inserted.length === created.length) return results;
    await store.takeBack(tx, inserted);
  }
  throw new Error('accounts with the same ids keep being created elsewhere');
}

async function createTransfers(
  stores: Stores,
  tx: Tx,
  inputs: readonly TransferInput[],
  nowMs: number,
  fresh: boolean,
): Promise<TransferResult[]> {
  if (inputs.length === 0) return [];
  checkBatch(inputs.length);
  if (fresh) {
    const state = await load(stores, tx, inputs, 'never');
    const { results, changes } = applyTransfers(state, inputs, nowMs);
    if (results.every((result) => result === 'created')) {
      tx.withCommit(
        Promise.all([
          stores.transfers.insertNew(tx, sortedById(changes.transfers)),
          ...rest(stores, tx, state, changes),
        ]),
      );
      return results;
    }
  }
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    // Nearly always all ids are new and all transfers are made, and the insert itself notices an id that is not. Only
    // otherwise the ids are looked up: what exists must be answered as existing, not as one that fails now.
    const repeats = attempt > 0;
    const state = await load(stores, tx, inputs, repeats ? 'all' : 'failed');
    const { results, changes } = applyTransfers(state, inputs, nowMs);
    if (!repeats && results.some((result) => result !== 'created')) continue;
    if (await store(stores, tx, state, changes)) return results;
  }
  throw new Error('transfers with the same ids keep being created elsewhere');
}

/**
 * Loads what the inputs refer to. The statements are sent together but run in this order, each on what is
 * committed when it starts: whatever else touches these accounts is finished and seen once they are locked.
 */
async function load(
  stores: Stores,
  tx: Tx,
  inputs: readonly TransferInput[],
  lookUp: 'never' | 'failed' | 'all',
): Promise<LedgerState> {
  const { accounts, transfers } = stores;
  const ids = new Set<string>();
  const known = new Set<string>();
  const accountIds = new Set<string>();
  const pendingIds = new Set<string>();
  let accountsNamed = true;
  for (const input of inputs) {
    ids.add(input.id);
    if (input.debitAccountId) accountIds.add(input.debitAccountId);
    if (input.creditAccountId) accountIds.add(input.creditAccountId);
    if (!input.pendingId) continue;
    pendingIds.add(input.pendingId);
    known.add(input.pendingId);
    if (!input.debitAccountId || !input.creditAccountId) accountsNamed = false;
  }
  const pendings = [...pendingIds];
  if (lookUp === 'all') for (const id of ids) known.add(id);
  const [locked, existing, failed, resolutions] = await Promise.all([
    accountsNamed
      ? accounts.lock(tx, [...accountIds])
      : accounts.lockWithPending(tx, [...accountIds], pendings),
    known.size === 0 ? [] : transfers.load(tx, [...known]),
    lookUp === 'never' ? [] : transfers.loadFailed(tx, [...ids]),
    pendings.length === 0 ? [] : transfers.loadResolutions(tx, pendings),
  ]);
  return {
    accounts: byKey(locked, (a) => a.id),
    transfers: byKey(existing, (t) => t.id),
    resolutions: byKey(resolutions, (r) => r.pendingId),
    failed: new Set(failed),
  };
}

/**
 * Writes the changes. Transfers go first: when another process has meanwhile committed one of their ids (with
 * other accounts, or it would have waited for our locks), the rest of the batch may have to be decided
 * differently, so what was inserted is taken back and nothing else is written.
 * @returns false if the batch must be decided anew
 */
async function store(stores: Stores, tx: Tx, state: LedgerState, changes: LedgerChanges): Promise<boolean> {
  const { transfers } = stores;
  if (changes.transfers.length > 0) {
    const inserted = await transfers.insert(tx, sortedById(changes.transfers));
    if (inserted.length < changes.transfers.length) {
      await transfers.takeBack(tx, inserted);
      return false;
    }
  }
  await Promise.all(rest(stores, tx, state, changes));
  return true;
}

/** Sends everything of the changes but the transfers. */
function rest(stores: Stores, tx: Tx, state: LedgerState, changes: LedgerChanges): Promise<unknown>[] {
  const { accounts, transfers } = stores;
  const opened: Timeout[] = [];
  for (const transfer of changes.transfers) {
    const at = expiresAt(transfer);
    if (at !== null) opened.push({ expiresAt: at, pendingId: transfer.id });
  }
  const created = byKey(changes.transfers, (t) => t.id);
  const writes: Promise<unknown>[] = [];
  if (changes.accounts.length > 0) writes.push(updateAccounts(accounts, tx, changes));
  if (opened.length > 0) writes.push(transfers.insertTimeouts(tx, opened));
  if (changes.resolutions.length > 0) {
    writes.push(transfers.insertResolutions(tx, changes.resolutions));
    const closed = closedTimeouts(changes.resolutions, (id) => created.get(id) ?? state.transfers.get(id));
    if (closed.length > 0) writes.push(transfers.deleteTimeouts(tx, closed));
  }
  if (changes.failed.length > 0) writes.push(transfers.insertFailed(tx, sortedById(changes.failed)));
  return writes;
}

async function updateAccounts(accounts: AccountStore, tx: Tx, changes: LedgerChanges): Promise<void> {
  const updated = await accounts.update(tx, changes.accounts);
  if (updated !== changes.accounts.length) throw new Error('a locked account is gone');
}

function closedTimeouts(
  resolutions: readonly Resolution[],
  pendingOf: (id: string) => Transfer | undefined,
): Timeout[] {
  const closed: Timeout[] = [];
  for (const { pendingId } of resolutions) {
    const pending = pendingOf(pendingId);
    const at = pending ? expiresAt(pending) : null;
    if (at !== null) closed.push({ expiresAt: at, pendingId });
  }
  return closed;
}

async function expirePending(stores: Stores, tx: Tx, nowMs: number, limit: number): Promise<Transfer[]> {
  const { accounts, transfers } = stores;
  const due = await transfers.due(tx, timestampOfMs(nowMs), Math.min(limit, batchEventsMax));
  if (due.length === 0) return [];
  const ids = due.map((timeout) => timeout.pendingId);
  const [locked, pendings, resolutions] = await Promise.all([
    accounts.lockWithPending(tx, [], ids),
    transfers.load(tx, ids),
    transfers.loadResolutions(tx, ids),
  ]);
  const state: LedgerState = {
    accounts: byKey(locked, (a) => a.id),
    transfers: byKey(pendings, (t) => t.id),
    resolutions: byKey(resolutions, (r) => r.pendingId),
    failed: new Set(),
  };
  const { expired, changes } = applyExpiry(state, ids, nowMs);
  await store(stores, tx, state, changes);
  return expired;
}

/**
 * Row locks do not keep two calls on one transaction apart, so these take turns: the second must load what the
 * first has stored.
 */
function createTurns(): <T>(tx: Tx, work: () => Promise<T>) => Promise<T> {
  const last = new WeakMap<Tx, Promise<unknown>>();
  return (tx, work) => {
    const before = last.get(tx);
    const turn = before ? before.then(work, work) : work();
    last.set(tx, turn);
    return turn;
  };
}

function checkBatch(events: number): void {
  if (events > batchEventsMax) throw new RangeError(`${events} events in a batch, at most ${batchEventsMax}`);
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function sortedById<T extends { id: string }>(items: readonly T[]): T[] {
  return [...items].sort(byId);
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

function byKey<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T> {
  return new Map(items.map((item) => [keyOf(item), item]));
}

function inOrder<T>(ids: readonly string[], found: readonly T[], keyOf: (item: T) => string): T[] {
  const known = byKey(found, keyOf);
  return distinct(ids).flatMap((id) => known.get(id) ?? []);
}
