import type { Payment, Transfer } from '@feiqian/contract';
import { describe, expect, test } from 'vitest';
import { byDay, csvOf, differencesOf, timeline } from './timeline.ts';

const payment = (n: number, over: Partial<Payment> = {}): Payment =>
  ({
    id: `pay_${String(n).padStart(32, '0')}`,
    state: 'captured',
    amount: 1800,
    currency: 'CNY',
    authorised_amount: 1800,
    captured_amount: 1800,
    refunded_amount: 0,
    description: null,
    order_reference: null,
    merchant: { id: 'mer_1', name: '云上咖啡' },
    store: { id: 'sto_1', name: '古城店' },
    card: { last4: '0012' },
    rrn: `RRN${n}`,
    created_at: `2026-11-10T0${n}:00:00.000Z`,
    updated_at: `2026-11-10T0${n}:00:01.000Z`,
    ...over,
  }) as Payment;
const transfer = (n: number, over: Partial<Transfer> = {}): Transfer =>
  ({
    id: `trf_${String(n).padStart(32, '0')}`,
    kind: 'transfer',
    state: 'completed',
    direction: 'out',
    amount: 6600,
    currency: 'CNY',
    note: '晚饭',
    payer: { name: null, card: null },
    payee: { via: 'mobile', name: '王*', bank_name: '盐湖农信', bank_name_en: 'Yanhu', last4: null },
    debit: { rrn: 'DEB1' },
    credit: { rrn: 'CRE1' },
    created_at: `2026-11-10T0${n}:30:00.000Z`,
    ...over,
  }) as Transfer;
const whole = { month: '2026-11', filter: 'all', day: null, query: '' } as const;

describe('the timeline', () => {
  test('has payments and transfers in one order, day by day', () => {
    const entries = timeline([payment(1), payment(3)], [transfer(2), transfer(4)], whole);
    expect(entries.map((e) => e.kind)).toEqual(['transfer', 'payment', 'transfer', 'payment']);
    expect(byDay(entries).map((d) => [d.day, d.entries.length])).toEqual([['2026-11-10', 4]]);
    expect(timeline([payment(1)], [transfer(2)], { ...whole, month: '2026-10' })).toEqual([]);
  });

  test('is searched by name, note, reference and amount, all words together', () => {
    const found = (query: string) =>
      timeline([payment(1)], [transfer(2)], { ...whole, query }).map((e) => e.kind);
    expect(found('咖啡')).toEqual(['payment']);
    expect(found('晚饭 66.00')).toEqual(['transfer']);
    expect(found('cre1')).toEqual(['transfer']);
    expect(found('咖啡 晚饭')).toEqual([]);
  });

  test('narrows transfers as it narrows payments', () => {
    const list = [transfer(1), transfer(2, { direction: 'in' }), transfer(3, { state: 'returned' })];
    const ids = (filter: 'paid' | 'refunded' | 'failed') => timeline([], list, { ...whole, filter }).length;
    expect([ids('paid'), ids('refunded'), ids('failed')]).toEqual([1, 1, 1]);
  });
});

test('CSV quotes what needs it and makes no formula of what people wrote', () => {
  const csv = csvOf(timeline([], [transfer(1, { note: '=HYPERLINK("x"), y' })], whole));
  expect(csv).toBe(
    `\ufefftime,kind,state,direction,name,amount,currency,note,reference,id\r\n2026-11-10T01:30:00.000Z,transfer,completed,out,王*,-66.00,CNY,"'=HYPERLINK(""x""), y",CRE1,trf_${'1'.padStart(32, '0')}\r\n`,
  );
});

describe('the phone’s copy', () => {
  test('that agrees, and what went on since, is no difference', () => {
    const later = {
      state: 'refunded' as const,
      refunded_amount: 1800,
      updated_at: '2026-11-11T00:00:00.000Z',
    };
    expect(differencesOf([payment(2), payment(1)], [payment(3), payment(2, later), payment(1)])).toEqual([]);
  });

  test('of another amount, or of a payment that is gone, is shown', () => {
    const kept = [payment(3), payment(2)];
    const told = [payment(3, { captured_amount: 900 }), payment(1)];
    expect(differencesOf(kept, told).map((d) => [d.id, d.told?.captured_amount ?? null])).toEqual([
      [payment(3).id, 900],
      [payment(2).id, null],
    ]);
  });

  test('of before the page that was asked for says nothing', () => {
    expect(differencesOf([payment(1)], [payment(2)])).toEqual([]);
  });
});
