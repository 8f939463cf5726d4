import { spendingCategories } from '@feiqian/contract';
import { expect, test } from 'vitest';
import { categoryOf, categoryRanges } from './category.ts';
import { budgetsIn, type MerchantSpending, spendingView } from './spending.ts';

test('category codes are in order, overlap nowhere, and lead to a category', () => {
  let last = -1;
  for (const [from, to, category] of categoryRanges) {
    expect([from, to >= from, from > last]).toEqual([from, true, true]);
    expect(spendingCategories).toContain(category);
    last = to;
  }
});

test('well-known codes are where people look for them, and an unknown one is other', () => {
  const known = Object.entries({
    '5814': 'dining',
    '5812': 'dining',
    '5411': 'groceries',
    '5311': 'shopping',
    '5541': 'transport',
    '4121': 'transport',
    '7523': 'transport',
    '7011': 'travel',
    '4900': 'home',
    '5912': 'health',
    '8062': 'health',
    '8220': 'education',
    '5942': 'education',
    '7832': 'leisure',
    '7230': 'services',
    '9311': 'services',
    '0000': 'other',
    '6011': 'other',
    '': 'other',
  });
  expect(known.map(([mcc]) => [mcc, categoryOf(mcc)])).toEqual(known);
});

const row = (month: string, merchantId: string, amount: bigint, refunded = 0n): MerchantSpending => ({
  month,
  merchantId,
  amount,
  refunded,
  payments: 1,
});
const mccOf = (id: string) => ({ cafe: '5814', bar: '5813', cinema: '7832' })[id] ?? '';

test('a month is what its merchants got, by category from the largest down, with the trend', () => {
  const months = ['2026-10', '2026-11'];
  const rows = [
    row('2026-11', 'cinema', 500n),
    row('2026-11', 'cafe', 300n, 100n),
    row('2026-11', 'bar', 400n),
    row('2026-10', 'cafe', 50n),
  ];
  const budgets = [
    { fromMonth: '2026-11', category: 'total', amount: 1_000n },
    { fromMonth: '2026-11', category: 'leisure', amount: 800n },
    { fromMonth: '2026-11', category: 'travel', amount: 90n },
  ];
  expect(spendingView(months, rows, budgets, mccOf, 'CNY')).toEqual({
    month: '2026-11',
    currency: 'CNY',
    total: 1_200,
    payments: 3,
    refunded: 100,
    budget: { amount: 1_000, left: -200 },
    categories: [
      { category: 'dining', amount: 700, payments: 2, budget: null },
      { category: 'leisure', amount: 500, payments: 1, budget: { amount: 800, left: 300 } },
      { category: 'travel', amount: 0, payments: 0, budget: { amount: 90, left: 90 } },
    ],
    trend: [
      { month: '2026-10', amount: 50 },
      { month: '2026-11', amount: 1_200 },
    ],
  });
});

test('a budget holds from its month on until another one or its end', () => {
  const rows = [
    { fromMonth: '2026-08', category: 'total', amount: 100n },
    { fromMonth: '2026-10', category: 'total', amount: 200n },
    { fromMonth: '2026-11', category: 'total', amount: null },
  ];
  const held = ['2026-07', '2026-08', '2026-09', '2026-10', '2026-11', '2026-12'].map(
    (m) => budgetsIn(m, [...rows].reverse()).get('total') ?? null,
  );
  expect(held).toEqual([null, 100n, 100n, 200n, null, null]);
});
