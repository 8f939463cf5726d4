import type { Sql } from '@feiqian/db';
import type { BankOrder, BankOrderKind, BankOrderOutcome, DeviceState } from '../freeze.ts';

/**
 * Locks a person and then all devices that were not removed, so that signing in, letting in, freezing and binding come
 * one after another.
 */
export async function lockDevices(
  sql: Sql,
  userId: string,
): Promise<{ id: string; state: DeviceState; paused: boolean }[]> {
  await sql.query('select 1 from wallets.person where id = $1 for update', [userId]);
  const { rows } = await sql.query<{ id: string; state: DeviceState; paused_at: Date | null }>(
    `select id, state, paused_at from wallets.device where user_id = $1 and removed_at is null
     order by id for update`,
    [userId],
  );
  return rows.map((r) => ({ id: r.id, state: r.state, paused: r.paused_at !== null }));
}

/** None of these is paused any more. */
export async function setDeviceState(sql: Sql, ids: readonly string[], state: DeviceState): Promise<void> {
  await sql.query('update wallets.device set state = $2, paused_at = null where id = any($1::uuid[])', [
    [...ids],
    state,
  ]);
}

export async function setFrozen(sql: Sql, userId: string, atMs: number | null, by: string | null) {
  await sql.query('update wallets.person set frozen_at = $2, frozen_by = $3 where id = $1', [
    userId,
    atMs === null ? null : new Date(atMs),
    by,
  ]);
}

export async function frozenAt(sql: Sql, userId: string): Promise<number | null> {
  const { rows } = await sql.query<{ frozen_at: Date | null }>(
    'select frozen_at from wallets.person where id = $1',
    [userId],
  );
  return rows[0]?.frozen_at?.getTime() ?? null;
}

/** The newest consent of a person at each bank, also of cards that are unbound by now. */
export async function consentsOf(
  sql: Sql,
  userId: string,
): Promise<{ memberId: string; consentId: string }[]> {
  const { rows } = await sql.query<{ member_id: string; consent_id: string }>(
    `select distinct on (member_id) member_id, consent_id from wallets.card
     where user_id = $1 order by member_id, bound_at desc`,
    [userId],
  );
  return rows.map((r) => ({ memberId: r.member_id, consentId: r.consent_id }));
}

/** Ends what nobody is sending now: a newer order says otherwise. */
export async function supersedeOrders(sql: Sql, userId: string, atMs: number): Promise<void> {
  await sql.query(
    `update wallets.bank_order set outcome = 'superseded'
     where user_id = $1 and outcome is null and (sending_until is null or sending_until <= $2)`,
    [userId, new Date(atMs)],
  );
}

export async function insertOrder(sql: Sql, o: BankOrder, atMs: number): Promise<void> {
  await sql.query(
    `insert into wallets.bank_order
       (id, user_id, member_id, consent_id, kind, verified_at, attempts, due_at, created_at)
     values ($1, $2, $3, $4, $5, $6, 0, $7, $7)`,
    [
      o.id,
      o.userId,
      o.memberId,
      o.consentId,
      o.kind,
      o.verifiedAtMs === null ? null : new Date(o.verifiedAtMs),
      new Date(atMs),
    ],
  );
}

interface OrderRow {
  id: string;
  user_id: string;
  member_id: string;
  consent_id: string;
  kind: BankOrderKind;
  verified_at: Date | null;
  attempts: number;
}

/** Takes orders that are due, the oldest open one of each person and bank, until `untilMs`. */
export async function takeOrders(
  sql: Sql,
  nowMs: number,
  untilMs: number,
  limit: number,
): Promise<(BankOrder & { attempts: number })[]> {
  const { rows } = await sql.query<OrderRow>(
    `update wallets.bank_order set sending_until = $2, attempts = attempts + 1
     where id in (
       select o.id from wallets.bank_order o
       where o.outcome is null and o.due_at <= $1 and (o.sending_until is null or o.sending_until <= $1) and not exists (
         select 1 from wallets.bank_order e
         where e.user_id = o.user_id and e.member_id = o.member_id and e.outcome is null and e.id < o.id)
       order by o.id limit $3 for update skip locked)
     returning id, user_id, member_id, consent_id, kind, verified_at, attempts`,
    [new Date(nowMs), new Date(untilMs), limit],
  );
  return rows.map((r) => ({
    id: r.id,
    userId: r.user_id,
    memberId: r.member_id,
    consentId: r.consent_id,
    kind: r.kind,
    verifiedAtMs: r.verified_at?.getTime() ?? null,
    attempts: r.attempts,
  }));
}

export async function endOrder(sql: Sql, id: string, outcome: BankOrderOutcome): Promise<void> {
  await sql.query('update wallets.bank_order set outcome = $2 where id = $1 and outcome is null', [
    id,
    outcome,
  ]);
}

export async function deferOrder(sql: Sql, id: string, dueAtMs: number): Promise<void> {
  await sql.query(
    'update wallets.bank_order set due_at = $2, sending_until = null where id = $1 and outcome is null',
    [id, new Date(dueAtMs)],
  );
}

/** The newest order of a person at each bank. */
export async function lastOrders(
  sql: Sql,
  userId: string,
): Promise<{ memberId: string; kind: BankOrderKind; outcome: BankOrderOutcome | null }[]> {
  const { rows } = await sql.query<{
    member_id: string;
    kind: BankOrderKind;
    outcome: BankOrderOutcome | null;
  }>(
    `select distinct on (member_id) member_id, kind, outcome from wallets.bank_order
     where user_id = $1 order by member_id, id desc`,
    [userId],
  );
  return rows.map((r) => ({ memberId: r.member_id, kind: r.kind, outcome: r.outcome }));
}

export async function personByMobile(sql: Sql, mobileHash: Uint8Array): Promise<string | undefined> {
  const { rows } = await sql.query<{ id: string }>('select id from wallets.person where mobile_hash = $1', [
    mobileHash,
  ]);
  return rows[0]?.id;
}
