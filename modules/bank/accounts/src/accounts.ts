import type { Clock } from '@feiqian/clock';
import type { Db, Migrations, Sql, Tx } from '@feiqian/db';
import type { AccountInput, Ledger, TransferInput } from '@feiqian/ledger';
import init from '../migrations/0001_init.sql';
import {
  type Account,
  type AccountStatus,
  type Balance,
  balanceOf,
  currencyNumber,
  type NewAccount,
} from './account.ts';
import type { Movement, MovementPage, MovementQuery } from './movement.ts';
import { namedUuid } from './namedUuid.ts';
import {
  accountCodes,
  outcomeOf,
  type Posting,
  type PostingOutcome,
  transferCodes,
  transferOf,
} from './posting.ts';
import { createStore } from './store.ts';

/** Lines of a statement in one page. */
export const movementsPageMax = 100;

/** The tables of the module in the schema of one bank. */
export function accountsMigrations(schema: string): Migrations {
  return { schema, scripts: [{ name: '0001_init', sql: init }] };
}

export interface AccountsDeps {
  schema: string;
  db: Db;
  clock: Clock;
  /** The bank's own ledger. */
  ledger: Ledger;
}

/** Customers' accounts: the only part of a bank that speaks to its ledger. */
export interface Accounts {
  /** Opens accounts with what is on them at first; those whose id exists already are left alone. */
  open(tx: Tx, accounts: readonly NewAccount[]): Promise<void>;
  /** The accounts that exist, by id. */
  load(sql: Sql, ids: readonly string[]): Promise<Map<string, Account>>;
  /**
   * Posts a group in order, all in the caller's transaction; one outcome each, in order. Call it once per
   * transaction and late: the accounts stay locked until it ends. Throws on what cannot be but for a bug.
   */
  post(tx: Tx, postings: readonly Posting[]): Promise<PostingOutcome[]>;
  /** Adds lines to statements. */
  tell(tx: Tx, movements: readonly Movement[]): Promise<void>;
  balance(account: Account): Promise<Balance>;
  /** Newest first; `before` is the `next` of the page before. */
  movements(accountId: string, query: MovementQuery): Promise<MovementPage>;
  /** False when there is no such account. */
  setStatus(accountId: string, status: AccountStatus): Promise<boolean>;
  /** Id of the ledger account that holds what the bank owes the network in a currency. */
  clearingId(currency: number): string;
}

type HouseRole = 'clearing' | 'funding' | 'commitments';

/** The id of one of the bank's own ledger accounts: the same at every start, so that opening it is idempotent. */
function houseId(schema: string, role: HouseRole, currency: number): string {
  return namedUuid(`${schema}/${role}/${currency}`);
}

/** The accounts of one bank. */
export function createAccounts(deps: AccountsDeps): Accounts {
  const { schema, db, clock, ledger } = deps;
  const store = createStore(schema);
  const clearingOf = new Map<number, string>();
  const clearingId = (currency: number): string => {
    const known = clearingOf.get(currency) ?? houseId(schema, 'clearing', currency);
    clearingOf.set(currency, known);
    return known;
  };

  return {
    clearingId,
    open: (tx, accounts) => open(deps, store, tx, accounts),
    async load(sql, ids) {
      if (ids.length === 0) return new Map();
      return new Map((await store.accountsByIds(sql, ids)).map((a) => [a.id, a]));
    },
    async post(tx, postings) {
      if (postings.length === 0) return [];
      const transfers = postings.map((p) => transferOf(p, clearingId(p.currency)));
      const results = await ledger.createTransfers(tx, transfers, clock.now());
      return results.map((result, i) => outcomeOf(postings[i] as Posting, result));
    },
    async tell(tx, movements) {
      if (movements.length > 0) await store.insertMovements(tx, movements);
    },
    async balance(account) {
      const [figures] = await ledger.lookupAccounts(db, [account.id]);
      if (!figures) throw new Error(`account ${account.id} is not in the ledger`);
      return balanceOf(account, figures);
    },
    async movements(accountId, query) {
      const wanted = Math.max(1, Math.min(query.limit, movementsPageMax));
      const found = await store.movements(db, accountId, { ...query, limit: wanted + 1 });
      const movements = found.slice(0, wanted);
      return { movements, next: found.length > wanted ? (movements.at(-1) as Movement).id : null };
    },
    setStatus: (accountId, status) => store.setStatus(db, accountId, status),
  };
}

async function open(
  { schema, clock, ledger }: AccountsDeps,
  store: ReturnType<typeof createStore>,
  tx: Tx,
  accounts: readonly NewAccount[],
): Promise<void> {
  const nowMs = clock.now();
  const inputs = new Map<string, AccountInput>();
  const transfers: TransferInput[] = [];
  const movements: Movement[] = [];
  for (const account of accounts) {
    const currency = currencyNumber(account.currency);
    if (currency === null) throw new RangeError(`the bank keeps no accounts in ${account.currency}`);
    for (const role of ['clearing', 'funding', 'commitments'] as const) {
      const id = houseId(schema, role, currency);
      inputs.set(id, { id, ledger: currency, code: accountCodes[role] });
    }
    inputs.set(account.id, {
      id: account.id,
      ledger: currency,
      code: accountCodes[account.kind],
      flags: { debitsMustNotExceedCredits: true },
      userData128: account.customerId,
    });
    const grant = account.kind === 'credit';
    const amount = grant ? account.creditLimit : account.openingDeposit;
    if (amount === 0n) continue;
    const id = namedUuid(`${account.id}/opening`);
    transfers.push({
      id,
      debitAccountId: houseId(schema, grant ? 'commitments' : 'funding', currency),
      creditAccountId: account.id,
      amount,
      ledger: currency,
      code: grant ? transferCodes.credit_granted : transferCodes.deposit,
      userData128: account.id,
    });
    if (!grant) movements.push(openingMovement(account, id, nowMs));
  }
  await store.insertAccounts(
    tx,
    accounts.map(({ openingDeposit: _, ...a }) => ({ ...a, status: 'open' as const, openedAtMs: nowMs })),
  );
  const created = await ledger.createAccounts(tx, [...inputs.values()], nowMs);
  const posted = await ledger.createTransfers(tx, transfers, nowMs);
  for (const result of [...created, ...posted]) {
    if (result !== 'created' && result !== 'exists') throw new Error(`opening an account: ${result}`);
  }
  if (movements.length > 0) await store.insertMovements(tx, movements);
}

/** The first line of a statement: its id follows from the transfer, so that it is told once, and sorts before all. */
function openingMovement(account: NewAccount, transferId: string, nowMs: number): Movement {
  return {
    id: `00000000-0000${transferId.slice(13)}`,
    accountId: account.id,
    atMs: nowMs,
    kind: 'deposit',
    amount: account.openingDeposit,
    currency: account.currency,
    description: '开户存款 Opening deposit',
    rrn: null,
    cardLast4: null,
    transferId,
  };
}
