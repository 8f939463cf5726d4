import type { ChainCode } from './chain.ts';
import { amountMax, noneId } from './value.ts';

export interface TransferFlags {
  /** Created only together with the next transfer of the batch. */
  readonly linked: boolean;
  /** Reserves the amount; a later transfer posts or voids it. */
  readonly pending: boolean;
  /** Posts all or part of the pending transfer `pendingId` and releases the rest. */
  readonly postPending: boolean;
  /** Releases the pending transfer `pendingId` in full. */
  readonly voidPending: boolean;
  /** At most the amount, as far as the debit account's posted credits reach. */
  readonly balancingDebit: boolean;
  /** At most the amount, as far as the credit account's posted debits reach. */
  readonly balancingCredit: boolean;
  /** Closes the debit account while this pending transfer is open. */
  readonly closingDebit: boolean;
  /** Closes the credit account while this pending transfer is open. */
  readonly closingCredit: boolean;
}

/**
 * A transfer to create. Ids are lower-case UUIDs chosen by the caller; a second attempt with the same id
 * answers `exists`, also after the caller crashed.
 *
 * For a post or void only `id`, `pendingId` and the flag are needed; accounts, ledger and code may be given
 * and must then be those of the pending transfer. Naming the accounts saves the database a look-up.
 */
export interface TransferInput {
  readonly id: string;
  readonly debitAccountId?: string | null;
  readonly creditAccountId?: string | null;
  /**
   * Minor units, positive. Post: how much of the pending amount, all of it without an amount or with
   * `amountMax`. Void: none, 0n or the pending amount.
   */
  readonly amount?: bigint;
  readonly pendingId?: string | null;
  /** The business event this belongs to (its group), such as the id of a payment. */
  readonly userData128?: string | null;
  readonly userData64?: bigint | null;
  /** Only for pending transfers; 0 or none: never expires. */
  readonly timeoutSeconds?: number;
  /** ISO 4217 numeric code. */
  readonly ledger?: number;
  /** The kind of transfer, in the caller's own chart. */
  readonly code?: number;
  readonly flags?: Partial<TransferFlags>;
}

/** A transfer as recorded; it never changes. */
export interface Transfer {
  readonly id: string;
  readonly debitAccountId: string;
  readonly creditAccountId: string;
  /** What was moved, reserved or (void) released, in minor units. */
  readonly amount: bigint;
  readonly pendingId: string | null;
  readonly userData128: string | null;
  readonly userData64: bigint | null;
  readonly timeoutSeconds: number;
  readonly ledger: number;
  readonly code: number;
  readonly flags: TransferFlags;
  /** ns since 1970, strictly rising on each account; see `createdAtMs`. */
  readonly timestamp: bigint;
}

export type ResolutionStatus = 'posted' | 'voided' | 'expired';

/** What became of a pending transfer. */
export interface Resolution {
  readonly pendingId: string;
  readonly status: ResolutionStatus;
  /** The posting or voiding transfer; null when it expired. */
  readonly resolvedBy: string | null;
  readonly timestamp: bigint;
}

/**
 * Failures that may pass with time. The id that met one is spent: later attempts with it get
 * `id_already_failed`, so a retry never has another outcome than the first attempt.
 */
export const transientCodes = [
  'debit_account_not_found',
  'credit_account_not_found',
  'pending_transfer_not_found',
  'debit_account_already_closed',
  'credit_account_already_closed',
  'exceeds_credits',
  'exceeds_debits',
] as const;
export type TransientCode = (typeof transientCodes)[number];

/** Outcome of creating one transfer; names and precedence as in TigerBeetle's create_transfers. */
export type TransferResult =
  | 'created'
  | ChainCode
  | 'id_must_not_be_zero'
  | 'id_must_not_be_int_max'
  | 'exists_with_different_flags'
  | 'exists_with_different_pending_id'
  | 'exists_with_different_timeout'
  | 'exists_with_different_debit_account_id'
  | 'exists_with_different_credit_account_id'
  | 'exists_with_different_amount'
  | 'exists_with_different_user_data_128'
  | 'exists_with_different_user_data_64'
  | 'exists_with_different_ledger'
  | 'exists_with_different_code'
  | 'exists'
  | 'id_already_failed'
  | 'flags_are_mutually_exclusive'
  | 'debit_account_id_must_not_be_zero'
  | 'debit_account_id_must_not_be_int_max'
  | 'credit_account_id_must_not_be_zero'
  | 'credit_account_id_must_not_be_int_max'
  | 'accounts_must_be_different'
  | 'pending_id_must_be_zero'
  | 'pending_id_must_not_be_zero'
  | 'pending_id_must_not_be_int_max'
  | 'pending_id_must_be_different'
  | 'timeout_reserved_for_pending_transfer'
  | 'closing_transfer_must_be_pending'
  | 'amount_must_not_be_zero'
  | 'ledger_must_not_be_zero'
  | 'code_must_not_be_zero'
  | 'accounts_must_have_the_same_ledger'
  | 'transfer_must_have_the_same_ledger_as_accounts'
  | 'pending_transfer_not_pending'
  | 'pending_transfer_has_different_debit_account_id'
  | 'pending_transfer_has_different_credit_account_id'
  | 'pending_transfer_has_different_ledger'
  | 'pending_transfer_has_different_code'
  | 'exceeds_pending_transfer_amount'
  | 'pending_transfer_has_different_amount'
  | 'pending_transfer_already_posted'
  | 'pending_transfer_already_voided'
  | 'pending_transfer_expired'
  | 'overflows_debits_pending'
  | 'overflows_credits_pending'
  | 'overflows_debits_posted'
  | 'overflows_credits_posted'
  | 'overflows_debits'
  | 'overflows_credits'
  | 'overflows_timeout'
  | TransientCode;

const flagBits = {
  linked: 1,
  pending: 2,
  postPending: 4,
  voidPending: 8,
  balancingDebit: 16,
  balancingCredit: 32,
  closingDebit: 64,
  closingCredit: 128,
} as const;
const flagNames = Object.keys(flagBits) as (keyof TransferFlags)[];

/** The flags as TigerBeetle's bits, for storage and comparison. */
export function bitsOfTransferFlags(flags: Partial<TransferFlags> = {}): number {
  let bits = 0;
  for (const name of flagNames) if (flags[name]) bits |= flagBits[name];
  return bits;
}

const flagsSeen = new Map<number, TransferFlags>();

/** The flags of stored bits; one shared frozen object per combination. */
export function transferFlagsOfBits(bits: number): TransferFlags {
  let flags = flagsSeen.get(bits);
  if (!flags) {
    flags = Object.freeze(
      Object.fromEntries(flagNames.map((name) => [name, (bits & flagBits[name]) !== 0])),
    ) as unknown as TransferFlags;
    flagsSeen.set(bits, flags);
  }
  return flags;
}

/** An input with every field in its one form: ids or null, 0 for "none". */
export interface TransferEvent extends Omit<Transfer, 'debitAccountId' | 'creditAccountId' | 'timestamp'> {
  readonly debitAccountId: string | null;
  readonly creditAccountId: string | null;
}

export function transferEvent(input: TransferInput): TransferEvent {
  const flags = transferFlagsOfBits(bitsOfTransferFlags(input.flags));
  return {
    id: input.id,
    debitAccountId: idOrNull(input.debitAccountId),
    creditAccountId: idOrNull(input.creditAccountId),
    amount: input.amount ?? (flags.postPending ? amountMax : 0n),
    pendingId: idOrNull(input.pendingId),
    userData128: idOrNull(input.userData128),
    userData64: input.userData64 === 0n ? null : (input.userData64 ?? null),
    timeoutSeconds: input.timeoutSeconds ?? 0,
    ledger: input.ledger ?? 0,
    code: input.code ?? 0,
    flags,
  };
}

function idOrNull(id: string | null | undefined): string | null {
  return id === undefined || id === noneId ? null : id;
}

/** True for a transfer that resolves another. */
export function resolves(transfer: { flags: TransferFlags }): boolean {
  return transfer.flags.postPending || transfer.flags.voidPending;
}

const nsPerMs = 1_000_000n;
const nsPerSecond = 1_000_000_000n;

/** When the transfer was created, in ms since 1970. */
export function createdAtMs(transfer: { timestamp: bigint }): number {
  return Number(transfer.timestamp / nsPerMs);
}

export function timestampOfMs(ms: number): bigint {
  return BigInt(ms) * nsPerMs;
}

/**
 * When a pending transfer expires, in ns since 1970; null: never. Counted from the millisecond it was created
 * in: what is below only gives transfers an order.
 */
export function expiresAt(transfer: { timestamp: bigint; timeoutSeconds: number }): bigint | null {
  if (transfer.timeoutSeconds === 0) return null;
  return (transfer.timestamp / nsPerMs) * nsPerMs + BigInt(transfer.timeoutSeconds) * nsPerSecond;
}

/**
 * Compares a second attempt with what is recorded under its id. `pending` is the pending transfer that a post
 * or void refers to; what such an attempt leaves out means "as the pending transfer has it".
 */
export function compareWithExisting(
  event: TransferEvent,
  existing: Transfer,
  pending: Transfer | undefined,
): TransferResult {
  if (bitsOfTransferFlags(event.flags) !== bitsOfTransferFlags(existing.flags)) {
    return 'exists_with_different_flags';
  }
  if (event.pendingId !== existing.pendingId) return 'exists_with_different_pending_id';
  if (event.timeoutSeconds !== existing.timeoutSeconds) return 'exists_with_different_timeout';
  const p = resolves(event) ? pending : undefined;
  if ((event.debitAccountId ?? p?.debitAccountId) !== existing.debitAccountId) {
    return 'exists_with_different_debit_account_id';
  }
  if ((event.creditAccountId ?? p?.creditAccountId) !== existing.creditAccountId) {
    return 'exists_with_different_credit_account_id';
  }
  if (!sameAmount(event, existing, p)) return 'exists_with_different_amount';
  if ((event.userData128 ?? p?.userData128 ?? null) !== existing.userData128) {
    return 'exists_with_different_user_data_128';
  }
  if ((event.userData64 ?? p?.userData64 ?? null) !== existing.userData64) {
    return 'exists_with_different_user_data_64';
  }
  if ((event.ledger || p?.ledger) !== existing.ledger) return 'exists_with_different_ledger';
  if ((event.code || p?.code) !== existing.code) return 'exists_with_different_code';
  return 'exists';
}

function sameAmount(event: TransferEvent, existing: Transfer, pending: Transfer | undefined): boolean {
  if (pending && event.flags.postPending && event.amount === amountMax) {
    return existing.amount === pending.amount;
  }
  if (pending && event.flags.voidPending && event.amount === 0n) return existing.amount === pending.amount;
  // A balancing attempt names the most it would move; what was moved then may have been less.
  if (event.flags.balancingDebit || event.flags.balancingCredit) return event.amount >= existing.amount;
  return event.amount === existing.amount;
}
