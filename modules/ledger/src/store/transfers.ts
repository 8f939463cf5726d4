import type { Sql, Tx } from '@feiqian/db';
import type { FailedTransfer } from '../draft.ts';
import {
  bitsOfTransferFlags,
  type Resolution,
  type ResolutionStatus,
  type Transfer,
  transferFlagsOfBits,
} from '../transfer.ts';
import { arrayOf, arrayOfIds } from './array.ts';

interface TransferRow {
  id: string;
  debit_account_id: string;
  credit_account_id: string;
  pending_id: string | null;
  user_data_128: string | null;
  user_data_64: bigint | null;
  amount: bigint;
  timestamp: bigint;
  timeout_seconds: number;
  ledger: number;
  code: number;
  flags: number;
}

interface ResolutionRow {
  pending_id: string;
  resolved_by: string | null;
  timestamp: bigint;
  status: number;
}

const columns = `id, debit_account_id, credit_account_id, pending_id, user_data_128, user_data_64, amount,
  timestamp, timeout_seconds, ledger, code, flags`;

const statusNumbers = { posted: 1, voided: 2, expired: 3 } as const;
const statusNames: Record<number, ResolutionStatus> = { 1: 'posted', 2: 'voided', 3: 'expired' };

function transferOf(row: TransferRow): Transfer {
  return {
    id: row.id,
    debitAccountId: row.debit_account_id,
    creditAccountId: row.credit_account_id,
    amount: row.amount,
    pendingId: row.pending_id,
    userData128: row.user_data_128,
    userData64: row.user_data_64,
    timeoutSeconds: row.timeout_seconds,
    ledger: row.ledger,
    code: row.code,
    flags: transferFlagsOfBits(row.flags),
    timestamp: row.timestamp,
  };
}

function resolutionOf(row: ResolutionRow): Resolution {
  const status = statusNames[row.status];
  if (!status) throw new Error(`resolution of ${row.pending_id} has unknown status ${row.status}`);
  return { pendingId: row.pending_id, resolvedBy: row.resolved_by, timestamp: row.timestamp, status };
}

/** A time-out: when a pending transfer expires, in ns since 1970. */
export interface Timeout {
  readonly expiresAt: bigint;
  readonly pendingId: string;
}

/** The statements on transfers and what became of them, in one schema. */
export function createTransferStore(schema: string) {
  return {
    ...readsById(schema),
    ...lists(schema),
    ...transferInserts(schema),
    ...resolutionWrites(schema),
  };
}

export type TransferStore = ReturnType<typeof createTransferStore>;

function readsById(schema: string) {
  const named = (name: string) => `${schema}.ledger.${name}`;
  return {
    async load(sql: Sql, ids: readonly string[]): Promise<Transfer[]> {
      const { rows } = await sql.query<TransferRow>(
        `select ${columns} from ${schema}.transfers where id = any($1::uuid[])`,
        [arrayOfIds(ids)],
        named('load_transfers'),
      );
      return rows.map(transferOf);
    },

    async loadResolutions(sql: Sql, pendingIds: readonly string[]): Promise<Resolution[]> {
      const { rows } = await sql.query<ResolutionRow>(
        `select pending_id, resolved_by, timestamp, status from ${schema}.resolutions
          where pending_id = any($1::uuid[])`,
        [arrayOfIds(pendingIds)],
        named('load_resolutions'),
      );
      return rows.map(resolutionOf);
    },

    async loadFailed(sql: Sql, ids: readonly string[]): Promise<string[]> {
      const { rows } = await sql.query<{ id: string }>(
        `select id from ${schema}.failed where id = any($1::uuid[])`,
        [arrayOfIds(ids)],
        named('load_failed'),
      );
      return rows.map((row) => row.id);
    },
  };
}

function lists(schema: string) {
  const named = (name: string) => `${schema}.ledger.${name}`;
  return {
    async ofGroup(sql: Sql, groupId: string): Promise<Transfer[]> {
      const { rows } = await sql.query<TransferRow>(
        `select ${columns} from ${schema}.transfers where (id = $1 and user_data_128 = $1) or (user_data_128 = $1 and user_data_128 <> id)
          order by timestamp, id`,
        [groupId],
        named('transfers_of_group'),
      );
      return rows.map(transferOf);
    },

    /** The newest transfers of an account before a timestamp, newest first: the two sides merged. */
    async ofAccount(sql: Sql, accountId: string, before: bigint, limit: number): Promise<Transfer[]> {
      const { rows } = await sql.query<TransferRow>(
        `select ${columns} from (
           (select ${columns} from ${schema}.transfers
             where debit_account_id = $1 and timestamp < $2 order by timestamp desc limit $3)
           union all
           (select ${columns} from ${schema}.transfers
             where credit_account_id = $1 and timestamp < $2 order by timestamp desc limit $3)) as both_sides
          order by timestamp desc limit $3`,
        [accountId, before, limit],
        named('transfers_of_account'),
      );
      return rows.map(transferOf);
    },

    /** Posted debits and credits of an account in transfers up to and including a timestamp. */
    async postedUpTo(
      sql: Sql,
      accountId: string,
      timestamp: bigint,
    ): Promise<{ debits: bigint; credits: bigint }> {
      const { rows } = await sql.query<{ debits: bigint; credits: bigint }>(
        `select
           (select coalesce(sum(amount), 0)::bigint from ${schema}.transfers
             where debit_account_id = $1 and timestamp <= $2 and (flags & 10) = 0) as debits,
           (select coalesce(sum(amount), 0)::bigint from ${schema}.transfers
             where credit_account_id = $1 and timestamp <= $2 and (flags & 10) = 0) as credits`,
        [accountId, timestamp],
        named('posted_up_to'),
      );
      return rows[0] ?? { debits: 0n, credits: 0n };
    },

    /** Pending transfers whose time is up, the longest overdue first. No lock: expiry locks their accounts. */
    async due(sql: Sql, nowTimestamp: bigint, limit: number): Promise<Timeout[]> {
      const { rows } = await sql.query<{ expires_at: bigint; pending_id: string }>(
        `select expires_at, pending_id from ${schema}.timeouts where expires_at <= $1
          order by expires_at, pending_id limit $2`,
        [nowTimestamp, limit],
        named('due_timeouts'),
      );
      return rows.map((row) => ({ expiresAt: row.expires_at, pendingId: row.pending_id }));
    },
  };
}

function transferInserts(schema: string) {
  const named = (name: string) => `${schema}.ledger.${name}`;
  const insertNewSql = `
    insert into ${schema}.transfers (${columns})
    select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[],
                         $8::bigint[], $9::integer[], $10::integer[], $11::smallint[], $12::smallint[])`;
  const insertSql = `${insertNewSql} on conflict (id) do nothing returning id`;
  const params = (transfers: readonly Transfer[]) => [
    arrayOf(transfers, (t) => t.id),
    arrayOf(transfers, (t) => t.debitAccountId),
    arrayOf(transfers, (t) => t.creditAccountId),
    arrayOf(transfers, (t) => t.pendingId),
    arrayOf(transfers, (t) => t.userData128),
    arrayOf(transfers, (t) => t.userData64),
    arrayOf(transfers, (t) => t.amount),
    arrayOf(transfers, (t) => t.timestamp),
    arrayOf(transfers, (t) => t.timeoutSeconds),
    arrayOf(transfers, (t) => t.ledger),
    arrayOf(transfers, (t) => t.code),
    arrayOf(transfers, (t) => bitsOfTransferFlags(t.flags)),
  ];
  return {
    /** Inserts transfers, given in the order of their ids; returns the ids that were not there yet. */
    async insert(tx: Tx, transfers: readonly Transfer[]): Promise<string[]> {
      const { rows } = await tx.query<{ id: string }>(
        insertSql,
        params(transfers),
        named('insert_transfers'),
      );
      return rows.map((row) => row.id);
    },

    /** Inserts transfers that are new, given in the order of their ids; one that exists fails the transaction. */
    async insertNew(tx: Tx, transfers: readonly Transfer[]): Promise<void> {
      await tx.query(insertNewSql, params(transfers), named('insert_new_transfers'));
    },

    /** Takes back transfers that this transaction inserted; the trigger refuses any other. */
    async takeBack(tx: Tx, ids: readonly string[]): Promise<void> {
      await tx.query(`delete from ${schema}.transfers where id = any($1::uuid[])`, [arrayOfIds(ids)]);
    },
  };
}

function resolutionWrites(schema: string) {
  const named = (name: string) => `${schema}.ledger.${name}`;
  return {
    async insertResolutions(tx: Tx, resolutions: readonly Resolution[]): Promise<void> {
      await tx.query(
        `insert into ${schema}.resolutions (pending_id, resolved_by, timestamp, status)
         select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::smallint[])`,
        [
          arrayOf(resolutions, (r) => r.pendingId),
          arrayOf(resolutions, (r) => r.resolvedBy),
          arrayOf(resolutions, (r) => r.timestamp),
          arrayOf(resolutions, (r) => statusNumbers[r.status]),
        ],
        named('insert_resolutions'),
      );
    },

    async insertTimeouts(tx: Tx, timeouts: readonly Timeout[]): Promise<void> {
      await tx.query(
        `insert into ${schema}.timeouts (expires_at, pending_id) select * from unnest($1::bigint[], $2::uuid[])`,
        [arrayOf(timeouts, (t) => t.expiresAt), arrayOf(timeouts, (t) => t.pendingId)],
        named('insert_timeouts'),
      );
    },

    async deleteTimeouts(tx: Tx, timeouts: readonly Timeout[]): Promise<void> {
      await tx.query(
        `delete from ${schema}.timeouts as t using unnest($1::bigint[], $2::uuid[]) as d (expires_at, pending_id)
          where t.expires_at = d.expires_at and t.pending_id = d.pending_id`,
        [arrayOf(timeouts, (t) => t.expiresAt), arrayOf(timeouts, (t) => t.pendingId)],
        named('delete_timeouts'),
      );
    },

    async insertFailed(tx: Tx, failed: readonly FailedTransfer[]): Promise<void> {
      await tx.query(
        `insert into ${schema}.failed (id, reason) select * from unnest($1::uuid[], $2::text[])
         on conflict (id) do nothing`,
        [failed.map((f) => f.id), failed.map((f) => f.reason)],
        named('insert_failed'),
      );
    },
  };
}
