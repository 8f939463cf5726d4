import { instant } from '@feiqian/clock';
import type { Sql, Tx } from '@feiqian/db';
import type { Forward, ForwardKind, ForwardOutcome, ForwardPayload, NewForward } from '../forward.ts';

/** Stores messages to be forwarded, in the caller's transaction; ids that exist already are left alone. */
export async function enqueueForwards(tx: Tx, forwards: readonly NewForward[]): Promise<void> {
  if (forwards.length === 0) return;
  await tx.query(
    `insert into links.forward (id, member_id, kind, group_id, pan_token, payload, created_at, next_attempt_at)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::jsonb[],
       $7::timestamptz[], $8::timestamptz[])
     on conflict (id) do nothing`,
    [
      forwards.map((f) => f.id),
      forwards.map((f) => f.memberId),
      forwards.map((f) => f.kind),
      forwards.map((f) => f.groupId),
      forwards.map((f) => f.panToken),
      forwards.map((f) => JSON.stringify(toStored(f.payload))),
      forwards.map((f) => instant(f.createdAtMs)),
      forwards.map((f) => instant(f.notBeforeMs ?? f.createdAtMs)),
    ],
    'links_forward_insert',
  );
}

type StoredPayload = Omit<ForwardPayload, 'amount'> & { amount: string };

/** Amounts travel as text in JSON, exact at any size. Only known fields are kept, so that no card slips in. */
function toStored(p: ForwardPayload): StoredPayload {
  return {
    amount: p.amount.toString(),
    currency: p.currency,
    stan: p.stan,
    rrn: p.rrn,
    transmittedAtMs: p.transmittedAtMs,
    terminalId: p.terminalId,
    merchantCode: p.merchantCode,
    mcc: p.mcc,
    merchantName: p.merchantName,
    ...(p.merchantNameShown === undefined ? {} : { merchantNameShown: p.merchantNameShown }),
    acquirerCode: p.acquirerCode,
    posEntryMode: p.posEntryMode,
    ...(p.original === undefined ? {} : { original: p.original }),
  };
}

interface ForwardRow {
  id: string;
  member_id: string;
  kind: ForwardKind;
  group_id: string;
  pan_token: string;
  payload: StoredPayload;
  created_at: Date;
  attempts: number;
  next_attempt_at: Date;
  first_sent_at: Date | null;
  acknowledged_at: Date | null;
  outcome: ForwardOutcome | null;
  response_code: string | null;
  escalated_at: Date | null;
}

const forwardColumns = `id, member_id, kind, group_id, pan_token, payload, created_at, attempts,
  next_attempt_at, first_sent_at, acknowledged_at, outcome, response_code, escalated_at`;

function toForward(r: ForwardRow): Forward {
  return {
    id: r.id,
    memberId: r.member_id,
    kind: r.kind,
    groupId: r.group_id,
    panToken: r.pan_token,
    payload: { ...r.payload, amount: BigInt(r.payload.amount) },
    createdAtMs: r.created_at.getTime(),
    attempts: r.attempts,
    nextAttemptAtMs: r.next_attempt_at.getTime(),
    firstSentAtMs: r.first_sent_at?.getTime() ?? null,
    acknowledgedAtMs: r.acknowledged_at?.getTime() ?? null,
    outcome: r.outcome,
    responseCode: r.response_code,
    escalatedAtMs: r.escalated_at?.getTime() ?? null,
  };
}

/** Members with messages that are due, oldest first. */
export async function membersDue(sql: Sql, nowMs: number): Promise<string[]> {
  const { rows } = await sql.query<{ member_id: string }>(
    `select member_id, min(next_attempt_at) as first from links.forward
     where acknowledged_at is null and next_attempt_at <= $1 and (lease_until is null or lease_until <= $1)
     group by member_id order by first, member_id`,
    [instant(nowMs)],
    'links_forward_members_due',
  );
  return rows.map((r) => r.member_id);
}

/**
 * Takes due messages of a member for this process, oldest first, and counts the attempt: after a crash in the
 * middle of it, the next one is a repeat. Messages that another process is taking are passed over. Of one payment
 * only the oldest goes out, so that a refund cannot overtake the completion it takes money from.
 */
export async function claimForwards(
  sql: Sql,
  claim: {
    memberId: string;
    countMax: number;
    nowMs: number;
    holder: string;
    leaseUntilMs: number;
    /** False: only messages that were never sent. */
    repeats: boolean;
  },
): Promise<Forward[]> {
  const { rows } = await sql.query<ForwardRow>(
    `update links.forward set lease_holder = $3, lease_until = $4, attempts = attempts + 1,
       first_sent_at = coalesce(first_sent_at, $2)
     where id in (
       select f.id from links.forward as f
       where f.member_id = $1 and f.acknowledged_at is null and f.next_attempt_at <= $2
         and (f.lease_until is null or f.lease_until <= $2) and (f.attempts = 0 or $6::boolean)
         and not exists (
           select 1 from links.forward as earlier
           where earlier.group_id = f.group_id and earlier.acknowledged_at is null
             and (earlier.created_at, earlier.id) < (f.created_at, f.id))
       order by f.next_attempt_at, f.id limit $5 for update of f skip locked)
     returning ${forwardColumns}`,
    [
      claim.memberId,
      instant(claim.nowMs),
      claim.holder,
      instant(claim.leaseUntilMs),
      claim.countMax,
      claim.repeats,
    ],
    'links_forward_claim',
  );
  return rows.map(toForward).sort((a, b) => a.nextAttemptAtMs - b.nextAttemptAtMs || (a.id < b.id ? -1 : 1));
}

/** One attempt that did not settle its message. */
export interface Retry {
  id: string;
  nextAttemptAtMs: number;
  /** Nothing was sent: the attempt does not count. */
  unsent: boolean;
  escalatedAtMs: number | null;
}

/** Sets the next attempts and gives the messages back, if they are still this process's. */
export async function rescheduleForwards(tx: Tx, holder: string, retries: readonly Retry[]): Promise<void> {
  if (retries.length === 0) return;
  const ids = retries.map((r) => r.id);
  await lockForwards(tx, ids);
  await tx.query(
    `update links.forward as f set next_attempt_at = r.next_attempt_at, lease_holder = null, lease_until = null,
       attempts = f.attempts - case when r.unsent then 1 else 0 end,
       first_sent_at = case when r.unsent and f.attempts = 1 then null else f.first_sent_at end,
       escalated_at = coalesce(f.escalated_at, r.escalated_at)
     from unnest($1::uuid[], $2::timestamptz[], $3::boolean[], $4::timestamptz[])
       as r (id, next_attempt_at, unsent, escalated_at)
     where f.id = r.id and f.lease_holder = $5 and f.acknowledged_at is null`,
    [
      ids,
      retries.map((r) => instant(r.nextAttemptAtMs)),
      retries.map((r) => r.unsent),
      retries.map((r) => instant(r.escalatedAtMs)),
      holder,
    ],
    'links_forward_reschedule',
  );
}

/** The end of a message. */
export interface Settlement {
  id: string;
  atMs: number;
  outcome: ForwardOutcome;
  responseCode: string;
}

/** Marks messages as answered; returns those that were not yet. A refused one is for a person to look at. */
export async function settleForwards(tx: Tx, settlements: readonly Settlement[]): Promise<Set<string>> {
  const ids = settlements.map((s) => s.id);
  await lockForwards(tx, ids);
  const { rows } = await tx.query<{ id: string }>(
    `update links.forward as f set acknowledged_at = s.at, outcome = s.outcome, response_code = s.code,
       lease_holder = null, lease_until = null,
       escalated_at = case when s.outcome = 'refused' then coalesce(f.escalated_at, s.at) else f.escalated_at end
     from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[]) as s (id, at, outcome, code)
     where f.id = s.id and f.acknowledged_at is null
     returning f.id`,
    [
      ids,
      settlements.map((s) => instant(s.atMs)),
      settlements.map((s) => s.outcome),
      settlements.map((s) => s.responseCode),
    ],
    'links_forward_settle',
  );
  return new Set(rows.map((r) => r.id));
}

/** Rows are locked in the order of their ids, so that two processes cannot wait for each other. */
async function lockForwards(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.query(
    'select id from links.forward where id = any ($1::uuid[]) order by id for update',
    [ids],
    'links_forward_lock',
  );
}

/** Flags what has waited since `beforeMs`, also where no attempt could be made. Returns how many. */
export async function escalateForwards(sql: Sql, beforeMs: number, nowMs: number): Promise<number> {
  const { rows } = await sql.query(
    `update links.forward set escalated_at = $2
     where acknowledged_at is null and escalated_at is null and created_at <= $1 returning id`,
    [instant(beforeMs), instant(nowMs)],
  );
  return rows.length;
}

/** How much a member still has to be told. */
export interface PendingForwards {
  memberId: string;
  pending: number;
  escalated: number;
  oldestAtMs: number;
}

/** What is still to be sent, by member. */
export async function pendingForwards(sql: Sql): Promise<PendingForwards[]> {
  const { rows } = await sql.query<{ member_id: string; pending: bigint; escalated: bigint; oldest: Date }>(
    `select member_id, count(*) as pending, count(escalated_at) as escalated, min(created_at) as oldest
     from links.forward where acknowledged_at is null group by member_id order by member_id`,
  );
  return rows.map((r) => ({
    memberId: r.member_id,
    pending: Number(r.pending),
    escalated: Number(r.escalated),
    oldestAtMs: r.oldest.getTime(),
  }));
}

/** The stored messages of one payment, in the order they were stored. */
export async function forwardsOf(sql: Sql, groupId: string): Promise<Forward[]> {
  const { rows } = await sql.query<ForwardRow>(
    `select ${forwardColumns} from links.forward where group_id = $1 order by created_at, id`,
    [groupId],
  );
  return rows.map(toForward);
}

/** Messages for a person to look at: refused by the bank, or long without an answer; the newest first. */
export async function escalatedForwards(sql: Sql, countMax: number): Promise<Forward[]> {
  const { rows } = await sql.query<ForwardRow>(
    `select ${forwardColumns} from links.forward where escalated_at is not null
     order by escalated_at desc, id desc limit $1`,
    [countMax],
  );
  return rows.map(toForward);
}
