import type { CollectPayment, CreatePayment, Payment } from '@feiqian/contract';
import { applyPayment, fallSilent, type Refusal, refuse, startCollecting } from './sale.ts';
import type { StartSale } from './sales.ts';
import type { SalesList } from './sales-list.ts';

/** How often a request without an answer is sent, always under the same idempotency key. */
export const attemptsMax = 4;
/** How long a shown code stays good. */
export const codeSecondsMax = 180;
/** Pause before the second attempt; each further one waits twice as long. */
const firstPauseMs = 500;

export interface RequestDeps {
  post(path: string, body: unknown, idempotencyKey: string): Promise<Payment>;
  get(path: string): Promise<Payment>;
  /** Reads a failure: null when no answer came (the request may or may not have had its effect). */
  refusalOf(error: unknown): Refusal | null;
  nowMs(): number;
  newKey(): string;
  wait(ms: number): Promise<void>;
}

export interface Requests {
  /** Creates the payment and, with a payer's code, charges it. */
  readonly open: (saleId: string, asked: StartSale) => Promise<void>;
  readonly charge: (saleId: string, paymentId: string, payCode: string) => Promise<void>;
  readonly cancel: (saleId: string, paymentId: string) => Promise<void>;
  readonly look: (saleId: string) => Promise<void>;
}

/** The conversation with the network about the sales of a list; every answer goes into the list. */
export function createRequests(deps: RequestDeps, list: SalesList): Requests {
  const looking = new Set<string>();
  const hear = (id: string, payment: Payment) =>
    list.change(id, (sale) => applyPayment(sale, payment, deps.nowMs()));

  /** Sends until answered or out of attempts; every attempt is the same request to the network. */
  async function send(id: string, path: string, body: unknown): Promise<Payment | null> {
    const key = deps.newKey();
    for (let attempt = 0; ; attempt += 1) {
      try {
        const payment = await deps.post(path, body, key);
        hear(id, payment);
        return payment;
      } catch (error) {
        const refusal = deps.refusalOf(error);
        if (refusal !== null) {
          list.change(id, (sale) => refuse(sale, refusal));
          return null;
        }
        const left = attempt + 1 < attemptsMax;
        list.change(id, (sale) => fallSilent(sale, deps.nowMs(), left));
        if (!left) return null;
        await deps.wait(firstPauseMs * 2 ** attempt);
      }
    }
  }

  async function charge(id: string, paymentId: string, payCode: string): Promise<void> {
    list.change(id, (sale) => startCollecting(sale, deps.nowMs()));
    const body: CollectPayment = { pay_code: payCode };
    const paid = await send(id, `/v1/payments/${paymentId}/collect`, body);
    // A refusal says what our request did, not what the payment is: somebody else may have paid or cancelled it.
    if (paid === null) await look(id);
  }

  async function look(id: string): Promise<void> {
    const payment = list.find(id)?.payment;
    if (!payment || looking.has(id)) return;
    looking.add(id);
    try {
      hear(id, await deps.get(`/v1/payments/${payment.id}`));
    } catch {
      list.change(id, (sale) => fallSilent(sale, deps.nowMs(), true));
    } finally {
      looking.delete(id);
    }
  }

  async function cancel(id: string, paymentId: string): Promise<void> {
    try {
      hear(id, await deps.post(`/v1/payments/${paymentId}/cancel`, {}, deps.newKey()));
    } catch {
      // Too late (somebody is paying) or no answer: what is true stands at the network.
      list.change(id, (sale) => ({ ...sale, cancelling: false }));
      await look(id);
    }
  }

  async function open(id: string, asked: StartSale): Promise<void> {
    const body: CreatePayment = {
      amount: asked.amount,
      currency: asked.currency,
      store_id: asked.storeId,
      terminal: asked.terminal,
      order_reference: asked.orderReference,
      entry: asked.door === 'code' ? 'dynamic_code' : 'pay_code',
      expires_in_seconds: codeSecondsMax,
    };
    const payment = await send(id, '/v1/payments', body);
    if (payment === null) return;
    if (list.find(id)?.cancelling) return cancel(id, payment.id);
    if (asked.payCode !== undefined) await charge(id, payment.id, asked.payCode);
  }

  return { open, charge, cancel, look };
}
