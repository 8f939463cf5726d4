import { type Spending, type SpendingCategory, spendingCategories } from '@feiqian/contract';
import { categoryOf } from './category.ts';

/** What one person has spent at one merchant in one month, minor units. */
export interface MerchantSpending {
  month: string;
  merchantId: string;
  /** Captured, less what came back. */
  amount: bigint;
  refunded: bigint;
  payments: number;
}

/** A budget from a month on; null ends one. */
export interface BudgetRow {
  fromMonth: string;
  category: string;
  amount: bigint | null;
}

/** Name of the budget for everything. */
export const wholeBudget = 'total';

/** The budgets that hold in a month, by category: the newest row that has begun. */
export function budgetsIn(month: string, rows: readonly BudgetRow[]): Map<string, bigint> {
  const begun = rows.filter((r) => r.fromMonth <= month).sort((a, b) => (a.fromMonth < b.fromMonth ? -1 : 1));
  const held = new Map<string, bigint>();
  for (const { category, amount } of begun) {
    if (amount === null) held.delete(category);
    else held.set(category, amount);
  }
  return held;
}

const budgeted = (amount: bigint | undefined, spent: bigint) =>
  amount === undefined ? null : { amount: Number(amount), left: Number(amount - spent) };

/**
 * A month as its person sees it: categories from the largest down, those without spending and without a budget left
 * out.
 * @param months the trend's, in order; the last is the month itself
 * @param mccOf category code of a merchant
 */
export function spendingView(
  months: readonly string[],
  rows: readonly MerchantSpending[],
  budgets: readonly BudgetRow[],
  mccOf: (merchantId: string) => string,
  currency: string,
): Spending {
  const month = months.at(-1) as string;
  const held = budgetsIn(month, budgets);
  const own = rows.filter((r) => r.month === month);
  const sum = (list: readonly MerchantSpending[]) => list.reduce((all, r) => all + r.amount, 0n);
  const count = (list: readonly MerchantSpending[]) => list.reduce((all, r) => all + r.payments, 0);
  const categories = spendingCategories
    .map((category: SpendingCategory) => {
      const list = own.filter((r) => categoryOf(mccOf(r.merchantId)) === category);
      const amount = sum(list);
      const budget = budgeted(held.get(category), amount);
      return { category, amount: Number(amount), payments: count(list), budget };
    })
    .filter((c) => c.payments > 0 || c.budget !== null)
    .sort((a, b) => b.amount - a.amount);
  const total = sum(own);
  return {
    month,
    currency,
    total: Number(total),
    payments: count(own),
    refunded: Number(own.reduce((all, r) => all + r.refunded, 0n)),
    budget: budgeted(held.get(wholeBudget), total),
    categories,
    trend: months.map((m) => ({ month: m, amount: Number(sum(rows.filter((r) => r.month === m))) })),
  };
}
