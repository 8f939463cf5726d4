import type { TransferInput } from '@feiqian/ledger';
import type { Transfer } from './transfer.ts';

/** Kinds of ledger transfer that transfers make (the ledger's `code`). */
export const transferCodes = { transfer: 20, repayment: 21 } as const;

/** Where a transfer is booked: the payer's bank owes the network (debit), the network owes the payee's (credit). */
export interface TransferBooks {
  /** ISO 4217 numeric code. */
  ledger: number;
  /** Position account of a member. */
  positionOf(memberId: string): string;
}

/**
 * What a completed transfer moves between the positions of its banks: one entry under its own id, so that it can be
 * booked once. Within one bank the network owes and is owed nothing: there is no entry.
 */
export function entryOf(t: Transfer, books: TransferBooks): TransferInput | null {
  if (t.payerMember === t.payeeMember) return null;
  return {
    id: t.id,
    debitAccountId: books.positionOf(t.payerMember),
    creditAccountId: books.positionOf(t.payeeMember),
    amount: t.amount,
    userData128: t.id,
    ledger: books.ledger,
    code: transferCodes[t.kind],
  };
}
