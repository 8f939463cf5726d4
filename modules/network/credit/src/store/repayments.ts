import type { Sql, Tx } from '@feiqian/db';
import type { AutoRepay } from '../autoRepay.ts';

/** A request that repays a card. */
export interface Repaying {
  keyId: string;
  accountId: string;
  userId: string;
  transferId: string | null;
}

/** Opens a repayment of a card; false when another one is open, or this request was there before. */
export async function openRepayment(
  sql: Sql,
  r: Omit<Repaying, 'transferId'>,
  nowMs: number,
): Promise<boolean> {
  const { count } = await sql.query(
    `insert into credit.repayment (key_id, account_id, user_id, is_open, created_at)
     values ($1, $2, $3, true, $4) on conflict do nothing`,
    [r.keyId, r.accountId, r.userId, new Date(nowMs)],
  );
  return count === 1;
}

export async function repaymentOfKey(sql: Sql, keyId: string): Promise<Repaying | undefined> {
  const { rows } = await sql.query<RepayingRow>(
    'select key_id, account_id, user_id, transfer_id, created_at from credit.repayment where key_id = $1',
    [keyId],
  );
  return rows[0] && toRepaying(rows[0]);
}

/** The repayment of a card that is open, and since when. */
export async function openOf(
  sql: Sql,
  accountId: string,
): Promise<(Repaying & { atMs: number }) | undefined> {
  const { rows } = await sql.query<RepayingRow>(
    `select key_id, account_id, user_id, transfer_id, created_at from credit.repayment
     where account_id = $1 and is_open`,
    [accountId],
  );
  return rows[0] && { ...toRepaying(rows[0]), atMs: rows[0].created_at.getTime() };
}

interface RepayingRow {
  key_id: string;
  account_id: string;
  user_id: string;
  transfer_id: string | null;
  created_at: Date;
}
const toRepaying = (r: RepayingRow): Repaying => ({
  keyId: r.key_id,
  accountId: r.account_id,
  userId: r.user_id,
  transferId: r.transfer_id,
});

export async function noteTransfer(
  sql: Sql,
  keyId: string,
  transferId: string,
  isOpen: boolean,
): Promise<void> {
  await sql.query('update credit.repayment set transfer_id = $2, is_open = $3 where key_id = $1', [
    keyId,
    transferId,
    isOpen,
  ]);
}

export async function closeRepayment(sql: Sql, keyId: string): Promise<void> {
  await sql.query('update credit.repayment set is_open = false where key_id = $1', [keyId]);
}

/** Of a request that came to nothing. */
export async function dropRepayment(sql: Sql, keyId: string): Promise<void> {
  await sql.query('delete from credit.repayment where key_id = $1 and transfer_id is null', [keyId]);
}

interface AutoRow {
  account_id: string;
  user_id: string;
  device_id: string;
  card_id: string;
  from_card_id: string;
  mode: AutoRepay['mode'];
  state: AutoRepay['state'];
  bill_id: string | null;
  tries: number;
  failed_because: string | null;
  transfer_id: string | null;
  acted_at: Date | null;
  look_at: Date;
}
const columns =
  'account_id, user_id, device_id, card_id, from_card_id, mode, state, bill_id, tries, failed_because, transfer_id, acted_at, look_at';
const toAuto = (r: AutoRow): AutoRepay => ({
  accountId: r.account_id,
  userId: r.user_id,
  deviceId: r.device_id,
  cardId: r.card_id,
  fromCardId: r.from_card_id,
  mode: r.mode,
  state: r.state,
  billId: r.bill_id,
  tries: r.tries,
  failedBecause: r.failed_because,
  transferId: r.transfer_id,
  actedAtMs: r.acted_at?.getTime() ?? null,
  lookAtMs: r.look_at.getTime(),
});

/** Sets how a card is repaid by itself; what was tried for its bill so far still counts. */
export async function putAuto(tx: Tx, a: AutoRepay, nowMs: number): Promise<void> {
  await tx.query(
    `insert into credit.auto_repay (${columns}, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (account_id) do update set user_id = excluded.user_id, device_id = excluded.device_id,
       card_id = excluded.card_id, from_card_id = excluded.from_card_id, mode = excluded.mode,
       state = excluded.state, tries = excluded.tries, failed_because = null, look_at = excluded.look_at`,
    [
      a.accountId,
      a.userId,
      a.deviceId,
      a.cardId,
      a.fromCardId,
      a.mode,
      a.state,
      a.billId,
      a.tries,
      a.failedBecause,
      a.transferId,
      a.actedAtMs === null ? null : new Date(a.actedAtMs),
      new Date(a.lookAtMs),
      new Date(nowMs),
    ],
  );
}

/** Writes what became of a look, for the one who looked: false when the lease `leasedUntilMs` is no longer held. */
export async function updateAuto(tx: Tx, a: AutoRepay, leasedUntilMs: number): Promise<boolean> {
  const { count } = await tx.query(
    `update credit.auto_repay set state = $2, bill_id = $3, tries = $4, failed_because = $5, transfer_id = $6,
       acted_at = $7, look_at = $8
     where account_id = $1 and look_at = $9`,
    [
      a.accountId,
      a.state,
      a.billId,
      a.tries,
      a.failedBecause,
      a.transferId,
      a.actedAtMs === null ? null : new Date(a.actedAtMs),
      new Date(a.lookAtMs),
      new Date(leasedUntilMs),
    ],
  );
  return count === 1;
}

export async function autoOf(sql: Sql, accountId: string): Promise<AutoRepay | undefined> {
  const { rows } = await sql.query<AutoRow>(
    `select ${columns} from credit.auto_repay where account_id = $1`,
    [accountId],
  );
  return rows[0] && toAuto(rows[0]);
}

export async function removeAuto(tx: Tx, accountId: string): Promise<void> {
  await tx.query('delete from credit.auto_repay where account_id = $1', [accountId]);
}

/** Takes what is to be looked at, for as long as that may take. */
export async function takeAuto(tx: Tx, nowMs: number, untilMs: number, limit: number): Promise<AutoRepay[]> {
  const { rows } = await tx.query<AutoRow>(
    `update credit.auto_repay a set look_at = $2 from (
       select account_id as due_id from credit.auto_repay where look_at <= $1 order by account_id limit $3
       for update skip locked) as due
     where a.account_id = due.due_id returning ${columns}`,
    [new Date(nowMs), new Date(untilMs), limit],
  );
  return rows.map(toAuto);
}

/** Takes away what a person repays by itself, and which request repaid which card; the transfers stay. */
export async function erase(tx: Tx, userId: string): Promise<void> {
  await tx.query('delete from credit.auto_repay where user_id = $1', [userId]);
  await tx.query('delete from credit.repayment where user_id = $1', [userId]);
}
