import { instant } from '@feiqian/clock';
import { lines, type Sql, type Tx } from '@feiqian/db';
import type { Exchange, ExchangeOutcome, IssuerRequestKind } from '../request.ts';

/** An exchange with the payment it belongs to. */
export interface ExchangeOfGroup extends Exchange {
  groupId: string;
}

/** Stores exchanges in the caller's transaction; one that is stored already is left as it is. */
export async function recordExchanges(tx: Tx, exchanges: readonly ExchangeOfGroup[]): Promise<void> {
  if (exchanges.length === 0) return;
  await tx.query(
    `insert into links.exchange (id, group_id, member_id, kind, mti, rrn, stan, sent_at, received_at,
       response_code, outcome, request, response)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], string_to_array($4, e'\n'),
       string_to_array($5, e'\n'), $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::text[],
       string_to_array($11, e'\n'), string_to_array($12, e'\n'), string_to_array($13, e'\n', ''))
     on conflict (group_id, id) do nothing`,
    [
      exchanges.map((e) => e.id),
      exchanges.map((e) => e.groupId),
      exchanges.map((e) => e.memberId),
      lines(exchanges.map((e) => e.kind)),
      lines(exchanges.map((e) => e.mti)),
      exchanges.map((e) => e.rrn),
      exchanges.map((e) => e.stan),
      exchanges.map((e) => instant(e.sentAtMs)),
      exchanges.map((e) => instant(e.receivedAtMs)),
      exchanges.map((e) => e.responseCode),
      lines(exchanges.map((e) => e.outcome)),
      lines(exchanges.map((e) => JSON.stringify(e.request))),
      lines(exchanges.map((e) => (e.response === null ? null : JSON.stringify(e.response)))),
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
  request: string;
  response: string | null;
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
    request: JSON.parse(r.request),
    response: r.response === null ? null : JSON.parse(r.response),
  }));
}
