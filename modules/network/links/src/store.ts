import type { Sql, Tx } from '@feiqian/db';
import type { Forward, ForwardKind, ForwardOutcome, ForwardPayload, NewForward } from './forward.ts';
import type { Exchange, ExchangeOutcome, IssuerRequestKind, MaskedFields } from './request.ts';

/** An exchange with the payment it belongs to. */
export interface ExchangeOfGroup extends Exchange {
  groupId: string;
}

/** Makes instants from milliseconds, null staying null. */
function at(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** Stores exchanges in the caller's transaction; one that is stored already is left as it is. */
export async function recordExchanges(tx: Tx, exchanges: readonly ExchangeOfGroup[]): Promise<void> {
  if (exchanges.length === 0) return;
  await tx.query(
    `insert into links.exchange (id, group_id, member_id, kind, mti, rrn, stan, sent_at, received_at,
       response_code, outcome, request, response)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::jsonb[], $13::jsonb[])
     on conflict (group_id, id) do nothing`,
    [
      exchanges.map((e) => e.id),
      exchanges.map((e) => e.groupId),
      exchanges.map((e) => e.memberId),
      exchanges.map((e) => e.kind),
      exchanges.map((e) => e.mti),
      exchanges.map((e) => e.rrn),
      exchanges.map((e) => e.stan),
      exchanges.map((e) => at(e.sentAtMs)),
      exchanges.map((e) => at(e.receivedAtMs)),
      exchanges.map((e) => e.responseCode),
      exchanges.map((e) => e.outcome),
      exchanges.map((e) => JSON.stringify(e.request)),
      exchanges.map((e) => (e.response === null ? null : JSON.stringify(e.response))),
    ],
    'links_exchange_insert',
  );
}

interface ExchangeRow {
  id: string;
  group_id: string;
  member_id: string;
  kind: IssuerRequestKind;
  mti: string;
  rrn: string;
  stan: string;
  sent_at: Date;
  received_at: Date | null;
  response_code: string | null;
  outcome: ExchangeOutcome;
  request: MaskedFields;
  response: MaskedFields | null;
}

/** All messages of one payment in the order they were sent. */
export async function exchangesOf(sql: Sql, groupId: string): Promise<ExchangeOfGroup[]> {
  const { rows } = await sql.query<ExchangeRow>(
    `select id, group_id, member_id, kind, mti, rrn, stan, sent_at, received_at, response_code, outcome,
       request, response
     from links.exchange where group_id = $1 order by sent_at, id`,
    [groupId],
  );
  return rows.map((r) => ({
    id: r.id,
    groupId: r.group_id,
    memberId: r.member_id,
    kind: r.kind,
    mti: r.mti,
    rrn: r.rrn,
    stan: r.stan,
    sentAtMs: r.sent_at.getTime(),
    receivedAtMs: r.received_at?.getTime() ?? null,
    responseCode: r.response_code,
    outcome: r.outcome,
    request: r.request,
    response: r.response,
  }));
}

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
      forwards.map((f) => at(f.createdAtMs)),
      forwards.map((f) => at(f.notBeforeMs ?? f.createdAtMs)),
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
    acquirerCode: p.acquirerCode,
    posEntryMode: p.posEntryMode,
    ...(p.original === undefined ? {} : { original: p.original }),
  };
}

/** A row of `links.forward`. */
export interface ForwardRow {
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

/** The columns of a forward, in the order of {@link ForwardRow}. */
export const forwardColumns = `id, member_id, kind, group_id, pan_token, payload, created_at, attempts,
  next_attempt_at, first_sent_at, acknowledged_at, outcome, response_code, escalated_at`;

/** A forward from its row. */
export function toForward(r: ForwardRow): Forward {
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
