import { callerAs, callerOf } from '@feiqian/access';
import {
  ApplyForCard,
  BillPage,
  BillsQuery,
  CreditApplication,
  CreditApplicationList,
  CreditProductList,
  Id,
  Owed,
  Strict,
} from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { type HttpApp, idempotentlyAround, requestKey, sendAnswer } from '@feiqian/http';
import { toUuid } from '@feiqian/ids';
import type { Verification } from '@feiqian/verification';
import type { Applications } from './applications.ts';
import type { Bills } from './bills.ts';

export interface CreditRoutesDeps {
  db: Db;
  now: () => number;
  bills: Bills;
  applications: Applications;
  verification: Pick<Verification, 'demand'>;
}

const wallet = { callers: ['wallet'] as const };
const signed = { ...wallet, signed: true, keyed: true } as const;
const asksBank = { ...wallet, problems: ['not_found', 'bank_unavailable', 'consent_ended'] as const };
const AccountParams = Strict({ id: Id('acc') });
const ApplicationParams = Strict({ id: Id('app') });

/** Credit cards: what is owed, and applying for one. */
export function creditRoutes(deps: CreditRoutesDeps) {
  return async (app: HttpApp): Promise<void> => {
    billRoutes(app, deps);
    applyRoute(app, deps);
    applicationRoutes(app, deps);
  };
}

function billRoutes(app: HttpApp, { bills }: CreditRoutesDeps): void {
  app.get(
    '/v1/wallet/accounts/:id/owed',
    {
      config: asksBank,
      schema: {
        tags: ['wallet'],
        summary: 'What a credit card owes now, asked of its bank',
        params: AccountParams,
        response: { 200: Owed },
      },
    },
    (request) => bills.owed(callerAs(request, 'wallet'), toUuid(request.params.id, 'acc')),
  );
  app.get(
    '/v1/wallet/accounts/:id/bills',
    {
      config: asksBank,
      schema: {
        tags: ['wallet'],
        summary: 'Bills of a credit card, newest first',
        params: AccountParams,
        querystring: BillsQuery,
        response: { 200: BillPage },
      },
    },
    (request) => bills.list(callerAs(request, 'wallet'), toUuid(request.params.id, 'acc'), request.query),
  );
}

function applyRoute(app: HttpApp, deps: CreditRoutesDeps): void {
  app.post(
    '/v1/wallet/credit-applications',
    {
      config: {
        ...signed,
        problems: [
          'bank_unknown',
          'product_unknown',
          'identity_mismatch',
          'application_open',
          'too_many_attempts',
          'bank_unavailable',
          'verification_required',
          'identity_required',
        ],
      },
      schema: {
        tags: ['wallet'],
        summary: 'Apply for a credit card; once approved, its virtual card is bound to this device',
        body: ApplyForCard,
        response: { 201: CreditApplication },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      await deps.verification.demand(request, { operation: 'apply_card' });
      const key = requestKey(request, callerOf(p));
      const answer = await idempotentlyAround(deps, key, async () => ({
        status: 201,
        body: await deps.applications.apply(p, request.body, key),
      }));
      return sendAnswer(reply, answer);
    },
  );
}

function applicationRoutes(app: HttpApp, deps: CreditRoutesDeps): void {
  app.get(
    '/v1/wallet/credit-products',
    {
      config: wallet,
      schema: {
        tags: ['wallet'],
        summary: 'Credit cards of every bank that one may apply for',
        response: { 200: CreditProductList },
      },
    },
    () => deps.applications.products(),
  );
  app.get(
    '/v1/wallet/credit-applications',
    {
      config: wallet,
      schema: {
        tags: ['wallet'],
        summary: 'Applications of this person, newest first',
        response: { 200: CreditApplicationList },
      },
    },
    async (request) => ({ data: await deps.applications.list(callerAs(request, 'wallet')) }),
  );
  app.get(
    '/v1/wallet/credit-applications/:id',
    {
      config: { ...wallet, problems: ['not_found'] },
      schema: {
        tags: ['wallet'],
        summary: 'Where an application stands',
        params: ApplicationParams,
        response: { 200: CreditApplication },
      },
    },
    (request) => deps.applications.find(callerAs(request, 'wallet'), toUuid(request.params.id, 'app')),
  );
  app.post(
    '/v1/wallet/credit-applications/:id/withdraw',
    {
      config: {
        ...signed,
        problems: ['not_found', 'application_decided', 'bank_unavailable', 'consent_ended'],
      },
      schema: {
        tags: ['wallet'],
        summary: 'Withdraw an application that is not decided',
        params: ApplicationParams,
        response: { 200: CreditApplication },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const answer = await idempotentlyAround(deps, requestKey(request, callerOf(p)), async () => ({
        status: 200,
        body: await deps.applications.withdraw(p, toUuid(request.params.id, 'app')),
      }));
      return sendAnswer(reply, answer);
    },
  );
}
