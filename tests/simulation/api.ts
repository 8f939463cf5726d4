import { amountMinorMax, type Entry, errorCodes } from '@feiqian/contract';
import { type Answer, idempotently, idempotentlyAround, ProblemError, requestKey } from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import { paymentView, refundView } from '@feiqian/payments';
import type { Sending } from '@feiqian/transfers';
import { isExpected, type Network } from './processes.ts';

/** A request as a client sends it: who, what, and the client's key. */
export type Request = { key: string } & (
  | {
      kind: 'create';
      merchantId: string;
      storeId: string;
      amount: number;
      capture: 'automatic' | 'manual';
      entry: Entry;
    }
  | { kind: 'create_at_store'; userId: string; deviceId: string; storeId: string; amount: number }
  | { kind: 'pay'; userId: string; deviceId: string; paymentId: string; tokenId: string }
  | { kind: 'collect'; merchantId: string; paymentId: string; digits: string }
  | { kind: 'capture'; merchantId: string; paymentId: string; amount: number | null }
  | { kind: 'cancel'; merchantId: string; paymentId: string }
  | { kind: 'refund'; merchantId: string; paymentId: string; amount: number | null }
  | {
      kind: 'send';
      userId: string;
      deviceId: string;
      tokenId: string;
      amount: number;
      /** A card of one's own, or somebody else's number in the vault. */
      to: { tokenId: string } | { payeeId: string; panId: string; memberId: string; last4: string };
      what: 'transfer' | 'repayment';
      scheduledAtMs: number | null;
      repeatConfirmed: boolean;
    }
  | { kind: 'take_back'; userId: string; deviceId: string; transferId: string }
  | { kind: 'get'; merchantId: string; paymentId: string }
);

/** An answer as a client sees it. */
export interface Reply {
  status: number;
  /** The problem's code when it is one. */
  code: string | null;
  body: Record<string, unknown>;
}

const routes = {
  create: '/v1/payments',
  create_at_store: '/v1/wallet/payments',
  pay: '/v1/wallet/payments/:id/pay',
  collect: '/v1/payments/:id/collect',
  capture: '/v1/payments/:id/capture',
  cancel: '/v1/payments/:id/cancel',
  refund: '/v1/payments/:id/refunds',
  send: '/v1/wallet/transfers',
  take_back: '/v1/wallet/transfers/:id/cancel',
  get: '/v1/payments/:id',
} as const;

/** Status of a problem, where the simulation tells them apart. */
const unavailable = 503;

/** What the routes do with a request, on the use cases themselves: HTTP is not simulated. */
export async function serve(network: Network, request: Request): Promise<Reply> {
  try {
    const { status, body } = await handle(network, request);
    return { status, code: null, body: JSON.parse(body) as Record<string, unknown> };
  } catch (error) {
    if (error instanceof ProblemError)
      return { status: errorCodes[error.code].status, code: error.code, body: {} };
    if (isExpected(error)) return { status: unavailable, code: 'unavailable', body: {} };
    throw error;
  }
}

function keyOf(request: Request, caller: string) {
  const { key, ...body } = request;
  const id = 'paymentId' in request ? request.paymentId : 'transferId' in request ? request.transferId : '';
  const url = routes[request.kind].replace(':id', id);
  const asked = {
    headers: { 'idempotency-key': key },
    method: 'POST',
    routeOptions: { url: routes[request.kind], config: { keyed: true } },
    url,
    body,
  };
  return requestKey(asked as never, caller);
}

const orNull = (amount: number | null) => (amount === null ? null : BigInt(amount));

async function handle(network: Network, request: Request): Promise<Answer> {
  const { payments, paymentRoutesDeps: deps } = network;
  const caller = 'merchantId' in request ? `merchant ${request.merchantId}` : `device ${request.deviceId}`;
  const key = keyOf(request, caller);
  const committed = () => {
    deps.outbox.wake();
    deps.kickForwarder();
  };
  switch (request.kind) {
    case 'create': {
      const { merchantId, storeId, amount, capture, entry } = request;
      const taker = { merchantId, terminal: 'T0000001' };
      return payments.create(
        taker,
        { store_id: fromUuid(storeId, 'sto'), storeId, amount, currency: 'CNY', capture, entry } as never,
        key,
      );
    }
    case 'create_at_store': {
      const { userId, deviceId, storeId, amount } = request;
      return payments.createAtStore(
        { userId, deviceId },
        { storeId, amount, currency: 'CNY', description: null },
        key,
      );
    }
    case 'pay':
      return payments.pay(
        { userId: request.userId, deviceId: request.deviceId },
        request.paymentId,
        request.tokenId,
        key,
        // A device without keys of its own signs nothing, and this one verifies all it is asked for.
        { nonce: null, verifiedUpTo: BigInt(amountMinorMax) },
      );
    case 'collect':
      return payments.collect(request.merchantId, request.paymentId, request.digits, key);
    case 'capture':
    case 'cancel': {
      const answer = await idempotently(deps, key, async (tx) => {
        const { merchantId, paymentId } = request;
        const done =
          request.kind === 'capture'
            ? await payments.capturePayment(tx, merchantId, paymentId, orNull(request.amount))
            : await payments.cancelPayment(tx, merchantId, paymentId);
        return { status: 200, body: paymentView(done, deps.view) };
      });
      committed();
      return answer;
    }
    case 'refund':
      return idempotentlyAround(deps, key, async () => {
        const input = { amount: orNull(request.amount), reason: 'simulated' };
        const made = await payments.refundPayment(request.merchantId, request.paymentId, input, key);
        return { status: 201, body: refundView(made) };
      });
    case 'send':
      return network.transfers.send(sendingOf(request), key);
    case 'take_back':
      return network.transfers.cancel(request.userId, request.transferId, key);
    case 'get': {
      const found = await payments.find(deps.db, request.paymentId);
      if (found?.merchantId !== request.merchantId) throw new ProblemError('not_found');
      return { status: 200, body: JSON.stringify(paymentView(found, deps.view)) };
    }
  }
}

function sendingOf(request: Extract<Request, { kind: 'send' }>): Sending {
  const { userId, deviceId, amount, what, scheduledAtMs, to, repeatConfirmed } = request;
  const payee = (found: Exclude<typeof to, { tokenId: string }>) => ({
    userId: found.payeeId,
    via: 'card' as const,
    panId: found.panId,
    memberId: found.memberId,
    last4: found.last4,
    name: '民*',
    // Of somebody else's card the network knows nothing more.
    kind: null,
    usable: true,
  });
  return {
    order: {
      kind: what,
      userId,
      deviceId,
      amount: BigInt(amount),
      currency: 'CNY',
      note: null,
      scheduledAtMs,
    },
    fromTokenId: request.tokenId,
    to: 'tokenId' in to ? { kind: 'card', tokenId: to.tokenId } : { kind: 'payee', payee: payee(to) },
    repeatConfirmed,
    nonce: null,
  };
}

/** The UUID in an answer's id. */
export function idIn(body: Record<string, unknown>, prefix: 'pay' | 'ref' | 'trf'): string {
  return toUuid(body.id as string, prefix);
}
