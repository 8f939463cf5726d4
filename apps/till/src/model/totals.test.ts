import { describe, expect, it } from 'vitest';
import { paymentOf } from './payment.fake.ts';
import { refundable, totalsOf } from './totals.ts';

describe('the totals of a day', () => {
  const day = [
    paymentOf({ state: 'captured', amount: 1800 }),
    paymentOf({ state: 'partially_refunded', amount: 5000, refunded: 2000 }),
    paymentOf({ state: 'refunded', amount: 700, refunded: 700 }),
    paymentOf({ state: 'declined', amount: 9900 }),
    paymentOf({ state: 'unknown', amount: 1234 }),
    paymentOf({ state: 'created', amount: 4321 }),
    paymentOf({ state: 'expired', amount: 1 }),
    paymentOf({ state: 'reversed', amount: 2 }),
  ];

  it('count money only where it was captured', () => {
    expect(totalsOf(day)).toMatchObject({
      taken: 7500,
      takenCount: 3,
      refunded: 2700,
      refundedCount: 2,
      net: 4800,
    });
  });

  it('keep what no bank has confirmed apart', () => {
    expect(totalsOf(day).unresolved).toBe(1234);
  });

  it('put each sale into one drawer', () => {
    expect(totalsOf(day).count).toEqual({ paid: 1, refunded: 2, declined: 2, open: 2, lapsed: 1 });
  });

  it('know what may still be given back', () => {
    expect(day.map(refundable)).toEqual([1800, 3000, 0, 0, 0, 0, 0, 0]);
  });
});
