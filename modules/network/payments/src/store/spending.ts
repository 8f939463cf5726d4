import { instant } from '@feiqian/clock';
import type { Sql, Tx } from '@feiqian/db';
import type { BudgetRow, MerchantSpending } from '../spending.ts';

/** A month and when it begins and ends, ms. */
export interface MonthSpan {
  month: string;
  fromMs: number;
  toMs: number;
}

/** The least id of an instant: a UUIDv7 begins with its milliseconds. */
function idAt(atMs: number): string {
  const hex = atMs.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** What a person has spent in each of some months at each merchant. Payments are found by their ids, which tell their time. */
export async function spentAtMerchants(
  sql: Sql,
  q: { userId: string; currency: string; months: readonly MonthSpan[] },
): Promise<MerchantSpending[]> {
  const { rows } = await sql.query<{
    month: string;
    merchant_id: string;
    amount: bigint;
    refunded: bigint;
    payments: bigint;
  }>(
    `select m.month, p.merchant_id, sum(p.captured_amount - p.refunded_amount)::bigint as amount,
       sum(p.refunded_amount)::bigint as refunded, count(*) as payments
     from unnest($3::text[], $4::uuid[], $5::uuid[]) as m (month, from_id, to_id)
     join (select distinct payment_id from payments.payer where user_id = $1 and payment_id >= $6 and payment_id < $7) l
       on l.payment_id >= m.from_id and l.payment_id < m.to_id
     join payments.payment p on p.id = l.payment_id
     where p.user_id = $1 and p.currency = $2 and p.captured_amount > 0
     group by m.month, p.merchant_id order by m.month, p.merchant_id`,
    [
      q.userId,
      q.currency,
      q.months.map((m) => m.month),
      q.months.map((m) => idAt(m.fromMs)),
      q.months.map((m) => idAt(m.toMs)),
      idAt(Math.min(...q.months.map((m) => m.fromMs))),
      idAt(Math.max(...q.months.map((m) => m.toMs))),
    ],
    'payments_spent_at_merchants',
  );
  return rows.map((r) => ({
    month: r.month,
    merchantId: r.merchant_id,
    amount: r.amount,
    refunded: r.refunded,
    payments: Number(r.payments),
  }));
}

/** Ids of a person's payments of a month at some merchants, newest first. */
export async function paidAtMerchants(
  sql: Sql,
  q: {
    userId: string;
    currency: string;
    month: MonthSpan;
    merchantIds: readonly string[];
    before: string | null;
    limit: number;
  },
): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select p.id from (select distinct payment_id from payments.payer
       where user_id = $1 and payment_id >= $4 and payment_id < $5 and ($6::uuid is null or payment_id < $6)) l
     join payments.payment p on p.id = l.payment_id
     where p.user_id = $1 and p.currency = $2 and p.captured_amount > 0 and p.merchant_id = any($3::uuid[])
     order by p.id desc limit $7`,
    [q.userId, q.currency, q.merchantIds, idAt(q.month.fromMs), idAt(q.month.toMs), q.before, q.limit],
    'payments_paid_at_merchants',
  );
  return rows.map((r) => r.id);
}

export async function budgetsOf(sql: Sql, userId: string): Promise<BudgetRow[]> {
  const { rows } = await sql.query<{ from_month: string; category: string; amount: bigint | null }>(
    'select from_month, category, amount from payments.budget where user_id = $1 order by category, from_month',
    [userId],
    'payments_budgets_of',
  );
  return rows.map((r) => ({ fromMonth: r.from_month, category: r.category, amount: r.amount }));
}

/** Sets budgets from a month on: these, and nothing that was set for later. */
export async function setBudgets(
  tx: Tx,
  userId: string,
  rows: readonly BudgetRow[],
  atMs: number,
): Promise<void> {
  const sorted = [...rows].sort((a, b) => (a.category < b.category ? -1 : 1));
  await tx.query(
    `insert into payments.budget (user_id, from_month, category, amount, set_at)
     select $1, u.from_month, u.category, u.amount, $5
     from unnest($2::text[], $3::text[], $4::bigint[]) as u (from_month, category, amount)
     on conflict (user_id, category, from_month) do update set amount = excluded.amount, set_at = excluded.set_at`,
    [
      userId,
      sorted.map((r) => r.fromMonth),
      sorted.map((r) => r.category),
      sorted.map((r) => r.amount),
      instant(atMs),
    ],
  );
}

/** Forgets a person's budgets. */
export async function eraseBudgets(tx: Tx, userId: string): Promise<void> {
  await tx.query('delete from payments.budget where user_id = $1', [userId]);
}
