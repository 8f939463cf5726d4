import { instant } from '@feiqian/clock';
import type { Sql, Tx } from '@feiqian/db';
import type { Application } from '../application.ts';

interface Row {
  id: string;
  user_id: string;
  device_id: string;
  member_id: string;
  bank_ref: string;
  product: string;
  state: Application['state'];
  credit_limit: bigint | null;
  declined_because: Application['declinedBecause'];
  card_ref: string | null;
  card: Application['card'];
  card_id: string | null;
  created_at: Date;
  decided_at: Date | null;
  tries: number;
}
const columns =
  'id, user_id, device_id, member_id, bank_ref, product, state, credit_limit, declined_because, card_ref, card, card_id, created_at, decided_at, tries';
const toApplication = (r: Row): Application => ({
  id: r.id,
  userId: r.user_id,
  deviceId: r.device_id,
  memberId: r.member_id,
  bankRef: r.bank_ref,
  product: r.product,
  state: r.state,
  creditLimit: r.credit_limit,
  declinedBecause: r.declined_because,
  cardRef: r.card_ref,
  card: r.card,
  cardId: r.card_id,
  createdAtMs: r.created_at.getTime(),
  decidedAtMs: r.decided_at?.getTime() ?? null,
  tries: r.tries,
});

/** Stores an application; one that is there already stays as it is. */
export async function insert(tx: Tx, a: Application, lookAtMs: number | null): Promise<void> {
  await tx.query(
    `insert into credit.application (${columns}, look_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     on conflict do nothing`,
    [
      a.id,
      a.userId,
      a.deviceId,
      a.memberId,
      a.bankRef,
      a.product,
      a.state,
      a.creditLimit,
      a.declinedBecause,
      a.cardRef,
      a.card,
      a.cardId,
      instant(a.createdAtMs),
      instant(a.decidedAtMs),
      a.tries,
      instant(lookAtMs),
    ],
  );
}

export async function update(tx: Tx, a: Application, lookAtMs: number | null): Promise<void> {
  await tx.query(
    `update credit.application set state = $2, credit_limit = $3, declined_because = $4, card_ref = $5, card = $6,
       card_id = $7, decided_at = $8, tries = $9, look_at = $10
     where id = $1`,
    [
      a.id,
      a.state,
      a.creditLimit,
      a.declinedBecause,
      a.cardRef,
      a.card,
      a.cardId,
      instant(a.decidedAtMs),
      a.tries,
      instant(lookAtMs),
    ],
  );
}

export async function byId(sql: Sql, id: string): Promise<Application | undefined> {
  const { rows } = await sql.query<Row>(`select ${columns} from credit.application where id = $1`, [id]);
  return rows[0] && toApplication(rows[0]);
}

export async function ofUser(sql: Sql, userId: string, limit: number): Promise<Application[]> {
  const { rows } = await sql.query<Row>(
    `select ${columns} from credit.application where user_id = $1 order by created_at desc, id limit $2`,
    [userId, limit],
  );
  return rows.map(toApplication);
}

/** Takes applications that are to be looked at, for as long as that may take. */
export async function take(tx: Tx, nowMs: number, untilMs: number, limit: number): Promise<Application[]> {
  const { rows } = await tx.query<Row>(
    `update credit.application a set look_at = $2 from (
       select id as due_id from credit.application where look_at <= $1 order by id limit $3
       for update skip locked) as due
     where a.id = due.due_id returning ${columns}`,
    [new Date(nowMs), new Date(untilMs), limit],
  );
  return rows.map(toApplication);
}

export async function lookLater(sql: Sql, id: string, tries: number, lookAtMs: number): Promise<void> {
  await sql.query(
    'update credit.application set tries = $2, look_at = $3 where id = $1 and look_at is not null',
    [id, tries, new Date(lookAtMs)],
  );
}

/** Something was told of an application: it is looked at at once. */
export async function lookNow(tx: Tx, memberId: string, bankRef: string, nowMs: number): Promise<void> {
  await tx.query(
    `update credit.application set look_at = $3, tries = 0
     where member_id = $1 and bank_ref = $2 and look_at is not null`,
    [memberId, bankRef, new Date(nowMs)],
  );
}

/** Takes a person's applications away; the banks have theirs. */
export async function erase(tx: Tx, userId: string): Promise<void> {
  await tx.query('delete from credit.application where user_id = $1', [userId]);
}
