import type { Payment } from '@feiqian/contract';
import { describe, expect, test } from 'vitest';
import { daysInMonth, isOpen, isRecord, monthKey, monthView, shiftMonth, spentOf } from './record.ts';

let count = 0;
function payment(over: Partial<Payment>): Payment {
  count += 1;
  const amount = over.amount ?? 1800;
  return {
    id: `pay_${String(count).padStart(32, '0')}`,
    state: 'captured',
    amount,
    currency: 'CNY',
    authorised_amount: amount,
    captured_amount: amount,
    refunded_amount: 0,
    capture: 'automatic',
    entry: 'dynamic_code',
    order_reference: null,
    description: null,
    merchant: { id: 'mer_1', name: '云上咖啡' },
    store: { id: 'sto_1', name: '古城店' },
    terminal: null,
    card: null,
    decline: null,
    rrn: null,
    approval_code: null,
    code: null,
    link: null,
    created_at: '2026-11-10T02:00:00.000Z',
    updated_at: '2026-11-10T02:00:00.000Z',
    expires_at: '2026-11-10T02:05:00.000Z',
    completed_at: null,
    ...over,
  };
}
const declined = { state: 'declined', captured_amount: 0, authorised_amount: 0 } as const;

describe('what a payment cost the payer', () => {
  test('is what was captured less what came back', () => {
    expect(spentOf(payment({ state: 'partially_refunded', refunded_amount: 300 }))).toBe(1500);
    expect(spentOf(payment({ state: 'refunded', refunded_amount: 1800 }))).toBe(0);
  });
  test('is what is held after a pre-authorisation', () => {
    expect(spentOf(payment({ state: 'authorised', captured_amount: 0, authorised_amount: 50_000 }))).toBe(
      50_000,
    );
  });
  test('is nothing when it was declined, reversed or is not known yet', () => {
    expect(spentOf(payment(declined))).toBe(0);
    expect(spentOf(payment({ state: 'reversed' }))).toBe(0);
    expect(spentOf(payment({ state: 'unknown' }))).toBe(0);
  });
});

test('only processing and unknown are still open', () => {
  const open = (['created', 'processing', 'unknown', 'captured', 'declined'] as const).filter((state) =>
    isOpen(payment({ state })),
  );
  expect(open).toEqual(['processing', 'unknown']);
});

test('an order that was opened and never paid is no record', () => {
  expect(isRecord(payment({ state: 'created' }))).toBe(false);
  expect(isRecord(payment({ state: 'expired' }))).toBe(false);
  expect(isRecord(payment({ state: 'unknown' }))).toBe(true);
  const card = { bank_id: 'yunzhou', bank_name: '', bank_name_en: '', kind: 'debit', last4: '6607' } as const;
  expect(isRecord(payment({ state: 'expired', card }))).toBe(true);
});

describe('months', () => {
  test('begin at midnight of the city, not of Greenwich', () => {
    expect(monthKey('2026-10-31T15:59:59.999Z')).toBe('2026-10');
    expect(monthKey('2026-10-31T16:00:00.000Z')).toBe('2026-11');
  });
  test('go over the end of a year in both directions', () => {
    expect(shiftMonth('2026-12', 1)).toBe('2027-01');
    expect(shiftMonth('2026-01', -1)).toBe('2025-12');
  });
  test('know a leap year', () => {
    expect(daysInMonth('2028-02')).toBe(29);
    expect(daysInMonth('2026-02')).toBe(28);
  });
});

describe('the view of a month', () => {
  const payments = [
    payment({ created_at: '2026-11-10T02:00:00.000Z' }),
    payment({ created_at: '2026-11-10T15:59:00.000Z', amount: 200 }),
    payment({
      created_at: '2026-11-10T16:01:00.000Z',
      amount: 5000,
      state: 'refunded',
      refunded_amount: 5000,
    }),
    payment({ created_at: '2026-11-20T02:00:00.000Z', ...declined }),
    payment({ created_at: '2026-10-31T15:00:00.000Z', amount: 999_999 }),
  ];

  test('has one bar a day and sums of its own payments only', () => {
    const view = monthView(payments, '2026-11');
    expect(view.spentByDay).toHaveLength(30);
    expect(view.spentByDay[9]).toBe(2000);
    expect(view.spent).toBe(2000);
    expect(view.refunded).toBe(5000);
    expect(view.count).toBe(2);
  });

  test('lists the newest day and payment first', () => {
    const view = monthView(payments, '2026-11');
    expect(view.days.map((one) => one.day)).toEqual(['2026-11-20', '2026-11-11', '2026-11-10']);
    expect(view.days[2]?.payments.map((one) => one.amount)).toEqual([200, 1800]);
  });

  test('narrows the list by kind and by day but not the bars', () => {
    expect(monthView(payments, '2026-11', 'failed').days.map((one) => one.day)).toEqual(['2026-11-20']);
    expect(monthView(payments, '2026-11', 'refunded').days).toHaveLength(1);
    const oneDay = monthView(payments, '2026-11', 'paid', '2026-11-10');
    expect(oneDay.days.flatMap((one) => one.payments)).toHaveLength(2);
    expect(oneDay.spent).toBe(2000);
  });
});
