import { type Draft, release } from './draft.ts';
import { expiresAt, type Transfer, type TransferEvent, type TransferResult } from './transfer.ts';
import { amountMax, maximumId } from './value.ts';

/** Posts or voids a pending transfer. */
export function resolvePending(draft: Draft, event: TransferEvent): TransferResult {
  const { postPending, voidPending, ...others } = event.flags;
  if (postPending && voidPending) return 'flags_are_mutually_exclusive';
  if (others.pending || others.balancingDebit || others.balancingCredit)
    return 'flags_are_mutually_exclusive';
  if (others.closingDebit || others.closingCredit) return 'flags_are_mutually_exclusive';
  if (event.pendingId === null) return 'pending_id_must_not_be_zero';
  if (event.pendingId === maximumId) return 'pending_id_must_not_be_int_max';
  if (event.pendingId === event.id) return 'pending_id_must_be_different';
  if (event.timeoutSeconds !== 0) return 'timeout_reserved_for_pending_transfer';
  // TigerBeetle has given a post of zero both meanings, all and nothing, in its time: here it has none.
  if (postPending && event.amount === 0n) return 'amount_must_not_be_zero';

  const pending = draft.transfer(event.pendingId);
  if (!pending) return 'pending_transfer_not_found';
  if (!pending.flags.pending) return 'pending_transfer_not_pending';
  const debit = draft.account(pending.debitAccountId);
  const credit = draft.account(pending.creditAccountId);
  // Created by another process after this one began to lock accounts: as though this attempt came before it.
  if (!debit || !credit) return 'pending_transfer_not_found';

  const wholly = voidPending ? event.amount === 0n : event.amount === amountMax;
  const amount = wholly ? pending.amount : event.amount;
  const problem = differenceOf(event, pending) ?? amountProblemOf(event, pending, amount);
  if (problem) return problem;
  const resolved = draft.resolution(pending.id);
  if (resolved) return `pending_transfer_${resolvedCodes[resolved.status]}`;
  const due = expiresAt(pending);
  if (due !== null && due <= draft.nowTimestamp) return 'pending_transfer_expired';
  if (debit.flags.closed && !voidPending) return 'debit_account_already_closed';
  if (credit.flags.closed && !voidPending) return 'credit_account_already_closed';

  const timestamp = draft.nextTimestamp(debit, credit);
  release(draft, pending, debit, credit, postPending ? amount : 0n, timestamp);
  draft.putTransfer({
    ...event,
    debitAccountId: pending.debitAccountId,
    creditAccountId: pending.creditAccountId,
    amount,
    userData128: event.userData128 ?? pending.userData128,
    userData64: event.userData64 ?? pending.userData64,
    ledger: pending.ledger,
    code: pending.code,
    timestamp,
  });
  draft.putResolution({
    pendingId: pending.id,
    status: postPending ? 'posted' : 'voided',
    resolvedBy: event.id,
    timestamp,
  });
  return 'created';
}

const resolvedCodes = { posted: 'already_posted', voided: 'already_voided', expired: 'expired' } as const;

function differenceOf(event: TransferEvent, pending: Transfer): TransferResult | null {
  if (event.debitAccountId !== null && event.debitAccountId !== pending.debitAccountId) {
    return 'pending_transfer_has_different_debit_account_id';
  }
  if (event.creditAccountId !== null && event.creditAccountId !== pending.creditAccountId) {
    return 'pending_transfer_has_different_credit_account_id';
  }
  if (event.ledger !== 0 && event.ledger !== pending.ledger) return 'pending_transfer_has_different_ledger';
  if (event.code !== 0 && event.code !== pending.code) return 'pending_transfer_has_different_code';
  return null;
}

function amountProblemOf(event: TransferEvent, pending: Transfer, amount: bigint): TransferResult | null {
  if (amount > pending.amount) return 'exceeds_pending_transfer_amount';
  if (event.flags.voidPending && amount < pending.amount) return 'pending_transfer_has_different_amount';
  return null;
}
