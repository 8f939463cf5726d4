import { callerAs, callerOf, nonceOf } from '@feiqian/access';
import {
  CreateTransfer,
  Id,
  PageQuery,
  Strict,
  TransferPage,
  Transfer as TransferSchema,
  type Transfer as TransferView,
} from '@feiqian/contract';
import type { Sql } from '@feiqian/db';
import { type HttpApp, ProblemError, requestKey, sendAnswer } from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import type { StreamSource } from '@feiqian/payments';
import type { Verification } from '@feiqian/verification';
import { Type } from 'typebox';
import type { Destination, TransfersDeps } from './deps.ts';
import type { Payees } from './payees.ts';
import { beginProblems } from './refusal.ts';
import type { Transfer } from './transfer.ts';
import type { Transfers } from './transfers.ts';
import { transferView } from './view.ts';

export interface TransferRoutesDeps extends TransfersDeps {
  transfers: Transfers;
  now: () => number;
  verification: Pick<Verification, 'demand'>;
  payees: Payees;
  /** What others may see of people. */
  shownNames: (sql: Sql, userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Address at which the wallet is served. */
  publicUrl: string;
  /** The one currency that transfers are in. */
  currency: string;
}

const TransferParams = Strict({ id: Id('trf') });
const TransfersQuery = Strict({ limit: PageQuery.properties.limit, cursor: Type.Optional(Id('trf')) });
const wallet = { callers: ['wallet'] as const };
const pageSize = 20;
/** How far ahead a transfer may be scheduled. */
const laterMsMax = 366 * 24 * 3600_000;

/** Routes of people who send and receive. */
export function transferRoutes(deps: TransferRoutesDeps) {
  return async (app: HttpApp): Promise<void> => {
    sendRoutes(app, deps);
    cancelRoute(app, deps);
    recordRoutes(app, deps);
  };
}

/** Transfers in the streams of wallets. */
export function transferStream(deps: TransferRoutesDeps): StreamSource {
  return {
    prefix: 'transfer.',
    event: 'transfer',
    idPrefix: 'trf',
    async views(userId, ids) {
      const found = await deps.transfers.findMany(deps.db, ids);
      const seen = found.filter((t) => isSeenBy(t, userId));
      const views = await viewsOf(deps, deps.db, userId, seen);
      return new Map(seen.map((t, i) => [t.id, views[i]]));
    },
  };
}

/** Transfers as this person sees them: who sent what one has received. */
async function viewsOf(deps: TransferRoutesDeps, sql: Sql, userId: string, list: readonly Transfer[]) {
  const senders = list.filter((t) => t.payerId !== userId).map((t) => t.payerId);
  const names = await deps.shownNames(sql, [...new Set(senders)]);
  return list.map((t) => transferView(t, userId, deps.bankOf, names.get(t.payerId) ?? null));
}

/** A payer sees all that he or she sends, a payee what has arrived. */
function isSeenBy(t: Transfer, userId: string): boolean {
  return t.payerId === userId || (t.payeeId === userId && t.state === 'completed');
}

function sendRoutes(app: HttpApp, deps: TransferRoutesDeps): void {
  app.post(
    '/v1/wallet/transfers',
    {
      config: {
        ...wallet,
        signed: 'in_commit',
        keyed: true,
        problems: [...beginProblems, 'currency_not_supported', 'time_not_allowed', 'verification_required'],
      },
      schema: {
        tags: ['transfers'],
        summary: 'Send money; waits for both banks as long as a caller may',
        body: CreateTransfer,
        response: { 201: TransferSchema },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const { from_card_id, to, amount, currency, note, repeat_confirmed, scheduled_at } = request.body;
      if (currency !== deps.currency) throw new ProblemError('currency_not_supported');
      const own = 'card_id' in to;
      const operation = own ? 'own_transfer' : 'transfer';
      await deps.verification.demand(request, { operation, amount: BigInt(amount) });
      const destination: Destination = own
        ? { kind: 'card', tokenId: toUuid(to.card_id, 'tok') }
        : { kind: 'payee', payee: await deps.payees.chosen(p.userId, toUuid(to.payee_id, 'pye')) };
      const answer = await deps.transfers.send(
        {
          order: {
            kind: 'transfer',
            userId: p.userId,
            deviceId: p.deviceId,
            amount: BigInt(amount),
            currency,
            note: note ?? null,
            scheduledAtMs: laterOf(deps, scheduled_at),
          },
          fromTokenId: toUuid(from_card_id, 'tok'),
          to: destination,
          repeatConfirmed: repeat_confirmed ?? false,
          nonce: nonceOf(request),
        },
        requestKey(request, callerOf(p)),
      );
      return sendAnswer(reply, answer);
    },
  );
}

/** The instant of a transfer for later; null for one that goes out now. */
function laterOf(deps: TransferRoutesDeps, text: string | undefined): number | null {
  if (text === undefined) return null;
  const atMs = Date.parse(text);
  const nowMs = deps.clock.now();
  if (!(atMs > nowMs && atMs <= nowMs + laterMsMax)) throw new ProblemError('time_not_allowed');
  return atMs;
}

function cancelRoute(app: HttpApp, deps: TransferRoutesDeps): void {
  app.post(
    '/v1/wallet/transfers/:id/cancel',
    {
      config: { ...wallet, signed: true, keyed: true, problems: ['not_found', 'transfer_begun'] },
      schema: {
        tags: ['transfers'],
        summary: 'Take back a transfer that is to be sent later',
        params: TransferParams,
        response: { 200: TransferSchema },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const id = toUuid(request.params.id, 'trf');
      const answer = await deps.transfers.cancel(p.userId, id, requestKey(request, callerOf(p)));
      return sendAnswer(reply, answer);
    },
  );
}

function recordRoutes(app: HttpApp, deps: TransferRoutesDeps): void {
  app.get(
    '/v1/wallet/transfers',
    {
      config: wallet,
      schema: {
        tags: ['transfers'],
        summary: 'Sent and received, newest first',
        querystring: TransfersQuery,
        response: { 200: TransferPage },
      },
    },
    async (request) => {
      const { userId } = callerAs(request, 'wallet');
      return transferPage(deps, deps.db, userId, request.query);
    },
  );
  app.get(
    '/v1/wallet/transfers/:id',
    {
      config: { ...wallet, problems: ['not_found'] },
      schema: {
        tags: ['transfers'],
        summary: 'One transfer',
        params: TransferParams,
        response: { 200: TransferSchema },
      },
    },
    async (request) => {
      const { userId } = callerAs(request, 'wallet');
      const t = await deps.transfers.find(deps.db, toUuid(request.params.id, 'trf'));
      if (t === undefined || !isSeenBy(t, userId)) throw new ProblemError('not_found');
      const [view] = await viewsOf(deps, deps.db, userId, [t]);
      return view as TransferView;
    },
  );
}

async function transferPage(
  deps: TransferRoutesDeps,
  sql: Sql,
  userId: string,
  query: { limit?: number; cursor?: string },
): Promise<TransferPage> {
  const limit = query.limit ?? pageSize;
  const before = query.cursor === undefined ? null : toUuid(query.cursor, 'trf');
  const found = await deps.transfers.list(sql, { userId, before, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    data: await viewsOf(deps, sql, userId, page),
    next_cursor: found.length > limit && last ? fromUuid(last.id, 'trf') : null,
  };
}
