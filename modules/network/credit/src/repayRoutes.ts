import { callerAs, callerOf, nonceOf } from '@feiqian/access';
import { AutoRepaySetting, Changed, Id, RepayCard, SetAutoRepay, Strict, Transfer } from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { type HttpApp, idempotently, requestKey, sendAnswer } from '@feiqian/http';
import { toUuid } from '@feiqian/ids';
import { beginProblems } from '@feiqian/transfers';
import type { Verification } from '@feiqian/verification';
import { autoRepayView } from './autoRepay.ts';
import type { AutoRepays } from './autoRepays.ts';
import type { Repayments } from './repayments.ts';

export interface RepayRoutesDeps {
  db: Db;
  now: () => number;
  repayments: Repayments;
  autoRepays: AutoRepays;
  verification: Pick<Verification, 'demand'>;
}

const wallet = { callers: ['wallet'] as const };
const CardParams = Strict({ id: Id('tok') });
const asksBank = [
  'card_unknown',
  'card_not_usable',
  'not_found',
  'bank_unavailable',
  'consent_ended',
] as const;

/** Repaying credit cards, by hand and by itself. */
export function repayRoutes(deps: RepayRoutesDeps) {
  return async (app: HttpApp): Promise<void> => {
    repayRoute(app, deps);
    autoRoutes(app, deps);
  };
}

function repayRoute(app: HttpApp, deps: RepayRoutesDeps): void {
  app.post(
    '/v1/wallet/cards/:id/repayments',
    {
      config: {
        ...wallet,
        signed: 'in_commit',
        keyed: true,
        problems: [
          ...new Set([
            ...beginProblems,
            ...asksBank,
            'over_repayment' as const,
            'repayment_in_progress' as const,
            'verification_required' as const,
          ]),
        ],
      },
      schema: {
        tags: ['wallet'],
        summary: 'Repay a credit card from a debit card, without a fee; waits for both banks',
        params: CardParams,
        body: RepayCard,
        response: { 201: Transfer },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const { from_card_id, amount } = request.body;
      await deps.verification.demand(request, { operation: 'repay', amount: BigInt(amount) });
      const order = {
        cardId: toUuid(request.params.id, 'tok'),
        fromCardId: toUuid(from_card_id, 'tok'),
        amount,
      };
      const owner = { userId: p.userId, deviceId: p.deviceId };
      const key = requestKey(request, callerOf(p));
      return sendAnswer(reply, await deps.repayments.repay(owner, order, key, nonceOf(request)));
    },
  );
}

function autoRoutes(app: HttpApp, deps: RepayRoutesDeps): void {
  const { autoRepays, repayments } = deps;
  app.get(
    '/v1/wallet/cards/:id/auto-repay',
    {
      config: { ...wallet, problems: [...asksBank] },
      schema: {
        tags: ['wallet'],
        summary: 'Whether a credit card is repaid by itself',
        params: CardParams,
        response: { 200: AutoRepaySetting },
      },
    },
    (request) => {
      const { userId, deviceId } = callerAs(request, 'wallet');
      return autoRepays.find({ userId, deviceId }, toUuid(request.params.id, 'tok'));
    },
  );
  app.put(
    '/v1/wallet/cards/:id/auto-repay',
    {
      config: { ...wallet, signed: true, keyed: true, problems: [...asksBank, 'verification_required'] },
      schema: {
        tags: ['wallet'],
        summary: 'Repay a credit card by itself on the day its bill is due, in full or the minimum',
        params: CardParams,
        body: SetAutoRepay,
        response: { 200: AutoRepaySetting },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      await deps.verification.demand(request, { operation: 'repay' });
      const owner = { userId: p.userId, deviceId: p.deviceId };
      const cardId = toUuid(request.params.id, 'tok');
      const { account } = await repayments.creditCard(owner, cardId);
      await autoRepays.payable(owner, toUuid(request.body.from_card_id, 'tok'));
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        const set = await autoRepays.set(tx, owner, cardId, account.id, request.body);
        return { status: 200, body: { auto_repay: autoRepayView(set) } };
      });
      return sendAnswer(reply, answer);
    },
  );
  app.delete(
    '/v1/wallet/cards/:id/auto-repay',
    {
      config: { ...wallet, signed: true, keyed: true, problems: [...asksBank] },
      schema: {
        tags: ['wallet'],
        summary: 'No longer repay a credit card by itself',
        params: CardParams,
        response: { 200: Changed('tok') },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const owner = { userId: p.userId, deviceId: p.deviceId };
      const { account } = await repayments.creditCard(owner, toUuid(request.params.id, 'tok'));
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        await autoRepays.remove(tx, account.id);
        return { status: 200, body: { id: request.params.id } };
      });
      return sendAnswer(reply, answer);
    },
  );
}
