import type { Payment, PaymentState } from '@feiqian/contract';

/** What a cashier filters by: the states folded into five drawers. */
export const saleGroups = ['paid', 'open', 'declined', 'refunded', 'lapsed'] as const;
export type SaleGroup = (typeof saleGroups)[number];

const groupOf: Record<PaymentState, SaleGroup> = {
  captured: 'paid',
  partially_refunded: 'refunded',
  refunded: 'refunded',
  created: 'open',
  processing: 'open',
  authorised: 'open',
  unknown: 'open',
  declined: 'declined',
  reversed: 'declined',
  cancelled: 'lapsed',
  expired: 'lapsed',
};

export function saleGroup(payment: Payment): SaleGroup {
  return groupOf[payment.state];
}

export interface Totals {
  /** Captured, before refunds; minor units. */
  readonly taken: number;
  readonly takenCount: number;
  readonly refunded: number;
  readonly refundedCount: number;
  /** taken − refunded. */
  readonly net: number;
  /** Asked of a bank and not yet known; minor units. */
  readonly unresolved: number;
  readonly unresolvedCount: number;
  readonly count: Readonly<Record<SaleGroup, number>>;
}

/** The day's sums. Money counts where it was captured; an open payment is never counted as taken. */
export function totalsOf(payments: readonly Payment[]): Totals {
  const count: Record<SaleGroup, number> = { paid: 0, open: 0, declined: 0, refunded: 0, lapsed: 0 };
  let taken = 0;
  let takenCount = 0;
  let refunded = 0;
  let refundedCount = 0;
  let unresolved = 0;
  let unresolvedCount = 0;
  for (const payment of payments) {
    count[saleGroup(payment)] += 1;
    taken += payment.captured_amount;
    if (payment.captured_amount > 0) takenCount += 1;
    refunded += payment.refunded_amount;
    if (payment.refunded_amount > 0) refundedCount += 1;
    if (payment.state === 'unknown' || payment.state === 'processing') {
      unresolved += payment.amount;
      unresolvedCount += 1;
    }
  }
  return {
    taken,
    takenCount,
    refunded,
    refundedCount,
    net: taken - refunded,
    unresolved,
    unresolvedCount,
    count,
  };
}

/** What may still be given back of a payment, in minor units. */
export function refundable(payment: Payment): number {
  const open = payment.state === 'captured' || payment.state === 'partially_refunded';
  return open ? payment.captured_amount - payment.refunded_amount : 0;
}
