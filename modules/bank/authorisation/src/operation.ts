import type { LimitState } from '@feiqian/bank-classes';

/** `refused` is the memory of a reversal, or of a leg given up, that came before its original. */
export type OperationKind =
  | 'hold'
  | 'purchase'
  | 'completion'
  | 'refund'
  | 'transfer_out'
  | 'transfer_in'
  | 'refused';
/**
 * A hold is `held`, then `posted` by its completion or `reversed`. Purchases, completions, refunds and transfers out
 * are `posted`, then perhaps `reversed`. Transfers in stay `posted`. `refused` stays.
 */
export type OperationState = 'held' | 'posted' | 'reversed' | 'refused';

/** What an approved message did. Amounts in minor units. */
export interface Operation {
  id: string;
  /** What field 90 of a later message names it by; one per terminal. */
  reference: string;
  terminal: string;
  acquirer: string;
  rrn: string;
  kind: OperationKind;
  state: OperationState;
  cardId: string | null;
  accountId: string | null;
  /** The hold of a completion, the purchase of a refund. */
  parentId: string | null;
  amount: bigint;
  /** ISO 4217 numeric code. */
  currency: number;
  /** How much of the amount was taken from (refund: given to) the account. */
  posted: bigint;
  refunded: bigint;
  /** The ledger transfer behind it. */
  transferId: string | null;
  authorisationCode: string | null;
  /** It counts against the limits of its account's class, in the day and year of its creation. */
  counted: boolean;
  description: string;
  createdAtMs: number;
}

/** The message a command repeats, and how it was answered. */
export interface SavedAnswer {
  fingerprint: string;
  code: string;
  authorisationCode: string | null;
  /** The limit that refused it. */
  limit: LimitState | null;
}
