import type { AccountState } from './account.ts';
import { applyInChains } from './chain.ts';
import {
  createDraft,
  type Draft,
  type LedgerChanges,
  type LedgerState,
  release,
  withClosed,
} from './draft.ts';
import { resolvePending } from './resolution.ts';
import {
  compareWithExisting,
  expiresAt,
  resolves,
  type Transfer,
  type TransferEvent,
  type TransferInput,
  type TransferResult,
  type TransientCode,
  transferEvent,
  transientCodes,
} from './transfer.ts';
import { amountMax, checkTransferShape, maximumId, noneId } from './value.ts';

/**
 * Decides a batch of transfers in order, each seeing what the earlier ones did. Pure: `state` is not changed.
 *
 * @param nowMs ms since 1970; decides which pending transfers have expired
 * @returns one result per input in the same order, and what has to be written
 * @throws RangeError for an input that the types of the data model cannot hold
 */
export function applyTransfers(
  state: LedgerState,
  inputs: readonly TransferInput[],
  nowMs: number,
): { results: TransferResult[]; changes: LedgerChanges } {
  for (const input of inputs) checkTransferShape(input);
  const { draft, scope, changes } = createDraft(state, nowMs);
  const failed = new Map<string, TransientCode>();
  const results = applyInChains<TransferEvent, TransferResult>(
    inputs.map(transferEvent),
    (event) => event.flags.linked,
    scope,
    (event) => {
      const result = applyTransfer(draft, event, (id) => state.failed.has(id) || failed.has(id));
      if (isTransient(result)) failed.set(event.id, result);
      return result;
    },
  );
  return { results, changes: { ...changes(), failed: [...failed].map(([id, reason]) => ({ id, reason })) } };
}

/**
 * Lets pending transfers expire whose time has passed: their reservations are released. Those already
 * resolved, not pending, or not yet due are left alone.
 */
export function applyExpiry(
  state: LedgerState,
  pendingIds: readonly string[],
  nowMs: number,
): { expired: Transfer[]; changes: LedgerChanges } {
  const { draft, changes } = createDraft(state, nowMs);
  const expired: Transfer[] = [];
  for (const id of pendingIds) {
    const pending = draft.transfer(id);
    if (!pending?.flags.pending || draft.resolution(id)) continue;
    const due = expiresAt(pending);
    if (due === null || due > draft.nowTimestamp) continue;
    const debit = draft.account(pending.debitAccountId);
    const credit = draft.account(pending.creditAccountId);
    if (!debit || !credit) continue;
    const timestamp = draft.nextTimestamp(debit, credit);
    release(draft, pending, debit, credit, 0n, timestamp);
    draft.putResolution({ pendingId: id, status: 'expired', resolvedBy: null, timestamp });
    expired.push(pending);
  }
  return { expired, changes: { ...changes(), failed: [] } };
}

function isTransient(result: TransferResult): result is TransientCode {
  return (transientCodes as readonly string[]).includes(result);
}

function applyTransfer(
  draft: Draft,
  event: TransferEvent,
  hasFailed: (id: string) => boolean,
): TransferResult {
  if (event.id === noneId) return 'id_must_not_be_zero';
  if (event.id === maximumId) return 'id_must_not_be_int_max';
  const existing = draft.transfer(event.id);
  if (existing) {
    const pending = event.pendingId === null ? undefined : draft.transfer(event.pendingId);
    return compareWithExisting(event, existing, pending);
  }
  if (hasFailed(event.id)) return 'id_already_failed';
  if (resolves(event)) return resolvePending(draft, event);
  const problem = problemOf(event);
  if (problem) return problem;
  return applyDirect(draft, event, event.debitAccountId ?? '', event.creditAccountId ?? '');
}

/** What is wrong with a transfer that resolves nothing, seen by itself. */
function problemOf(event: TransferEvent): TransferResult | null {
  const flags = event.flags;
  if (event.debitAccountId === null) return 'debit_account_id_must_not_be_zero';
  if (event.debitAccountId === maximumId) return 'debit_account_id_must_not_be_int_max';
  if (event.creditAccountId === null) return 'credit_account_id_must_not_be_zero';
  if (event.creditAccountId === maximumId) return 'credit_account_id_must_not_be_int_max';
  if (event.debitAccountId === event.creditAccountId) return 'accounts_must_be_different';
  if (event.pendingId !== null) return 'pending_id_must_be_zero';
  if (!flags.pending) {
    if (event.timeoutSeconds !== 0) return 'timeout_reserved_for_pending_transfer';
    if (flags.closingDebit || flags.closingCredit) return 'closing_transfer_must_be_pending';
  }
  if (event.amount === 0n && !flags.closingDebit && !flags.closingCredit) return 'amount_must_not_be_zero';
  if (event.ledger === 0) return 'ledger_must_not_be_zero';
  if (event.code === 0) return 'code_must_not_be_zero';
  return null;
}

function applyDirect(
  draft: Draft,
  event: TransferEvent,
  debitAccountId: string,
  creditAccountId: string,
): TransferResult {
  const debit = draft.account(debitAccountId);
  if (!debit) return 'debit_account_not_found';
  const credit = draft.account(creditAccountId);
  if (!credit) return 'credit_account_not_found';
  if (debit.ledger !== credit.ledger) return 'accounts_must_have_the_same_ledger';
  if (event.ledger !== debit.ledger) return 'transfer_must_have_the_same_ledger_as_accounts';
  if (debit.flags.closed) return 'debit_account_already_closed';
  if (credit.flags.closed) return 'credit_account_already_closed';

  const amount = balancedAmount(event, debit, credit);
  // Nothing is left to balance with; a transfer of nothing is not recorded.
  if (amount === 0n && event.amount !== 0n) {
    return event.flags.balancingDebit && spendable(debit) <= 0n ? 'exceeds_credits' : 'exceeds_debits';
  }
  const timestamp = draft.nextTimestamp(debit, credit);
  const transfer: Transfer = { ...event, debitAccountId, creditAccountId, amount, timestamp };
  const limit = overflowOf(transfer, debit, credit) ?? limitOf(amount, debit, credit);
  if (limit) return limit;

  const { pending, closingDebit, closingCredit } = event.flags;
  draft.putAccount({
    ...debit,
    flags: closingDebit ? withClosed(debit, true) : debit.flags,
    debitsPending: pending ? debit.debitsPending + amount : debit.debitsPending,
    debitsPosted: pending ? debit.debitsPosted : debit.debitsPosted + amount,
    lastTimestamp: timestamp,
  });
  draft.putAccount({
    ...credit,
    flags: closingCredit ? withClosed(credit, true) : credit.flags,
    creditsPending: pending ? credit.creditsPending + amount : credit.creditsPending,
    creditsPosted: pending ? credit.creditsPosted : credit.creditsPosted + amount,
    lastTimestamp: timestamp,
  });
  draft.putTransfer(transfer);
  return 'created';
}

/** Posted credits that are neither spent nor reserved. */
function spendable(account: AccountState): bigint {
  return account.creditsPosted - account.debitsPosted - account.debitsPending;
}

/** Posted debits that are neither covered nor about to be. */
function coverable(account: AccountState): bigint {
  return account.debitsPosted - account.creditsPosted - account.creditsPending;
}

function balancedAmount(event: TransferEvent, debit: AccountState, credit: AccountState): bigint {
  let amount = event.amount;
  if (event.flags.balancingDebit) amount = least(amount, spendable(debit));
  if (event.flags.balancingCredit) amount = least(amount, coverable(credit));
  return amount;
}

function least(amount: bigint, room: bigint): bigint {
  if (room <= 0n) return 0n;
  return room < amount ? room : amount;
}

function overflowOf(transfer: Transfer, debit: AccountState, credit: AccountState): TransferResult | null {
  const { amount, flags } = transfer;
  if (flags.pending) {
    if (debit.debitsPending + amount > amountMax) return 'overflows_debits_pending';
    if (credit.creditsPending + amount > amountMax) return 'overflows_credits_pending';
  }
  if (debit.debitsPosted + amount > amountMax) return 'overflows_debits_posted';
  if (credit.creditsPosted + amount > amountMax) return 'overflows_credits_posted';
  if (debit.debitsPending + debit.debitsPosted + amount > amountMax) return 'overflows_debits';
  if (credit.creditsPending + credit.creditsPosted + amount > amountMax) return 'overflows_credits';
  if ((expiresAt(transfer) ?? 0n) > amountMax) return 'overflows_timeout';
  return null;
}

function limitOf(amount: bigint, debit: AccountState, credit: AccountState): TransferResult | null {
  if (debit.flags.debitsMustNotExceedCredits && amount > spendable(debit)) return 'exceeds_credits';
  if (credit.flags.creditsMustNotExceedDebits && amount > coverable(credit)) return 'exceeds_debits';
  return null;
}
