import { callerAs, callerOf, clearSessionCookie } from '@feiqian/access';
import { AccountDeleted, DeleteAccount, PersonalData } from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { type HttpApp, idempotently, requestKey, sendAnswer } from '@feiqian/http';
import type { FastifyRequest } from 'fastify';
import type { Trace } from './leaving.ts';
import type { Wallets } from './wallets.ts';

export interface LeavingRoutesDeps {
  db: Db;
  now: () => number;
  wallets: Wallets;
  traces: readonly Trace[];
  /** Asks for a verification (`verification.demand`). */
  demand: (request: FastifyRequest, what: { operation: 'delete_account' | 'export' }) => Promise<void>;
  /** Has banks told now what they are to be told. */
  kick: () => void;
}

const signed = { callers: ['wallet'] as const, signed: true, keyed: true } as const;
const tags = ['wallet'];

/** Routes of leaving: one's own data, and the end of the account. */
export function leavingRoutes(deps: LeavingRoutesDeps) {
  const { wallets, traces } = deps;
  return async (app: HttpApp): Promise<void> => {
    app.post(
      '/v1/wallet/export',
      {
        config: { ...signed, problems: ['verification_required'] },
        schema: { tags, summary: 'Everything about this person', response: { 200: PersonalData } },
      },
      async (request, reply) => {
        const { userId } = callerAs(request, 'wallet');
        await deps.demand(request, { operation: 'export' });
        // Not kept under its key: it is everything there is, and asking again changes nothing.
        return reply
          .header('cache-control', 'no-store')
          .header('content-disposition', 'attachment; filename="feiqian.json"')
          .send(await wallets.dataOf(userId, traces));
      },
    );
    app.post(
      '/v1/wallet/deletion',
      {
        config: { ...signed, problems: ['verification_required', 'account_busy'] },
        schema: {
          tags,
          summary: 'Delete the account; refused while money is under way',
          body: DeleteAccount,
          response: { 200: AccountDeleted },
        },
      },
      async (request, reply) => {
        const who = callerAs(request, 'wallet');
        await deps.demand(request, { operation: 'delete_account' });
        const mobile = await wallets.mobileOf(who.userId);
        const answer = await idempotently(deps, requestKey(request, callerOf(who)), async (tx) => {
          await wallets.leave(tx, who.userId, mobile, traces);
          return { status: 200, body: { deleted: true } };
        });
        deps.kick();
        clearSessionCookie(reply, 'wallet');
        return sendAnswer(reply, answer);
      },
    );
  };
}
