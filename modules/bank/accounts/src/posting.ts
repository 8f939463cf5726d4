import type { TransferInput, TransferResult } from '@feiqian/ledger';

/**
 * What may happen to a customer's account, in the words of a bank. Amounts in minor units, positive; `id` is
 * the id of the ledger transfer, a UUID.
 */
export type Posting = PostingBase &
  (
    | {
        /**
         * - `hold`: reserves, which lowers what is available, not the balance
         * - `give_back`: returns what a reversed purchase or completion took
         * - `take_back`: takes what a reversed refund gave
         * - `transfer_out`, `transfer_in`: the legs of a transfer
         * - `repayment`: a transfer onto a credit account
         */
        kind:
          | 'hold'
          | 'purchase'
          | 'refund'
          | 'give_back'
          | 'take_back'
          | 'transfer_out'
          | 'transfer_in'
          | 'repayment';
        amount: bigint;
      }
    /** Takes all or part of a hold; the rest of it is free again. */
    | { kind: 'completion'; holdId: string; amount: bigint }
    /** Gives a hold up. */
    | { kind: 'release'; holdId: string }
  );

interface PostingBase {
  id: string;
  accountId: string;
  /** ISO 4217 numeric code. */
  currency: number;
  /** The business event it belongs to, a UUID. */
  groupId: string;
}

export type PostingKind = Posting['kind'];

/** `insufficient_funds`: the ledger refused, because the account would go below its floor. */
export type PostingOutcome = 'posted' | 'insufficient_funds';

/** Kinds of ledger account, the chart of a reference bank. */
export const accountCodes = { current: 10, credit: 20, clearing: 90, funding: 91, commitments: 92 } as const;

/** Kinds of ledger transfer. */
export const transferCodes = {
  deposit: 1,
  credit_granted: 2,
  hold: 10,
  completion: 10,
  release: 10,
  purchase: 11,
  refund: 12,
  give_back: 13,
  take_back: 14,
  transfer_out: 15,
  transfer_in: 16,
  repayment: 17,
} as const;

/** The ledger transfer of a posting. `clearingId`: the account of what the bank owes the network. */
export function transferOf(posting: Posting, clearingId: string): TransferInput {
  const { id, accountId, groupId, currency: ledger } = posting;
  const code = transferCodes[posting.kind];
  const out = {
    id,
    debitAccountId: accountId,
    creditAccountId: clearingId,
    userData128: groupId,
    ledger,
    code,
  };
  switch (posting.kind) {
    case 'hold':
      return { ...out, amount: posting.amount, flags: { pending: true } };
    case 'purchase':
    case 'take_back':
    case 'transfer_out':
      return { ...out, amount: posting.amount };
    case 'completion':
      return { ...out, amount: posting.amount, pendingId: posting.holdId, flags: { postPending: true } };
    case 'release':
      return { ...out, pendingId: posting.holdId, flags: { voidPending: true } };
    case 'refund':
    case 'give_back':
    case 'transfer_in':
    case 'repayment':
      return {
        ...out,
        debitAccountId: clearingId,
        creditAccountId: accountId,
        amount: posting.amount,
      };
  }
}

/** What the ledger's result means. Anything else than success or a floor reached is a bug and throws. */
export function outcomeOf(posting: Posting, result: TransferResult): PostingOutcome {
  if (result === 'created') return 'posted';
  if (result === 'exceeds_credits') return 'insufficient_funds';
  throw new Error(`the ledger answered ${result} to ${posting.kind} ${posting.id}`);
}
