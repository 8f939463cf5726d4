import type { TransferInput } from '@feiqian/ledger';
import type { Payment, Refund } from './payment.ts';

/** Kinds of ledger transfer that payments make (the ledger's `code`). */
export const transferKinds = {
  purchase: 1,
  hold: 2,
  capture: 3,
  release: 4,
  refund: 5,
  refundDone: 6,
  refundFailed: 7,
} as const;

/** Words for a transfer's kind, as the console shows it. */
export const kindByCode = new Map<number, string>(Object.entries(transferKinds).map(([k, v]) => [v, k]));

/** Where a payment is booked: the issuer owes the network (debit), the network owes the merchant (credit). */
export interface Books {
  /** ISO 4217 numeric code. */
  ledger: number;
  /** The issuer's position account. */
  position: string;
}

/**
 * A purchase in one step. Its id is the payment's: a second booking of the same payment is impossible in the
 * ledger itself.
 */
export function purchase(p: Payment, books: Books): TransferInput {
  return {
    id: p.id,
    debitAccountId: books.position,
    creditAccountId: p.payableAccount,
    amount: p.capturedAmount,
    userData128: p.id,
    ledger: books.ledger,
    code: transferKinds.purchase,
  };
}

/** An authorisation: pending until it is captured or released. */
export function hold(p: Payment, books: Books): TransferInput {
  return {
    id: p.id,
    debitAccountId: books.position,
    creditAccountId: p.payableAccount,
    amount: p.authorisedAmount,
    userData128: p.id,
    ledger: books.ledger,
    code: transferKinds.hold,
    flags: { pending: true },
  };
}

/** Posts what was captured of a hold; the ledger releases the rest. */
export function captureHold(p: Payment, id: string, books: Books): TransferInput {
  return {
    id,
    pendingId: p.id,
    debitAccountId: books.position,
    creditAccountId: p.payableAccount,
    amount: p.capturedAmount,
    userData128: p.id,
    ledger: books.ledger,
    code: transferKinds.hold,
    flags: { postPending: true },
  };
}

/** Releases a hold in full. */
export function releaseHold(p: Payment, id: string, books: Books): TransferInput {
  return {
    id,
    pendingId: p.id,
    debitAccountId: books.position,
    creditAccountId: p.payableAccount,
    userData128: p.id,
    ledger: books.ledger,
    code: transferKinds.hold,
    flags: { voidPending: true },
  };
}

/** A refund on its way: pending until the bank has acknowledged it. */
export function refundHold(p: Payment, r: Refund, books: Books): TransferInput {
  return {
    id: r.id,
    debitAccountId: p.payableAccount,
    creditAccountId: books.position,
    amount: r.amount,
    userData128: p.id,
    ledger: books.ledger,
    code: transferKinds.refund,
    flags: { pending: true },
  };
}

/** The bank's answer to a refund. */
export function refundEnd(p: Payment, r: Refund, id: string, accepted: boolean, books: Books): TransferInput {
  return {
    id,
    pendingId: r.id,
    debitAccountId: p.payableAccount,
    creditAccountId: books.position,
    userData128: p.id,
    ledger: books.ledger,
    code: transferKinds.refund,
    flags: accepted ? { postPending: true } : { voidPending: true },
  };
}
