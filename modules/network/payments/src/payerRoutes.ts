import { callerAs, callerOf, nonceOf } from '@feiqian/access';
import {
  CreateStorePayment,
  PageQuery,
  PaymentPage,
  Payment as PaymentSchema,
  PayPayment,
  Receipt,
  Scan,
  ScanResult,
  verificationHeader,
} from '@feiqian/contract';
import { type HttpApp, ProblemError, requestKey, sendAnswer } from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import type { FastifyRequest } from 'fastify';
import { readCode } from './code.ts';
import { beginProblems } from './deps.ts';
import type { Payment } from './payment.ts';
import { PaymentParams, type PaymentRoutesDeps, paymentPage, receiptOf } from './routes.ts';
import { payable } from './state.ts';
import { paymentView } from './view.ts';

const wallet = { callers: ['wallet'] as const };

/** Routes of payers. */
export function payerRoutes(deps: PaymentRoutesDeps) {
  return async (app: HttpApp): Promise<void> => {
    scanRoutes(app, deps);
    payRoutes(app, deps);
    recordRoutes(app, deps);
  };
}

/** A payment that this person may see: one's own, or one that anybody who was shown its code may pay. */
async function visibleTo(deps: PaymentRoutesDeps, userId: string, paymentId: string): Promise<Payment> {
  const payment = await deps.payments.find(deps.db, paymentId);
  const open = payment !== undefined && payment.userId === null && payable.includes(payment.state);
  if (payment === undefined || (payment.userId !== userId && !open)) throw new ProblemError('not_found');
  return payment;
}

function scanRoutes(app: HttpApp, deps: PaymentRoutesDeps): void {
  app.post(
    '/v1/wallet/scans',
    {
      config: { ...wallet, problems: ['code_unreadable', 'not_found', 'merchant_not_active'] },
      schema: {
        tags: ['wallet'],
        summary: 'What a scanned code asks for',
        body: Scan,
        response: { 200: ScanResult },
      },
    },
    async (request) => {
      const { userId } = callerAs(request, 'wallet');
      const code = readCode(request.body.text);
      if (code === null) throw new ProblemError('code_unreadable');
      if (code.kind === 'payment') {
        const payment = await visibleTo(deps, userId, code.paymentId);
        return { kind: 'payment' as const, payment: paymentView(payment, deps.view) };
      }
      const till = await deps.merchants.till(code.storeId);
      if (till === null) throw new ProblemError('not_found');
      if (till.merchant.status !== 'active') throw new ProblemError('merchant_not_active');
      return {
        kind: 'store' as const,
        merchant: { id: fromUuid(till.merchant.id, 'mer'), name: till.merchant.name },
        store: { id: fromUuid(till.store.id, 'sto'), name: till.store.name },
        currency: till.merchant.currency,
      };
    },
  );
}

function payRoutes(app: HttpApp, deps: PaymentRoutesDeps): void {
  app.post(
    '/v1/wallet/payments',
    {
      config: {
        ...wallet,
        keyed: true,
        problems: ['store_unknown', 'merchant_not_active', 'currency_not_supported'],
      },
      schema: {
        tags: ['wallet'],
        summary: "Create a payment at a store's static code",
        body: CreateStorePayment,
        response: { 201: PaymentSchema },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const { store_id, amount, currency, description } = request.body;
      const input = { storeId: toUuid(store_id, 'sto'), amount, currency, description: description ?? null };
      return sendAnswer(reply, await deps.payments.createAtStore(p, input, requestKey(request, callerOf(p))));
    },
  );
  app.post(
    '/v1/wallet/payments/:id/pay',
    {
      config: {
        ...wallet,
        signed: 'in_commit',
        keyed: true,
        problems: [...beginProblems, 'verification_required'],
      },
      schema: {
        tags: ['wallet'],
        summary: 'Pay with one of the cards; waits for the bank',
        params: PaymentParams,
        body: PayPayment,
        response: { 200: PaymentSchema },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const tokenId = toUuid(request.body.card_id, 'tok');
      const key = requestKey(request, callerOf(p));
      const id = toUuid(request.params.id, 'pay');
      const verifiedUpTo = await verifiedFor(deps, request, id);
      const shown = { nonce: nonceOf(request), verifiedUpTo };
      try {
        return sendAnswer(reply, await deps.payments.pay(p, id, tokenId, key, shown));
      } catch (error) {
        if (!(error instanceof ProblemError) || error.code !== 'verification_required') throw error;
        const { amount } = await visibleTo(deps, p.userId, id);
        await deps.verification.demand(request, { operation: 'payment', amount });
        throw error;
      }
    },
  );
}

/** The largest amount that the payer may pay now. Only a request that brings a verification is looked up. */
async function verifiedFor(
  deps: PaymentRoutesDeps,
  request: FastifyRequest,
  paymentId: string,
): Promise<bigint> {
  const p = callerAs(request, 'wallet');
  const free = deps.verification.freeFor(p, 'payment');
  if (request.headers[verificationHeader] === undefined) return free;
  const payment = await deps.payments.find(deps.db, paymentId);
  if (payment === undefined) return free;
  const { amount } = payment;
  return (await deps.verification.shown(request, { operation: 'payment', amount })) ? amount : free;
}

function recordRoutes(app: HttpApp, deps: PaymentRoutesDeps): void {
  app.get(
    '/v1/wallet/payments',
    {
      config: wallet,
      schema: {
        tags: ['wallet'],
        summary: 'Records, newest first',
        querystring: PageQuery,
        response: { 200: PaymentPage },
      },
    },
    (request) => paymentPage(deps, request.query, { userId: callerAs(request, 'wallet').userId }),
  );
  app.get(
    '/v1/wallet/payments/:id',
    {
      config: { ...wallet, problems: ['not_found'] },
      schema: {
        tags: ['wallet'],
        summary: 'One payment',
        params: PaymentParams,
        response: { 200: PaymentSchema },
      },
    },
    async (request) => {
      const { userId } = callerAs(request, 'wallet');
      return paymentView(await visibleTo(deps, userId, toUuid(request.params.id, 'pay')), deps.view);
    },
  );
  app.get(
    '/v1/wallet/payments/:id/receipt',
    {
      config: { ...wallet, problems: ['not_found'] },
      schema: {
        tags: ['wallet'],
        summary: "The payer's receipt",
        params: PaymentParams,
        response: { 200: Receipt },
      },
    },
    async (request) => {
      const { userId } = callerAs(request, 'wallet');
      const payment = await deps.payments.find(deps.db, toUuid(request.params.id, 'pay'));
      if (payment?.userId !== userId) throw new ProblemError('not_found');
      return receiptOf(deps, payment);
    },
  );
}
