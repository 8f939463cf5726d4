import type { Tx } from '@feiqian/db';
import type { TransferInput } from '@feiqian/ledger';
import type { Settled } from '@feiqian/links';
import type { NewEvent } from '@feiqian/outbox';
import { post } from './authorise.ts';
import type { PaymentsDeps } from './deps.ts';
import { type Payment, type Refund, reversed, settleRefund } from './payment.ts';
import { refundEnd } from './postings.ts';
import * as store from './store/payments.ts';
import * as refunds from './store/refunds.ts';
import { paymentEvent, refundView } from './view.ts';

/** What a group of answers changes, gathered while they are decided. */
interface Changes {
  payments: Map<string, store.Change>;
  refunds: Refund[];
  events: NewEvent[];
  transfers: TransferInput[];
}

/**
 * The banks answered stored messages: runs in the commit that marks them as answered. All payments are locked before
 * anything is decided and all accounts after, in the order of everybody else; one answer after the other would lock
 * the second payment while it holds the accounts of the first, and wait for a refund that waits for those.
 */
export async function settleForwards(deps: PaymentsDeps, tx: Tx, settled: readonly Settled[]): Promise<void> {
  const payments = await store.lockPayments(tx, [...new Set(settled.map((s) => s.forward.groupId))]);
  const refundIds = settled.filter((s) => s.forward.kind === 'refund_advice').map((s) => s.forward.id);
  const found = await refunds.refundsByIds(tx, refundIds);
  const nowMs = deps.clock.now();
  const changes: Changes = { payments: new Map(), refunds: [], events: [], transfers: [] };
  for (const one of settled) {
    const { groupId, id } = one.forward;
    const payment = changes.payments.get(groupId)?.after ?? payments.get(groupId);
    if (!payment) throw new Error(`payment ${groupId} of a stored message is missing`);
    decide(deps, changes, payment, found.get(id), one, nowMs);
  }
  await Promise.all([
    store.updatePayments(tx, [...changes.payments.values()]),
    refunds.updateRefunds(tx, changes.refunds),
    deps.outbox.publish(tx, changes.events),
  ]);
  await post(deps, tx, changes.transfers, nowMs);
}

function decide(
  deps: PaymentsDeps,
  changes: Changes,
  payment: Payment,
  refund: Refund | undefined,
  { forward, answer }: Settled,
  nowMs: number,
): void {
  const accepted = answer.outcome === 'accepted';
  const change = (p: Payment, type: string, extra: Record<string, unknown>): void => {
    changes.payments.set(p.id, { before: changes.payments.get(p.id)?.before ?? payment, after: p });
    changes.events.push(paymentEvent(p, type, extra));
  };
  if (forward.kind === 'refund_advice') {
    if (refund?.state !== 'pending') return;
    const done = settleRefund(payment, refund, accepted, nowMs);
    changes.refunds.push(done.refund);
    changes.transfers.push(refundEnd(payment, refund, deps.ids.uuid(), accepted, deps.booksOf(payment)));
    const type = accepted ? `payment.${done.payment.state}` : 'payment.refund_failed';
    change(done.payment, type, { refund: refundView(done.refund) });
  } else if (accepted && forward.kind === 'reversal_advice' && payment.state === 'unknown') {
    change(reversed(payment, nowMs), 'payment.reversed', { response_code: answer.responseCode });
  } else if (!accepted) {
    // The issuer refuses what it was told: a person must look. What it will not reverse it may hold: still unknown.
    change(payment, `payment.${forward.kind}_refused`, { response_code: answer.responseCode });
  }
}
