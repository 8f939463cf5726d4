import type { Sql, Tx } from '@feiqian/db';
import { type Account, type AccountState, accountFlagsOfBits, bitsOfAccountFlags } from '../account.ts';
import { arrayOf, arrayOfIds } from './array.ts';

interface StateRow {
  id: string;
  debits_pending: bigint;
  debits_posted: bigint;
  credits_pending: bigint;
  credits_posted: bigint;
  last_timestamp: bigint;
  ledger: number;
  flags: number;
}

interface AccountRow extends StateRow {
  user_data_128: string | null;
  user_data_64: bigint | null;
  created_at: Date;
  code: number;
}

const stateColumns =
  'id, debits_pending, debits_posted, credits_pending, credits_posted, last_timestamp, ledger, flags';

function stateOf(row: StateRow): AccountState {
  return {
    id: row.id,
    ledger: row.ledger,
    flags: accountFlagsOfBits(row.flags),
    debitsPending: row.debits_pending,
    debitsPosted: row.debits_posted,
    creditsPending: row.credits_pending,
    creditsPosted: row.credits_posted,
    lastTimestamp: row.last_timestamp,
  };
}

function accountOf(row: AccountRow): Account {
  return {
    ...stateOf(row),
    code: row.code,
    userData128: row.user_data_128,
    userData64: row.user_data_64,
    createdAt: row.created_at.getTime(),
  };
}

/** The statements on accounts, in one schema. */
export function createAccountStore(schema: string) {
  return { ...accountReads(schema), ...accountWrites(schema) };
}

export type AccountStore = ReturnType<typeof createAccountStore>;

function accountReads(schema: string) {
  const named = (name: string) => `${schema}.ledger.${name}`;

  return {
    /** The accounts that exist, as they were created; no lock, since these fields never change. */
    async load(sql: Sql, ids: readonly string[]): Promise<Account[]> {
      const { rows } = await sql.query<AccountRow>(
        `select ${stateColumns}, user_data_128, user_data_64, created_at, code
           from ${schema}.accounts where id = any($1::uuid[])`,
        [arrayOfIds(ids)],
        named('load_accounts'),
      );
      return rows.map(accountOf);
    },

    /**
     * Locks accounts until the transaction ends, in the order of their ids, so that batches that share
     * accounts take turns and never wait for each other in a circle. No weaker lock would do: the limits are
     * checked on what is read here. (`no key update`: nothing refers to accounts by foreign key.)
     */
    async lock(tx: Tx, ids: readonly string[]): Promise<AccountState[]> {
      const { rows } = await tx.query<StateRow>(
        `select ${stateColumns} from ${schema}.accounts where id = any($1::uuid[])
          order by id for no key update`,
        [arrayOfIds(ids)],
        named('lock_accounts'),
      );
      return rows.map(stateOf);
    },

    /** As `lock`, and in the same order also the accounts of these pending transfers. */
    async lockWithPending(
      tx: Tx,
      ids: readonly string[],
      pendingIds: readonly string[],
    ): Promise<AccountState[]> {
      const { rows } = await tx.query<StateRow>(
        `select ${stateColumns} from ${schema}.accounts
          where id = any(array(
            select unnest($1::uuid[])
            union select debit_account_id from ${schema}.transfers where id = any($2::uuid[])
            union select credit_account_id from ${schema}.transfers where id = any($2::uuid[])))
          order by id for no key update`,
        [arrayOfIds(ids), arrayOfIds(pendingIds)],
        named('lock_accounts_with_pending'),
      );
      return rows.map(stateOf);
    },
  };
}

function accountWrites(schema: string) {
  const named = (name: string) => `${schema}.ledger.${name}`;
  const updateSql = `
    update ${schema}.accounts as a
       set debits_pending = c.debits_pending, debits_posted = c.debits_posted,
           credits_pending = c.credits_pending, credits_posted = c.credits_posted,
           last_timestamp = c.last_timestamp, flags = c.flags
      from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                  $7::smallint[])
        as c (id, debits_pending, debits_posted, credits_pending, credits_posted, last_timestamp, flags)
     where a.id = c.id`;
  return {
    /** Inserts accounts, given in the order of their ids; returns the ids that were not there yet. */
    async insert(tx: Tx, accounts: readonly Account[]): Promise<string[]> {
      const { rows } = await tx.query<{ id: string }>(
        `insert into ${schema}.accounts (id, user_data_128, user_data_64, created_at, ledger, code, flags)
         select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::integer[],
                              $6::smallint[], $7::smallint[])
         on conflict (id) do nothing returning id`,
        [
          arrayOf(accounts, (a) => a.id),
          arrayOf(accounts, (a) => a.userData128),
          arrayOf(accounts, (a) => a.userData64),
          accounts.map((a) => new Date(a.createdAt).toISOString()),
          arrayOf(accounts, (a) => a.ledger),
          arrayOf(accounts, (a) => a.code),
          arrayOf(accounts, (a) => bitsOfAccountFlags(a.flags)),
        ],
        named('insert_accounts'),
      );
      return rows.map((row) => row.id);
    },

    /** Takes back accounts that this transaction inserted. */
    async takeBack(tx: Tx, ids: readonly string[]): Promise<void> {
      await tx.query(`delete from ${schema}.accounts where id = any($1::uuid[])`, [arrayOfIds(ids)]);
    },

    /** Writes new balances of locked accounts. @returns how many were there */
    async update(tx: Tx, accounts: readonly AccountState[]): Promise<number> {
      const { count } = await tx.query(
        updateSql,
        [
          arrayOf(accounts, (a) => a.id),
          arrayOf(accounts, (a) => a.debitsPending),
          arrayOf(accounts, (a) => a.debitsPosted),
          arrayOf(accounts, (a) => a.creditsPending),
          arrayOf(accounts, (a) => a.creditsPosted),
          arrayOf(accounts, (a) => a.lastTimestamp),
          arrayOf(accounts, (a) => bitsOfAccountFlags(a.flags)),
        ],
        named('update_accounts'),
      );
      return count;
    },
  };
}
