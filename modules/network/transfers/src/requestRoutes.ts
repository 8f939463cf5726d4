import { callerAs, callerOf, nonceOf } from '@feiqian/access';
import {
  CreateMoneyRequest,
  CreateSplit,
  Id,
  MoneyRequestPage,
  MoneyRequest as MoneyRequestSchema,
  type MoneyRequest as MoneyRequestView,
  PageQuery,
  PayMoneyRequest,
  SplitPage,
  Split as SplitSchema,
  Strict,
  Transfer as TransferSchema,
} from '@feiqian/contract';
import type { Sql } from '@feiqian/db';
import { type HttpApp, idempotently, ProblemError, requestKey, sendAnswer } from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import type { StreamSource } from '@feiqian/payments';
import { Type } from 'typebox';
import { beginProblems } from './refusal.ts';
import { isSeenBy, type MoneyRequest } from './request.ts';
import type { Requests } from './requests.ts';
import { requestView, splitView } from './requestView.ts';
import type { TransferRoutesDeps } from './routes.ts';

export interface RequestRoutesDeps extends TransferRoutesDeps {
  requests: Requests;
}

const wallet = { callers: ['wallet'] as const };
const RequestParams = Strict({ id: Id('mrq') });
const RequestsQuery = Strict({
  direction: Type.Optional(Type.Enum(['in', 'out'])),
  limit: PageQuery.properties.limit,
  cursor: Type.Optional(Id('mrq')),
});
const SplitsQuery = Strict({ limit: PageQuery.properties.limit, cursor: Type.Optional(Id('spl')) });
const pageSize = 20;
const askProblems = [
  'too_many_requests',
  'payee_is_payer',
  'receiving_needed',
  'currency_not_supported',
] as const;

/** Routes of asking for money, and of being asked. */
export function requestRoutes(deps: RequestRoutesDeps) {
  return async (app: HttpApp): Promise<void> => {
    askRoute(app, deps);
    splitRoutes(app, deps);
    payRoute(app, deps);
    endRoutes(app, deps);
    readRoutes(app, deps);
  };
}

/** Requests in the streams of wallets. */
export function requestStream(deps: RequestRoutesDeps): StreamSource {
  return {
    prefix: 'money_request.',
    event: 'money_request',
    idPrefix: 'mrq',
    async views(userId, ids) {
      const seen = (await deps.requests.findMany(deps.db, ids)).filter((r) => isSeenBy(r, userId));
      const views = await viewsOf(deps, deps.db, userId, seen);
      return new Map(seen.map((r, i) => [r.id, views[i]]));
    },
  };
}

async function viewsOf(deps: RequestRoutesDeps, sql: Sql, userId: string, list: readonly MoneyRequest[]) {
  const askers = list.filter((r) => r.askerId !== userId).map((r) => r.askerId);
  const names = await deps.shownNames(sql, [...new Set(askers)]);
  return list.map((r) => requestView(r, userId, names.get(r.askerId) ?? null, deps.now()));
}

async function viewOf(deps: RequestRoutesDeps, sql: Sql, userId: string, r: MoneyRequest) {
  const [view] = await viewsOf(deps, sql, userId, [r]);
  return view as MoneyRequestView;
}

function askRoute(app: HttpApp, deps: RequestRoutesDeps): void {
  app.post(
    '/v1/wallet/requests',
    {
      config: { ...wallet, signed: true, keyed: true, problems: [...askProblems] },
      schema: {
        tags: ['requests'],
        summary: 'Ask a person for money; an unknown number is answered like a known one',
        body: CreateMoneyRequest,
        response: { 201: MoneyRequestSchema },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const { mobile, name, amount, currency, note } = request.body;
      if (currency !== deps.currency) throw new ProblemError('currency_not_supported');
      const found = await deps.requests.lookUp({ ...p, address: request.ip }, [mobile]);
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        const asking = { mobile, name: name ?? null, amount: BigInt(amount), currency, note: note ?? null };
        const asked = await deps.requests.ask(tx, p.userId, found, asking);
        return { status: 201, body: requestView(asked, p.userId, null, deps.now()) };
      });
      deps.outbox.wake();
      return sendAnswer(reply, answer);
    },
  );
}

function splitRoutes(app: HttpApp, deps: RequestRoutesDeps): void {
  app.post(
    '/v1/wallet/splits',
    {
      config: {
        ...wallet,
        signed: true,
        keyed: true,
        problems: [...askProblems, 'split_not_exact', 'amount_too_large', 'not_found'],
      },
      schema: {
        tags: ['requests'],
        summary: 'Split a bill: a request to each of several people, exact to the fen',
        body: CreateSplit,
        response: { 201: SplitSchema },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const { total, currency, note, own_part, people, payment_id } = request.body;
      if (currency !== deps.currency) throw new ProblemError('currency_not_supported');
      const mobiles = people.map((one) => one.mobile);
      const found = await deps.requests.lookUp({ ...p, address: request.ip }, mobiles);
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        const { split, requests } = await deps.requests.split(tx, p.userId, found, {
          total: BigInt(total),
          currency,
          note: note ?? null,
          ownPart: own_part,
          people: people.map((one) => ({
            mobile: one.mobile,
            name: one.name ?? null,
            amount: one.amount === undefined ? null : BigInt(one.amount),
          })),
          paymentId: payment_id === undefined ? null : toUuid(payment_id, 'pay'),
        });
        return { status: 201, body: splitView(split, requests, deps.now()) };
      });
      deps.outbox.wake();
      return sendAnswer(reply, answer);
    },
  );
  app.get(
    '/v1/wallet/splits',
    {
      config: wallet,
      schema: {
        tags: ['requests'],
        summary: 'Bills that this person has split, with how each part stands, newest first',
        querystring: SplitsQuery,
        response: { 200: SplitPage },
      },
    },
    async (request) => {
      const { userId } = callerAs(request, 'wallet');
      const limit = request.query.limit ?? pageSize;
      const before = request.query.cursor === undefined ? null : toUuid(request.query.cursor, 'spl');
      const filter = { askerId: userId, id: null, before, limit: limit + 1 };
      const { splits, requests } = await deps.requests.splits(deps.db, filter);
      const page = splits.slice(0, limit);
      const last = page.at(-1);
      return {
        data: page.map((s) => splitView(s, requests, deps.now())),
        next_cursor: splits.length > limit && last ? fromUuid(last.id, 'spl') : null,
      };
    },
  );
  app.get(
    '/v1/wallet/splits/:id',
    {
      config: { ...wallet, problems: ['not_found'] },
      schema: {
        tags: ['requests'],
        summary: 'One bill that this person has split',
        params: Strict({ id: Id('spl') }),
        response: { 200: SplitSchema },
      },
    },
    async (request) => {
      const { userId } = callerAs(request, 'wallet');
      const id = toUuid(request.params.id, 'spl');
      const filter = { askerId: userId, id, before: null, limit: 1 };
      const { splits, requests } = await deps.requests.splits(deps.db, filter);
      if (splits[0] === undefined) throw new ProblemError('not_found');
      return splitView(splits[0], requests, deps.now());
    },
  );
}

function payRoute(app: HttpApp, deps: RequestRoutesDeps): void {
  app.post(
    '/v1/wallet/requests/:id/pay',
    {
      config: {
        ...wallet,
        signed: 'in_commit',
        keyed: true,
        problems: [
          ...beginProblems,
          'not_found',
          'request_ended',
          'request_in_progress',
          'verification_required',
        ],
      },
      schema: {
        tags: ['requests'],
        summary: 'Pay a request with a transfer, once; waits for both banks as long as a caller may',
        params: RequestParams,
        body: PayMoneyRequest,
        response: { 201: TransferSchema },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const asked = await deps.requests.find(deps.db, toUuid(request.params.id, 'mrq'));
      if (asked === undefined || asked.askedId !== p.userId) throw new ProblemError('not_found');
      const { id, amount, currency, note } = asked;
      await deps.verification.demand(request, { operation: 'transfer', amount });
      const payee = await deps.payees.asker(asked.askerId);
      const { userId, deviceId } = p;
      const order = { kind: 'transfer' as const, userId, deviceId, amount, currency, note };
      const answer = await deps.transfers.send(
        {
          order: { ...order, scheduledAtMs: null },
          fromTokenId: toUuid(request.body.from_card_id, 'tok'),
          to: payee === null ? { kind: 'nobody' } : { kind: 'payee', payee },
          // The request itself is paid once.
          repeatConfirmed: true,
          nonce: nonceOf(request),
          requestId: id,
        },
        requestKey(request, callerOf(p)),
      );
      return sendAnswer(reply, answer);
    },
  );
}

function endRoutes(app: HttpApp, deps: RequestRoutesDeps): void {
  const ways = [
    ['decline', 'Say no to a request', deps.requests.decline],
    ['withdraw', 'Take back a request that nobody has paid', deps.requests.withdraw],
  ] as const;
  for (const [way, summary, end] of ways) {
    app.post(
      `/v1/wallet/requests/:id/${way}`,
      {
        config: {
          ...wallet,
          signed: true,
          keyed: true,
          problems: ['not_found', 'request_ended', 'request_in_progress'],
        },
        schema: { tags: ['requests'], summary, params: RequestParams, response: { 200: MoneyRequestSchema } },
      },
      async (request, reply) => {
        const p = callerAs(request, 'wallet');
        const id = toUuid(request.params.id, 'mrq');
        const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
          const ended = await end(tx, p.userId, id);
          return { status: 200, body: await viewOf(deps, tx, p.userId, ended) };
        });
        deps.outbox.wake();
        return sendAnswer(reply, answer);
      },
    );
  }
}

function readRoutes(app: HttpApp, deps: RequestRoutesDeps): void {
  app.get(
    '/v1/wallet/requests',
    {
      config: wallet,
      schema: {
        tags: ['requests'],
        summary: 'What this person asks (out) and is asked (in), newest first',
        querystring: RequestsQuery,
        response: { 200: MoneyRequestPage },
      },
    },
    async (request) => {
      const { userId } = callerAs(request, 'wallet');
      const { limit = pageSize, cursor, direction = null } = request.query;
      const before = cursor === undefined ? null : toUuid(cursor, 'mrq');
      const found = await deps.requests.list(deps.db, { userId, direction, before, limit: limit + 1 });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        data: await viewsOf(deps, deps.db, userId, page),
        next_cursor: found.length > limit && last ? fromUuid(last.id, 'mrq') : null,
      };
    },
  );
  app.get(
    '/v1/wallet/requests/:id',
    {
      config: { ...wallet, problems: ['not_found'] },
      schema: {
        tags: ['requests'],
        summary: 'One request',
        params: RequestParams,
        response: { 200: MoneyRequestSchema },
      },
    },
    async (request) => {
      const { userId } = callerAs(request, 'wallet');
      const found = await deps.requests.find(deps.db, toUuid(request.params.id, 'mrq'));
      if (found === undefined || !isSeenBy(found, userId)) throw new ProblemError('not_found');
      return viewOf(deps, deps.db, userId, found);
    },
  );
}
