import { callerAs, callerOf, type MerchantKeyPrincipal, type TillPrincipal } from '@feiqian/access';
import { instant } from '@feiqian/clock';
import {
  CapturePayment,
  CollectPayment,
  CreatePayment,
  CreateRefund,
  FeiqianEvent,
  Id,
  InstantFilter,
  PageQuery,
  PaymentPage,
  Payment as PaymentSchema,
  type PaymentState,
  PaymentState as PaymentStateSchema,
  Receipt,
  Reference,
  Refund as RefundSchema,
  Strict,
} from '@feiqian/contract';
import {
  type HttpApp,
  idempotently,
  idempotentlyAround,
  ProblemError,
  requestKey,
  sendAnswer,
} from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import type { StoredEvent } from '@feiqian/outbox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { readPayCode } from './code.ts';
import { collectProblems, type PaymentsDeps } from './deps.ts';
import type { Payment } from './payment.ts';
import { onlineTerminal, type Payments } from './payments.ts';
import { posterRoute } from './posterRoute.ts';
import { paymentView, refundView } from './view.ts';

export interface PaymentRoutesDeps extends PaymentsDeps {
  now: () => number;
  payments: Payments;
}

export const PaymentParams = Strict({ id: Id('pay') });
const merchantSide = { callers: ['merchant_key', 'till'] as const };
const pageSize = 20;

/** The merchant behind a key or a till. */
function takerOf(request: FastifyRequest): {
  merchantId: string;
  terminal: string;
  p: MerchantKeyPrincipal | TillPrincipal;
} {
  const p = callerAs(request, 'merchant_key', 'till');
  return { merchantId: p.merchantId, terminal: p.kind === 'till' ? p.terminal : onlineTerminal, p };
}

/** Money goes back only with a key or by a supervisor. */
function mayRefund(p: MerchantKeyPrincipal | TillPrincipal): void {
  if (p.kind === 'till' && p.role !== 'supervisor')
    throw new ProblemError('forbidden', 'Ask a supervisor to refund.');
}

/** Routes of merchants: keys and tills. */
export function paymentRoutes(deps: PaymentRoutesDeps) {
  return async (app: HttpApp): Promise<void> => {
    writeRoutes(app, deps);
    captureRoutes(app, deps);
    refundRoutes(app, deps);
    readRoutes(app, deps);
  };
}

function writeRoutes(app: HttpApp, deps: PaymentRoutesDeps): void {
  const { payments } = deps;
  const response = { 200: PaymentSchema };
  app.post(
    '/v1/payments',
    {
      config: {
        ...merchantSide,
        keyed: true,
        problems: ['store_unknown', 'merchant_not_active', 'currency_not_supported'],
      },
      schema: {
        tags: ['payments'],
        summary: 'Create a payment',
        body: CreatePayment,
        response: { 201: PaymentSchema },
      },
    },
    async (request, reply) => {
      const { merchantId, terminal, p } = takerOf(request);
      const storeId = toUuid(request.body.store_id, 'sto');
      const key = requestKey(request, callerOf(p));
      return sendAnswer(
        reply,
        await payments.create({ merchantId, terminal }, { ...request.body, storeId }, key),
      );
    },
  );
  app.post(
    '/v1/payments/:id/collect',
    {
      config: {
        ...merchantSide,
        keyed: true,
        problems: [...collectProblems],
      },
      schema: {
        tags: ['payments'],
        summary: "Take the payer's one-time code",
        params: PaymentParams,
        body: CollectPayment,
        response,
      },
    },
    async (request, reply) => {
      const { merchantId, p } = takerOf(request);
      const digits = readPayCode(request.body.pay_code);
      if (digits === null) throw new ProblemError('pay_code_invalid');
      const id = toUuid(request.params.id, 'pay');
      return sendAnswer(
        reply,
        await payments.collect(merchantId, id, digits, requestKey(request, callerOf(p))),
      );
    },
  );
}

function captureRoutes(app: HttpApp, deps: PaymentRoutesDeps): void {
  const { payments } = deps;
  const response = { 200: PaymentSchema };
  app.post(
    '/v1/payments/:id/capture',
    {
      config: { ...merchantSide, keyed: true, problems: ['not_found', 'not_capturable', 'amount_too_large'] },
      schema: {
        tags: ['payments'],
        summary: 'Capture an authorisation, in full or in part',
        params: PaymentParams,
        body: CapturePayment,
        response,
      },
    },
    async (request, reply) => {
      const { merchantId, p } = takerOf(request);
      const amount = request.body.amount === undefined ? null : BigInt(request.body.amount);
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        const captured = await payments.capturePayment(
          tx,
          merchantId,
          toUuid(request.params.id, 'pay'),
          amount,
        );
        return { status: 200, body: paymentView(captured, deps.view) };
      });
      committed(deps);
      return sendAnswer(reply, answer);
    },
  );
  app.post(
    '/v1/payments/:id/cancel',
    {
      config: {
        ...merchantSide,
        keyed: true,
        problems: ['not_found', 'not_cancellable', 'payment_in_progress'],
      },
      schema: {
        tags: ['payments'],
        summary: 'Cancel what was not captured',
        params: PaymentParams,
        response,
      },
    },
    async (request, reply) => {
      const { merchantId, p } = takerOf(request);
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        const cancelled = await payments.cancelPayment(tx, merchantId, toUuid(request.params.id, 'pay'));
        return { status: 200, body: paymentView(cancelled, deps.view) };
      });
      committed(deps);
      return sendAnswer(reply, answer);
    },
  );
}

function committed(deps: PaymentRoutesDeps): void {
  deps.outbox.wake();
  deps.kickForwarder();
}

function refundRoutes(app: HttpApp, deps: PaymentRoutesDeps): void {
  app.post(
    '/v1/payments/:id/refunds',
    {
      config: { ...merchantSide, keyed: true, problems: ['not_found', 'not_refundable', 'amount_too_large'] },
      schema: {
        tags: ['payments'],
        summary: 'Refund, in full or in part',
        params: PaymentParams,
        body: CreateRefund,
        response: { 201: RefundSchema },
      },
    },
    async (request, reply) => {
      const { merchantId, p } = takerOf(request);
      mayRefund(p);
      const { amount, reason } = request.body;
      const key = requestKey(request, callerOf(p));
      const input = { amount: amount === undefined ? null : BigInt(amount), reason };
      const answer = await idempotentlyAround(deps, key, async () => {
        const refund = await deps.payments.refundPayment(
          merchantId,
          toUuid(request.params.id, 'pay'),
          input,
          key,
        );
        return { status: 201, body: refundView(refund) };
      });
      return sendAnswer(reply, answer);
    },
  );
  app.get(
    '/v1/payments/:id/refunds',
    {
      config: { ...merchantSide, problems: ['not_found'] },
      schema: {
        tags: ['payments'],
        summary: 'Refunds of a payment',
        params: PaymentParams,
        response: { 200: Strict({ data: Type.Array(RefundSchema) }) },
      },
    },
    async (request) => {
      const payment = await ownedBy(deps, takerOf(request).merchantId, request.params.id);
      return { data: (await deps.payments.refunds(deps.db, payment.id)).map(refundView) };
    },
  );
}

async function ownedBy(deps: PaymentRoutesDeps, merchantId: string, id: string): Promise<Payment> {
  const payment = await deps.payments.find(deps.db, toUuid(id, 'pay'));
  if (payment?.merchantId !== merchantId) throw new ProblemError('not_found');
  return payment;
}

const MerchantQuery = Strict({
  ...PageQuery.properties,
  state: Type.Optional(PaymentStateSchema),
  order_reference: Type.Optional(Reference(64)),
  from: Type.Optional(InstantFilter),
  to: Type.Optional(InstantFilter),
});

function readRoutes(app: HttpApp, deps: PaymentRoutesDeps): void {
  app.get(
    '/v1/payments',
    {
      config: merchantSide,
      schema: {
        tags: ['payments'],
        summary: 'Payments, newest first',
        querystring: MerchantQuery,
        response: { 200: PaymentPage },
      },
    },
    async (request) => {
      const q = request.query;
      return paymentPage(deps, q, {
        merchantId: takerOf(request).merchantId,
        state: q.state ?? null,
        text: q.order_reference ?? null,
        fromMs: q.from === undefined ? null : Date.parse(q.from),
        toMs: q.to === undefined ? null : Date.parse(q.to),
      });
    },
  );
  app.get(
    '/v1/payments/:id',
    {
      config: { ...merchantSide, problems: ['not_found'] },
      schema: {
        tags: ['payments'],
        summary: 'One payment',
        params: PaymentParams,
        response: { 200: PaymentSchema },
      },
    },
    async (request) =>
      paymentView(await ownedBy(deps, takerOf(request).merchantId, request.params.id), deps.view),
  );
  app.get(
    '/v1/payments/:id/events',
    {
      config: { ...merchantSide, problems: ['not_found'] },
      schema: {
        tags: ['payments'],
        summary: 'What happened to a payment',
        params: PaymentParams,
        response: { 200: Strict({ data: Type.Array(FeiqianEvent) }) },
      },
    },
    async (request) => {
      const payment = await ownedBy(deps, takerOf(request).merchantId, request.params.id);
      return { data: (await deps.outbox.eventsOf(deps.db, payment.id)).map(eventView) };
    },
  );
  app.get(
    '/v1/payments/:id/receipt',
    {
      config: { ...merchantSide, problems: ['not_found'] },
      schema: {
        tags: ['payments'],
        summary: "The merchant's receipt",
        params: PaymentParams,
        response: { 200: Receipt },
      },
    },
    async (request) => receiptOf(deps, await ownedBy(deps, takerOf(request).merchantId, request.params.id)),
  );
  posterRoute(app, deps);
}

/** The receipt of a payment, the same for both sides. */
export async function receiptOf(deps: PaymentRoutesDeps, p: Payment): Promise<Receipt> {
  const till = await deps.merchants.till(p.storeId);
  return {
    payment: paymentView(p, deps.view),
    refunds: (await deps.payments.refunds(deps.db, p.id)).map(refundView),
    merchant_city: till?.merchant.city ?? '',
    number: p.rrn ?? fromUuid(p.id, 'pay').slice(-12).toUpperCase(),
  };
}

/** A page of payments under a filter, newest first. */
export async function paymentPage(
  deps: PaymentRoutesDeps,
  query: { limit?: number; cursor?: string },
  filter: {
    merchantId?: string | null;
    userId?: string | null;
    issuerId?: string | null;
    state?: PaymentState | null;
    entry?: string | null;
    text?: string | null;
    paymentId?: string | null;
    fromMs?: number | null;
    toMs?: number | null;
  },
): Promise<PaymentPage> {
  const limit = query.limit ?? pageSize;
  const found = await deps.payments.list(deps.db, {
    merchantId: null,
    userId: null,
    issuerId: null,
    state: null,
    entry: null,
    text: null,
    paymentId: null,
    fromMs: null,
    toMs: null,
    ...filter,
    before: cursorOf(query.cursor),
    limit: limit + 1,
  });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map((p) => paymentView(p, deps.view)),
    next_cursor: found.length > limit && last ? fromUuid(last.id, 'pay') : null,
  };
}

function cursorOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return toUuid(text, 'pay');
  } catch {
    throw new ProblemError('invalid_request', 'cursor: not one that a list gave');
  }
}

export function eventView(e: StoredEvent): FeiqianEvent {
  return {
    id: fromUuid(e.id, 'evt'),
    type: e.type,
    object_id: fromUuid(e.objectId, 'pay'),
    at: instant(e.atMs),
    data: e.data,
  };
}
