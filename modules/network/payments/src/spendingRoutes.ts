import { callerAs, callerOf } from '@feiqian/access';
import {
  Id,
  Month,
  PageQuery,
  SetBudget,
  SpendingCategory,
  SpendingPaymentPage,
  Spending as SpendingSchema,
  Strict,
} from '@feiqian/contract';
import { type HttpApp, idempotently, requestKey, sendAnswer } from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import { Type } from 'typebox';
import type { PaymentRoutesDeps } from './routes.ts';
import type { Spendings } from './spendings.ts';
import { paymentView } from './view.ts';

export interface SpendingRoutesDeps extends Pick<PaymentRoutesDeps, 'db' | 'now' | 'view'> {
  spendings: Spendings;
}

const wallet = { callers: ['wallet'] as const };
const MonthQuery = Strict({ month: Type.Optional(Month) });
const PaymentsQuery = Strict({
  month: Type.Optional(Month),
  category: Type.Optional(SpendingCategory),
  limit: PageQuery.properties.limit,
  cursor: Type.Optional(Id('pay')),
});
const pageSize = 20;

/** Routes of what people spend and mean to spend. */
export function spendingRoutes(deps: SpendingRoutesDeps) {
  return async (app: HttpApp): Promise<void> => {
    app.get(
      '/v1/wallet/spending',
      {
        config: wallet,
        schema: {
          tags: ['spending'],
          summary: 'What was spent in a month, by category, with the trend and the budget',
          querystring: MonthQuery,
          response: { 200: SpendingSchema },
        },
      },
      async (request) =>
        deps.spendings.month(callerAs(request, 'wallet').userId, request.query.month ?? null),
    );
    listRoute(app, deps);
    app.put(
      '/v1/wallet/budget',
      {
        config: { ...wallet, keyed: true, signed: true },
        schema: {
          tags: ['spending'],
          summary: 'Set all budgets from this month on; months before keep theirs',
          body: SetBudget,
          response: { 200: SpendingSchema },
        },
      },
      async (request, reply) => {
        const p = callerAs(request, 'wallet');
        const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => ({
          status: 200,
          body: await deps.spendings.setBudget(tx, p.userId, request.body),
        }));
        return sendAnswer(reply, answer);
      },
    );
  };
}

function listRoute(app: HttpApp, deps: SpendingRoutesDeps): void {
  app.get(
    '/v1/wallet/spending/payments',
    {
      config: wallet,
      schema: {
        tags: ['spending'],
        summary: 'A month’s payments with the category of their merchants, newest first',
        querystring: PaymentsQuery,
        response: { 200: SpendingPaymentPage },
      },
    },
    async (request) => {
      const { userId } = callerAs(request, 'wallet');
      const { month = null, category = null, cursor, limit = pageSize } = request.query;
      const before = cursor === undefined ? null : toUuid(cursor, 'pay');
      const found = await deps.spendings.payments(userId, { month, category, before, limit: limit + 1 });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        data: page.map(({ payment, mcc, category: spent }) => ({
          payment: paymentView(payment, deps.view),
          mcc,
          category: spent,
        })),
        next_cursor: found.length > limit && last ? fromUuid(last.payment.id, 'pay') : null,
      };
    },
  );
}
