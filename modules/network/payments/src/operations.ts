import type { Sql, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import { uuidOf } from '@feiqian/ids';
import type { TransferInput } from '@feiqian/ledger';
import { enqueueForwards, type Forward, type Settled } from '@feiqian/links';
import { post } from './authorise.ts';
import { merchantOf, type PaymentsDeps, refusal } from './deps.ts';
import { completionOf, refundOf, reversalOf } from './message.ts';
import { cancel, capture, expire, type Payment, type Refund, reserveRefund } from './payment.ts';
import { captureHold, refundHold, releaseHold } from './postings.ts';
import { settleForwards } from './settlements.ts';
import { payable } from './state.ts';
import * as store from './store/payments.ts';
import * as refunds from './store/refunds.ts';
import { paymentEvent, refundView } from './view.ts';

/** How long a refund's caller waits for the bank before it is told "pending", in ms. */
const refundWaitMs = 3_000;
/** How often it looks meanwhile, since another process may have sent the message to the bank. */
const refundLookMs = 150;

/** What is done to payments one at a time: capture, cancel, refund, expiry, and the bank's answers to advices. */
export function createOperations(deps: PaymentsDeps) {
  const { db, clock, ids } = deps;
  const waiting = new Map<string, () => void>();

  async function owned(tx: Tx, merchantId: string, paymentId: string): Promise<Payment> {
    const payment = (await store.lockPayments(tx, [paymentId])).get(paymentId);
    if (!payment || payment.merchantId !== merchantId) throw new ProblemError('not_found');
    return payment;
  }

  async function save(
    tx: Tx,
    before: Payment,
    p: Payment,
    type: string,
    transfers: TransferInput[],
    extra = {},
  ): Promise<void> {
    const nowMs = clock.now();
    await store.updatePayments(tx, [{ before, after: p }]);
    await deps.outbox.publish(tx, [paymentEvent(p, type, extra)]);
    await post(deps, tx, transfers, nowMs);
  }

  const numbered = () => ({ id: ids.uuid(), ...deps.references.next(), atMs: clock.now() });

  /** Captures an authorisation: booked now; the issuer is told by an advice that is sent until it is acknowledged. */
  async function capturePayment(
    tx: Tx,
    merchantId: string,
    paymentId: string,
    amount: bigint | null,
  ): Promise<Payment> {
    const before = await owned(tx, merchantId, paymentId);
    const decision = capture(before, amount, clock.now());
    if (!decision.ok) throw refusal(decision.code);
    const p = decision.payment;
    await enqueueForwards(tx, [
      completionOf(p, await merchantOf(deps, p, tx), deps.acquirerCode, numbered()),
    ]);
    await save(tx, before, p, 'payment.captured', [captureHold(p, ids.uuid(), deps.booksOf(p))]);
    return p;
  }

  async function release(tx: Tx, before: Payment, p: Payment, type: string): Promise<void> {
    await enqueueForwards(tx, [reversalOf(p, await merchantOf(deps, p, tx), deps.acquirerCode, numbered())]);
    await save(tx, before, p, type, [releaseHold(p, ids.uuid(), deps.booksOf(p))]);
  }

  /** Cancels what was not captured; a hold at the bank is released by a reversal. */
  async function cancelPayment(tx: Tx, merchantId: string, paymentId: string): Promise<Payment> {
    const before = await owned(tx, merchantId, paymentId);
    const decision = cancel(before, clock.now());
    if (!decision.ok) throw refusal(decision.code);
    if (decision.release) await release(tx, before, decision.payment, 'payment.cancelled');
    else await save(tx, before, decision.payment, 'payment.cancelled', []);
    return decision.payment;
  }

  async function expireOne(paymentId: string): Promise<void> {
    await db.transaction(async (tx) => {
      const payment = (await store.lockPayments(tx, [paymentId])).get(paymentId);
      const expired = payment && expire(payment, clock.now());
      if (!expired) return;
      if (expired.release) await release(tx, payment, expired.payment, 'payment.expired');
      else await save(tx, payment, expired.payment, 'payment.expired', []);
    });
    deps.outbox.wake();
    deps.kickForwarder();
  }

  /**
   * Refunds all or part of a captured payment. `key` names the refund: a repeat finds the first one. The
   * amount is reserved in one commit with the message to the bank; then the caller waits a moment for the
   * bank's answer.
   */
  async function refundPayment(
    merchantId: string,
    paymentId: string,
    input: { amount: bigint | null; reason: string },
    key: { id: string },
  ): Promise<Refund> {
    const id = uuidOf(`refund ${paymentId} ${key.id}`);
    const refund = await db.transaction(async (tx) => {
      const payment = await owned(tx, merchantId, paymentId);
      const first = await refunds.refundById(tx, id);
      if (first) return first;
      const decision = reserveRefund(payment, input.amount, clock.now());
      if (!decision.ok) throw refusal(decision.code);
      const p = decision.payment;
      const made: Refund = {
        id,
        paymentId: p.id,
        amount: decision.amount,
        currency: p.currency,
        reason: input.reason,
        state: 'pending',
        ...deps.references.next(),
        createdAtMs: clock.now(),
        completedAtMs: null,
      };
      await refunds.insertRefund(tx, made);
      await enqueueForwards(tx, [refundOf(p, made, await merchantOf(deps, p, tx), deps.acquirerCode)]);
      await save(tx, payment, p, 'payment.refund_pending', [refundHold(p, made, deps.booksOf(p))], {
        refund: refundView(made),
      });
      return made;
    });
    deps.outbox.wake();
    if (refund.state !== 'pending') return refund;
    for (let waited = 0; waited < refundWaitMs; waited += refundLookMs) {
      const told = toldOf(id);
      if (waited === 0) deps.kickForwarder();
      await told;
      const now = await refunds.refundById(db, id);
      if (now && now.state !== 'pending') return now;
    }
    return refund;
  }

  /** Resolves when this process hears of the refund's end, and in any case soon: another process may hear of it. */
  function toldOf(id: string): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve();
      };
      const timer = setTimeout(done, refundLookMs);
      waiting.set(id, done);
    });
  }

  /** Brings the stores of payments that show a code into memory, where their view finds them. */
  async function withStores(found: Payment[]): Promise<Payment[]> {
    const stores = new Set(found.filter((p) => payable.includes(p.state)).map((p) => p.storeId));
    await Promise.all([...stores].map((id) => deps.merchants.till(id)));
    return found;
  }

  return {
    capturePayment,
    cancelPayment,
    expireOne,
    refundPayment,
    settleForwards: (tx: Tx, settled: readonly Settled[]) => settleForwards(deps, tx, settled),
    /** Call after the commit of `settleForwards`: wakes the stream and whoever waits for the refund. */
    forwardSettled(forward: Forward): void {
      deps.outbox.wake();
      waiting.get(forward.id)?.();
    },
    find: async (sql: Sql, id: string) => (await withStores(await store.paymentsByIds(sql, [id])))[0],
    findMany: async (sql: Sql, paymentIds: readonly string[]) =>
      withStores(await store.paymentsByIds(sql, paymentIds)),
    list: async (sql: Sql, filter: store.PaymentFilter) => withStores(await store.listPayments(sql, filter)),
    refunds: (sql: Sql, paymentId: string) => refunds.refundsOf(sql, paymentId),
  };
}
