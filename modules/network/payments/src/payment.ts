import type { Entry, ErrorCode, PaymentState, RefundState } from '@feiqian/contract';
import { mayBecome, payable } from './state.ts';

/** A payment as the network keeps it. Ids are UUIDs, amounts minor units, times ms since 1970. */
export interface Payment {
  readonly id: string;
  /** Rises with every change; a change is stored only on the version it was decided on. */
  readonly version: number;
  readonly merchantId: string;
  readonly storeId: string;
  readonly payableAccount: string;
  readonly merchantName: string;
  readonly storeName: string;
  readonly state: PaymentState;
  readonly amount: bigint;
  readonly currency: string;
  readonly authorisedAmount: bigint;
  readonly capturedAmount: bigint;
  /** Refunds accepted so far, settled or not: never more than was captured. */
  readonly refundReserved: bigint;
  readonly refundedAmount: bigint;
  readonly capture: 'automatic' | 'manual';
  readonly entry: Entry;
  readonly orderReference: string | null;
  readonly description: string | null;
  readonly terminal: string;
  readonly userId: string | null;
  readonly tokenId: string | null;
  readonly issuerId: string | null;
  readonly cardKind: 'debit' | 'credit' | null;
  readonly cardLast4: string | null;
  readonly declineCode: string | null;
  readonly responseCode: string | null;
  readonly stan: string | null;
  readonly rrn: string | null;
  readonly approvalCode: string | null;
  readonly attempts: number;
  readonly sentAtMs: number | null;
  readonly dueAtMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly expiresAtMs: number;
  readonly completedAtMs: number | null;
}

export interface Refund {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly state: RefundState;
  readonly rrn: string;
  readonly stan: string;
  readonly createdAtMs: number;
  readonly completedAtMs: number | null;
}

/** A payer's card as a payment needs it. */
export interface PayerCard {
  tokenId: string;
  userId: string;
  issuerId: string;
  kind: 'debit' | 'credit';
  last4: string;
  usable: boolean;
}

/** How the bank leg ended, as the decision sees it. */
export type BankOutcome =
  | { kind: 'approved'; responseCode: string; approvalCode: string | null }
  | { kind: 'declined'; responseCode: string; declineCode: string }
  /** Nothing was sent: nothing can have moved. */
  | { kind: 'not_sent'; declineCode: string }
  /** No answer to believe, or the process died: it is reversed. */
  | { kind: 'unknown' };

export type Refusal = { ok: false; code: ErrorCode };
export type Decision<T> = ({ ok: true } & T) | Refusal;

/** How long after sending the sweeper takes a payment without an outcome for unknown: longer than any link waits. */
export const outcomeMsMax = 15_000;
/** How long an authorisation holds when nobody captures it. */
export const authorisationMs = 7 * 24 * 3600_000;

const refuse = (code: ErrorCode): Refusal => ({ ok: false, code });

function become(payment: Payment, state: PaymentState, atMs: number, change: Partial<Payment> = {}): Payment {
  if (!mayBecome(payment.state, state)) {
    throw new Error(`payment ${payment.id}: ${payment.state} may not become ${state}`);
  }
  return {
    ...payment,
    ...change,
    state,
    version: payment.version + 1,
    updatedAtMs: Math.max(atMs, payment.updatedAtMs),
  };
}

/** A payer begins to pay. The reference names the message that will go to the bank. */
export function begin(
  payment: Payment | undefined,
  card: PayerCard | undefined,
  by: { userId: string; merchantId: string | null },
  reference: { stan: string; rrn: string },
  atMs: number,
): Decision<{ payment: Payment }> {
  if (payment === undefined) return refuse('not_found');
  // Through a till the payment must be the merchant's own; through a wallet it must be free or one's own.
  if (by.merchantId !== null && payment.merchantId !== by.merchantId) return refuse('not_found');
  if (by.merchantId === null && payment.userId !== null && payment.userId !== by.userId)
    return refuse('not_found');
  if (card === undefined || card.userId !== by.userId) return refuse('card_unknown');
  if (!card.usable) return refuse('card_not_usable');
  if (payment.state === 'processing' || payment.state === 'unknown') return refuse('payment_in_progress');
  if (!payable.includes(payment.state)) return refuse('payment_not_payable');
  if (payment.expiresAtMs <= atMs) return refuse('payment_expired');
  return {
    ok: true,
    payment: become(payment, 'processing', atMs, {
      userId: by.userId,
      tokenId: card.tokenId,
      issuerId: card.issuerId,
      cardKind: card.kind,
      cardLast4: card.last4,
      declineCode: null,
      responseCode: null,
      stan: reference.stan,
      rrn: reference.rrn,
      approvalCode: null,
      attempts: payment.attempts + 1,
      sentAtMs: atMs,
      dueAtMs: atMs + outcomeMsMax,
      completedAtMs: null,
    }),
  };
}

export type Completed =
  | { kind: 'settled'; payment: Payment; book: 'purchase' | 'hold' | null }
  | { kind: 'reverse'; payment: Payment }
  /** The payment is no longer waiting for this message: what the bank said is recorded and changes nothing. */
  | { kind: 'late' };

/** The bank leg of the message `rrn` ended. */
export function complete(payment: Payment, rrn: string, outcome: BankOutcome, atMs: number): Completed {
  if (payment.state !== 'processing' || payment.rrn !== rrn) return { kind: 'late' };
  const done = { dueAtMs: null, completedAtMs: atMs };
  switch (outcome.kind) {
    case 'approved': {
      const approved = {
        ...done,
        authorisedAmount: payment.amount,
        responseCode: outcome.responseCode,
        approvalCode: outcome.approvalCode,
      };
      return payment.capture === 'automatic'
        ? {
            kind: 'settled',
            payment: become(payment, 'captured', atMs, { ...approved, capturedAmount: payment.amount }),
            book: 'purchase',
          }
        : {
            kind: 'settled',
            payment: become(payment, 'authorised', atMs, { ...approved, dueAtMs: atMs + authorisationMs }),
            book: 'hold',
          };
    }
    case 'declined':
    case 'not_sent':
      return {
        kind: 'settled',
        payment: become(payment, 'declined', atMs, {
          ...done,
          dueAtMs: payment.expiresAtMs,
          declineCode: outcome.declineCode,
          responseCode: outcome.kind === 'declined' ? outcome.responseCode : null,
        }),
        book: null,
      };
    case 'unknown':
      return { kind: 'reverse', payment: become(payment, 'unknown', atMs, { dueAtMs: null }) };
  }
}

/** The bank has acknowledged the reversal. */
export function reversed(payment: Payment, atMs: number): Payment {
  return become(payment, 'reversed', atMs, { completedAtMs: atMs });
}

/** Captures all or part of an authorisation; the rest of the hold is released. */
export function capture(
  payment: Payment,
  amount: bigint | null,
  atMs: number,
): Decision<{ payment: Payment }> {
  if (payment.state !== 'authorised') return refuse('not_capturable');
  const captured = amount ?? payment.authorisedAmount;
  if (captured > payment.authorisedAmount) return refuse('amount_too_large');
  return {
    ok: true,
    payment: become(payment, 'captured', atMs, {
      capturedAmount: captured,
      dueAtMs: null,
      completedAtMs: atMs,
    }),
  };
}

/** Cancels what was not captured. `release` says that a hold at the bank must be reversed. */
export function cancel(payment: Payment, atMs: number): Decision<{ payment: Payment; release: boolean }> {
  if (payment.state === 'processing' || payment.state === 'unknown') return refuse('payment_in_progress');
  if (!mayBecome(payment.state, 'cancelled')) return refuse('not_cancellable');
  return {
    ok: true,
    payment: become(payment, 'cancelled', atMs, { dueAtMs: null, completedAtMs: atMs }),
    release: payment.state === 'authorised',
  };
}

/** The time of an unpaid payment or of an authorisation is over. */
export function expire(payment: Payment, atMs: number): { payment: Payment; release: boolean } | null {
  if (payment.dueAtMs === null || payment.dueAtMs > atMs || !mayBecome(payment.state, 'expired')) return null;
  return {
    payment: become(payment, 'expired', atMs, { dueAtMs: null, completedAtMs: atMs }),
    release: payment.state === 'authorised',
  };
}

/** Accepts a refund: its amount is reserved, and money is on its way back once the bank has acknowledged. */
export function reserveRefund(
  payment: Payment,
  amount: bigint | null,
  atMs: number,
): Decision<{ payment: Payment; amount: bigint }> {
  if (payment.state !== 'captured' && payment.state !== 'partially_refunded') return refuse('not_refundable');
  const left = payment.capturedAmount - payment.refundReserved;
  const wanted = amount ?? left;
  if (wanted > left || wanted <= 0n) return refuse('amount_too_large');
  return {
    ok: true,
    amount: wanted,
    payment: {
      ...payment,
      version: payment.version + 1,
      refundReserved: payment.refundReserved + wanted,
      updatedAtMs: Math.max(atMs, payment.updatedAtMs),
    },
  };
}

/** The bank has answered a refund: it is done, or it failed and the reserve is free again. */
export function settleRefund(
  payment: Payment,
  refund: Refund,
  accepted: boolean,
  atMs: number,
): { payment: Payment; refund: Refund } {
  if (refund.state !== 'pending') throw new Error(`refund ${refund.id} is ${refund.state} already`);
  const state: RefundState = accepted ? 'succeeded' : 'failed';
  const settled: Refund = { ...refund, state, completedAtMs: atMs };
  if (!accepted) {
    const refundReserved = payment.refundReserved - refund.amount;
    const updatedAtMs = Math.max(atMs, payment.updatedAtMs);
    const version = payment.version + 1;
    return { refund: settled, payment: { ...payment, version, refundReserved, updatedAtMs } };
  }
  const refundedAmount = payment.refundedAmount + refund.amount;
  const next = refundedAmount === payment.capturedAmount ? 'refunded' : 'partially_refunded';
  return { refund: settled, payment: become(payment, next, atMs, { refundedAmount }) };
}
