import type { Bill } from '@feiqian/contract';
import { expect, test } from 'vitest';
import { type AutoRepay, afterTry, dueAmount, lookEveryMs, mayTry, retryMs, triesMax } from './autoRepay.ts';

const bill: Bill = {
  id: 'bill_1',
  account_id: 'acc_1',
  currency: 'CNY',
  statement_date: '2026-01-05',
  due_date: '2026-01-25',
  amount: 100_000,
  minimum: 10_000,
  paid: 4_000,
  state: 'open',
};
const setting: AutoRepay = {
  accountId: 'account',
  userId: 'user',
  deviceId: 'device',
  cardId: 'card',
  fromCardId: 'from',
  mode: 'full',
  state: 'waiting',
  billId: null,
  tries: 0,
  failedBecause: null,
  transferId: null,
  actedAtMs: null,
  lookAtMs: 0,
};

test('nothing is repaid before the day a bill is due', () => {
  expect(dueAmount('full', bill, 96_000, '2026-01-24')).toBe(0);
  expect(dueAmount('full', bill, 96_000, '2026-01-25')).toBe(96_000);
  expect(dueAmount('full', { ...bill, state: 'overdue' }, 96_000, '2026-01-26')).toBe(96_000);
});

test('the minimum is the minimum less what was paid, all is all less what was paid, and never more than is owed', () => {
  expect(dueAmount('minimum', bill, 96_000, '2026-01-25')).toBe(6_000);
  expect(dueAmount('minimum', { ...bill, paid: 10_000, state: 'minimum_paid' }, 90_000, '2026-01-25')).toBe(
    0,
  );
  expect(dueAmount('full', bill, 500, '2026-01-25')).toBe(500);
  expect(dueAmount('full', { ...bill, state: 'paid', paid: 100_000 }, 20_000, '2026-01-25')).toBe(0);
  expect(dueAmount('full', { ...bill, state: 'carried' }, 20_000, '2026-01-25')).toBe(0);
  expect(dueAmount('full', null, 20_000, '2026-01-25')).toBe(0);
});

test('a try that fails is tried again in an hour, a few times; the next bill begins anew', () => {
  const refused = { paid: false, because: 'insufficient_funds', transferId: null };
  let now = 1_000;
  let a = setting;
  for (let i = 1; i < triesMax; i++) {
    expect(mayTry(a, 'bill_1')).toBe(true);
    a = afterTry(a, 'bill_1', refused, now);
    expect(a).toMatchObject({ state: 'retrying', tries: i, lookAtMs: now + retryMs });
    now += retryMs;
  }
  a = afterTry(a, 'bill_1', refused, now);
  expect(a).toMatchObject({ state: 'failed', tries: triesMax, lookAtMs: now + lookEveryMs });
  expect(mayTry(a, 'bill_1')).toBe(false);
  expect(mayTry(a, 'bill_2')).toBe(true);
  const paid = { paid: true, because: null, transferId: 'transfer' };
  const next = afterTry(a, 'bill_2', paid, now);
  expect(next).toMatchObject({ state: 'paid', tries: 1, billId: 'bill_2' });
  expect(mayTry(next, 'bill_2')).toBe(false);
});
