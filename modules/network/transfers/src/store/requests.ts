import { instant } from '@feiqian/clock';
import type { Sql, Tx } from '@feiqian/db';
import type { MoneyRequest } from '../request.ts';

/** A bill that was split. Amounts in minor units. */
export interface SplitRow {
  id: string;
  askerId: string;
  total: bigint;
  ownAmount: bigint;
  currency: string;
  note: string | null;
  paymentId: string | null;
  createdAtMs: number;
}

const names =
  'id, state, split_id, asker_id, asker_mobile, asked_id, asked_mobile, asked_name, amount, currency, note, transfer_id, created_at, updated_at, expires_at, ended_at';

type Row = Record<string, unknown>;
const text = (v: unknown): string | null => v as string | null;
const ms = (v: unknown): number => (v as Date).getTime();

const toRequest = (r: Row): MoneyRequest => ({
  id: r.id as string,
  state: r.state as MoneyRequest['state'],
  splitId: text(r.split_id),
  askerId: r.asker_id as string,
  askerMobile: r.asker_mobile as string,
  askedId: text(r.asked_id),
  askedMobile: r.asked_mobile as string,
  askedName: text(r.asked_name),
  amount: r.amount as bigint,
  currency: r.currency as string,
  note: text(r.note),
  transferId: text(r.transfer_id),
  createdAtMs: ms(r.created_at),
  updatedAtMs: ms(r.updated_at),
  expiresAtMs: ms(r.expires_at),
  endedAtMs: r.ended_at === null ? null : ms(r.ended_at),
});

export async function insertRequests(tx: Tx, list: readonly MoneyRequest[]): Promise<void> {
  await tx.query(
    `insert into transfers.request (${names})
     select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::text[],
       $9::bigint[], $10::text[], $11::text[], $12::uuid[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[],
       $16::timestamptz[])`,
    [
      list.map((r) => r.id),
      list.map((r) => r.state),
      list.map((r) => r.splitId),
      list.map((r) => r.askerId),
      list.map((r) => r.askerMobile),
      list.map((r) => r.askedId),
      list.map((r) => r.askedMobile),
      list.map((r) => r.askedName),
      list.map((r) => r.amount),
      list.map((r) => r.currency),
      list.map((r) => r.note),
      list.map((r) => r.transferId),
      list.map((r) => instant(r.createdAtMs)),
      list.map((r) => instant(r.updatedAtMs)),
      list.map((r) => instant(r.expiresAtMs)),
      list.map((r) => instant(r.endedAtMs)),
    ],
  );
}

/** Stores what requests have become; their rows are locked by this transaction. */
export async function updateRequests(tx: Tx, list: readonly MoneyRequest[]): Promise<void> {
  if (list.length === 0) return;
  const sorted = [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
  await tx.query(
    `update transfers.request r set state = u.state, transfer_id = u.transfer_id, updated_at = u.updated_at,
       ended_at = u.ended_at
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[])
       as u (id, state, transfer_id, updated_at, ended_at)
     where r.id = u.id`,
    [
      sorted.map((r) => r.id),
      sorted.map((r) => r.state),
      sorted.map((r) => r.transferId),
      sorted.map((r) => instant(r.updatedAtMs)),
      sorted.map((r) => instant(r.endedAtMs)),
    ],
    'transfers_request_update',
  );
}

/** Locks requests by their ids and by the transfers that pay them, in the order of their ids. */
export async function lockRequests(
  tx: Tx,
  by: { ids: readonly string[]; transferIds: readonly string[] },
): Promise<MoneyRequest[]> {
  if (by.ids.length + by.transferIds.length === 0) return [];
  const { rows } = await tx.query<Row>(
    `select ${names} from transfers.request where id = any($1::uuid[]) or transfer_id = any($2::uuid[])
     order by id for update`,
    [by.ids, by.transferIds],
    'transfers_request_lock',
  );
  return rows.map(toRequest);
}

export async function requestsByIds(sql: Sql, ids: readonly string[]): Promise<MoneyRequest[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql.query<Row>(
    `select ${names} from transfers.request where id = any($1::uuid[])`,
    [ids],
    'transfers_requests_by_ids',
  );
  return rows.map(toRequest);
}

/** Of one person, newest first. */
export async function requestsOf(
  sql: Sql,
  f: { userId: string; direction: 'in' | 'out' | null; before: string | null; limit: number },
): Promise<MoneyRequest[]> {
  const { rows } = await sql.query<Row>(
    `select ${names} from (
       (select * from transfers.request where $2 <> 'in' and asker_id = $1 and ($3::uuid is null or id < $3)
        order by id desc limit $4)
       union all
       (select * from transfers.request where $2 <> 'out' and asked_id = $1 and ($3::uuid is null or id < $3)
        order by id desc limit $4)) l
     order by id desc limit $4`,
    [f.userId, f.direction ?? 'both', f.before, f.limit],
    'transfers_requests_of',
  );
  return rows.map(toRequest);
}

export async function insertSplit(tx: Tx, s: SplitRow): Promise<void> {
  await tx.query(
    `insert into transfers.split (id, asker_id, total, own_amount, currency, note, payment_id, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [s.id, s.askerId, s.total, s.ownAmount, s.currency, s.note, s.paymentId, instant(s.createdAtMs)],
  );
}

/** Bills that one person has split, newest first. */
export async function splitsOf(
  sql: Sql,
  f: { askerId: string; id: string | null; before: string | null; limit: number },
): Promise<SplitRow[]> {
  const { rows } = await sql.query<Row>(
    `select id, asker_id, total, own_amount, currency, note, payment_id, created_at from transfers.split
     where asker_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id < $3)
     order by id desc limit $4`,
    [f.askerId, f.id, f.before, f.limit],
    'transfers_splits_of',
  );
  return rows.map((r) => ({
    id: r.id as string,
    askerId: r.asker_id as string,
    total: r.total as bigint,
    ownAmount: r.own_amount as bigint,
    currency: r.currency as string,
    note: text(r.note),
    paymentId: text(r.payment_id),
    createdAtMs: ms(r.created_at),
  }));
}

/** The requests of bills that were split, in the order in which people were named. */
export async function requestsOfSplits(sql: Sql, splitIds: readonly string[]): Promise<MoneyRequest[]> {
  if (splitIds.length === 0) return [];
  const { rows } = await sql.query<Row>(
    `select ${names} from transfers.request where split_id = any($1::uuid[]) order by id`,
    [splitIds],
    'transfers_requests_of_splits',
  );
  return rows.map(toRequest);
}

/** Locks requests that nobody has paid in time, a bounded number. */
export async function lockOverdue(tx: Tx, nowMs: number, limit: number): Promise<MoneyRequest[]> {
  const { rows } = await tx.query<Row>(
    `select ${names} from transfers.request where state = 'asked' and expires_at <= $1
     order by id limit $2 for update skip locked`,
    [instant(nowMs), limit],
  );
  return rows.map(toRequest);
}

/** Locks what somebody asks or is asked and nobody has answered yet. */
export async function lockOpenOf(tx: Tx, userId: string): Promise<MoneyRequest[]> {
  const { rows } = await tx.query<Row>(
    `select ${names} from transfers.request where state = 'asked' and (asker_id = $1 or asked_id = $1)
     order by id for update`,
    [userId],
  );
  return rows.map(toRequest);
}

/** Numbers, names and notes that are of nobody any more. */
export async function erasePerson(tx: Tx, userId: string): Promise<void> {
  await tx.query(
    `update transfers.request set
       asker_mobile = case when asker_id = $1 then '***' else asker_mobile end,
       asked_mobile = case when asked_id = $1 then '***' else asked_mobile end,
       asked_name = null,
       note = case when asker_id = $1 then null else note end
     where id in (select id from transfers.request where asker_id = $1 or asked_id = $1 order by id for update)`,
    [userId],
  );
  await tx.query('update transfers.split set note = null where asker_id = $1', [userId]);
}
