import { instant } from '@feiqian/clock';
import type { Sql, Tx } from '@feiqian/db';
import type { Refund } from '../payment.ts';

interface RefundRow {
  id: string;
  payment_id: string;
  amount: bigint;
  currency: string;
  reason: string;
  state: Refund['state'];
  rrn: string;
  stan: string;
  created_at: Date;
  completed_at: Date | null;
}
const refundColumns = 'id, payment_id, amount, currency, reason, state, rrn, stan, created_at, completed_at';
const toRefund = (r: RefundRow): Refund => ({
  id: r.id,
  paymentId: r.payment_id,
  amount: r.amount,
  currency: r.currency,
  reason: r.reason,
  state: r.state,
  rrn: r.rrn,
  stan: r.stan,
  createdAtMs: r.created_at.getTime(),
  completedAtMs: r.completed_at?.getTime() ?? null,
});

export async function insertRefund(tx: Tx, r: Refund): Promise<void> {
  await tx.query(
    `insert into payments.refund (${refundColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      r.id,
      r.paymentId,
      r.amount,
      r.currency,
      r.reason,
      r.state,
      r.rrn,
      r.stan,
      instant(r.createdAtMs),
      instant(r.completedAtMs),
    ],
  );
}

export async function updateRefunds(tx: Tx, changed: readonly Refund[]): Promise<void> {
  if (changed.length === 0) return;
  await tx.query(
    `update payments.refund r set state = u.state, completed_at = u.completed_at
     from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as u (id, state, completed_at) where r.id = u.id`,
    [changed.map((r) => r.id), changed.map((r) => r.state), changed.map((r) => instant(r.completedAtMs))],
  );
}

export async function refundById(sql: Sql, id: string): Promise<Refund | undefined> {
  const { rows } = await sql.query<RefundRow>(`select ${refundColumns} from payments.refund where id = $1`, [
    id,
  ]);
  return rows[0] && toRefund(rows[0]);
}

export async function refundsByIds(sql: Sql, ids: readonly string[]): Promise<Map<string, Refund>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql.query<RefundRow>(
    `select ${refundColumns} from payments.refund where id = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((r) => [r.id, toRefund(r)]));
}

export async function refundsOf(sql: Sql, paymentId: string): Promise<Refund[]> {
  const { rows } = await sql.query<RefundRow>(
    `select ${refundColumns} from payments.refund where payment_id = $1 order by created_at, id`,
    [paymentId],
  );
  return rows.map(toRefund);
}
