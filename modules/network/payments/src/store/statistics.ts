import type { Sql } from '@feiqian/db';

/** Payments of a day by hour, issuer and what became of them. */
export interface HourCount {
  hour: number;
  issuerId: string | null;
  state: string;
  count: number;
  captured: bigint;
  refunded: bigint;
}

/**
 * Counts the payments created from one instant on, by local hour. `merchantId` and `issuerId` narrow it to a
 * tenant. Reads an index of block ranges: the cost grows with the day, so callers keep the answer a moment.
 */
export async function countByHour(
  sql: Sql,
  q: { fromMs: number; timeZone: string; merchantId: string | null; issuerId: string | null },
): Promise<HourCount[]> {
  const { rows } = await sql.query<{
    hour: number;
    issuer_id: string | null;
    state: string;
    count: bigint;
    captured: bigint | null;
    refunded: bigint | null;
  }>(
    `select extract(hour from created_at at time zone $2)::int as hour, issuer_id, state, count(*) as count,
            sum(captured_amount)::bigint as captured, sum(refunded_amount)::bigint as refunded
     from payments.payment
     where created_at >= $1 and ($3::uuid is null or merchant_id = $3) and ($4::uuid is null or issuer_id = $4)
     group by 1, 2, 3`,
    [new Date(q.fromMs), q.timeZone, q.merchantId, q.issuerId],
  );
  return rows.map((r) => ({
    hour: r.hour,
    issuerId: r.issuer_id,
    state: r.state,
    count: Number(r.count),
    captured: r.captured ?? 0n,
    refunded: r.refunded ?? 0n,
  }));
}

/** The number of payments whose refunds came through, for a day's summary. */
export async function countRefunds(
  sql: Sql,
  q: { fromMs: number; merchantId: string | null; issuerId: string | null },
): Promise<{ count: number; amount: bigint }> {
  const { rows } = await sql.query<{ count: bigint; amount: bigint | null }>(
    `select count(*) as count, sum(r.amount)::bigint as amount
     from payments.refund r join payments.payment p on p.id = r.payment_id
     where r.completed_at >= $1 and r.state = 'succeeded'
       and ($2::uuid is null or p.merchant_id = $2) and ($3::uuid is null or p.issuer_id = $3)`,
    [new Date(q.fromMs), q.merchantId, q.issuerId],
  );
  return { count: Number(rows[0]?.count ?? 0n), amount: rows[0]?.amount ?? 0n };
}
