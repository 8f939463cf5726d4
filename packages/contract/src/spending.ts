import { type Static, Type } from 'typebox';
import { Payment } from './payments.ts';
import { Amount, AmountOrZero, Currency, jsonIntegerMax, Nullable, Page, Strict } from './shapes.ts';

/** What people spend money on: groups of merchant category codes (ISO 18245). */
export const spendingCategories = [
  'dining',
  'groceries',
  'shopping',
  'transport',
  'travel',
  'home',
  'health',
  'education',
  'leisure',
  'services',
  'other',
] as const;
export type SpendingCategory = (typeof spendingCategories)[number];
export const SpendingCategory = Type.Enum(spendingCategories);

/** A calendar month, `2026-11`. */
export const Month = Type.String({ pattern: '^2[0-9]{3}-(0[1-9]|1[0-2])$', examples: ['2026-11'] });

/** Months of the trend, the asked one included. */
export const trendMonths = 12;

const Left = Type.Integer({
  minimum: -jsonIntegerMax,
  maximum: jsonIntegerMax,
  description: 'What is left of the budget; less than nothing when more was spent',
});
export const Budgeted = Strict({ amount: Amount, left: Left });

/**
 * What a person has spent in a month, in minor units. Payments count in the month in which they were made, with what
 * was captured less what has come back since; transfers and repayments are not spending.
 */
export const Spending = Strict({
  month: Month,
  currency: Currency,
  total: AmountOrZero,
  payments: Type.Integer({ minimum: 0 }),
  refunded: AmountOrZero,
  budget: Nullable(Budgeted),
  categories: Type.Array(
    Strict({
      category: SpendingCategory,
      amount: AmountOrZero,
      payments: Type.Integer({ minimum: 0 }),
      budget: Nullable(Budgeted),
    }),
  ),
  trend: Type.Array(Strict({ month: Month, amount: AmountOrZero })),
});
export type Spending = Static<typeof Spending>;

/** One payment of a month with the category of its merchant. */
export const SpendingPayment = Strict({
  payment: Payment,
  mcc: Type.String({ pattern: '^[0-9]{4}$', description: 'ISO 18245' }),
  category: SpendingCategory,
});
export type SpendingPayment = Static<typeof SpendingPayment>;
export const SpendingPaymentPage = Page(SpendingPayment);
export type SpendingPaymentPage = Static<typeof SpendingPaymentPage>;

/** What somebody means to spend in a month at the most, from this month on. Null or absent is no budget. */
export const SetBudget = Strict({
  total: Nullable(Amount),
  categories: Type.Array(Strict({ category: SpendingCategory, amount: Amount }), {
    maxItems: spendingCategories.length,
  }),
});
export type SetBudget = Static<typeof SetBudget>;
