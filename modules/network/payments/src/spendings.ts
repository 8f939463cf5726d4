import { addMonths, type Clock, monthOf, monthStartMs } from '@feiqian/clock';
import {
  type SetBudget,
  type Spending,
  type SpendingCategory,
  spendingCategories,
  trendMonths,
} from '@feiqian/contract';
import type { Db, Sql, Tx } from '@feiqian/db';
import type { Merchants } from '@feiqian/merchants';
import { categoryOf } from './category.ts';
import type { Payment } from './payment.ts';
import { spendingView, wholeBudget } from './spending.ts';
import { paymentsByIds } from './store/payments.ts';
import * as store from './store/spending.ts';

export interface SpendingsDeps {
  db: Db;
  clock: Clock;
  merchants: Pick<Merchants, 'mccsOf'>;
  currency: string;
  timeZone: string;
}

export type Spendings = ReturnType<typeof createSpendings>;

/** What people spend, by month and by what they spend it on, and what they mean to spend. */
export function createSpendings(deps: SpendingsDeps) {
  const { db, clock, currency, timeZone } = deps;
  const thisMonth = (): string => monthOf(clock.now(), timeZone);
  const spanOf = (month: string): store.MonthSpan => ({
    month,
    fromMs: monthStartMs(month, timeZone),
    toMs: monthStartMs(addMonths(month, 1), timeZone),
  });

  /** A month with the trend before it; the current one when none is named. */
  async function month(userId: string, asked: string | null, sql: Sql = db): Promise<Spending> {
    const last = asked ?? thisMonth();
    const months = Array.from({ length: trendMonths }, (_, i) => addMonths(last, i + 1 - trendMonths));
    const rows = await store.spentAtMerchants(sql, { userId, currency, months: months.map(spanOf) });
    const [mccs, budgets] = await Promise.all([
      deps.merchants.mccsOf(sql, [...new Set(rows.map((r) => r.merchantId))]),
      store.budgetsOf(sql, userId),
    ]);
    return spendingView(months, rows, budgets, (id) => mccs.get(id) ?? '', currency);
  }

  /** A month's payments with what they were spent on, newest first. */
  async function payments(
    userId: string,
    q: { month: string | null; category: SpendingCategory | null; before: string | null; limit: number },
  ): Promise<{ payment: Payment; mcc: string; category: SpendingCategory }[]> {
    const span = spanOf(q.month ?? thisMonth());
    const spent = await store.spentAtMerchants(db, { userId, currency, months: [span] });
    const mccs = await deps.merchants.mccsOf(
      db,
      spent.map((r) => r.merchantId),
    );
    const merchantIds = [...mccs].flatMap(([id, mcc]) =>
      q.category === null || categoryOf(mcc) === q.category ? [id] : [],
    );
    const { before, limit } = q;
    const ids = await store.paidAtMerchants(db, {
      userId,
      currency,
      month: span,
      merchantIds,
      before,
      limit,
    });
    const found = new Map((await paymentsByIds(db, ids)).map((p) => [p.id, p]));
    return ids.flatMap((id) => {
      const payment = found.get(id);
      const mcc = payment && mccs.get(payment.merchantId);
      return payment && mcc ? [{ payment, mcc, category: categoryOf(mcc) }] : [];
    });
  }

  /** Sets all budgets from this month on; what is not named has none. */
  async function setBudget(tx: Tx, userId: string, budget: SetBudget): Promise<Spending> {
    const fromMonth = thisMonth();
    const amounts = new Map(budget.categories.map((c) => [c.category as string, BigInt(c.amount)]));
    if (budget.total !== null) amounts.set(wholeBudget, BigInt(budget.total));
    const rows = [wholeBudget, ...spendingCategories].map((category) => {
      return { fromMonth, category, amount: amounts.get(category) ?? null };
    });
    await store.setBudgets(tx, userId, rows, clock.now());
    return month(userId, fromMonth, tx);
  }

  return {
    month,
    payments,
    setBudget,
    budgets: (userId: string) => store.budgetsOf(db, userId),
    erase: (tx: Tx, userId: string) => store.eraseBudgets(tx, userId),
  };
}
