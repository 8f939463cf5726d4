import { callerAs, callerOf } from '@feiqian/access';
import {
  BankNoticeDelivery,
  bankNoticeHeaders,
  Changed,
  ReadNotices,
  Strict,
  WalletNoticePage,
  WalletNoticesQuery,
} from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { type HttpApp, idempotently, ProblemError, requestKey, sendAnswer } from '@feiqian/http';
import { toUuid } from '@feiqian/ids';
import { Type } from 'typebox';
import type { Notices } from './notices.ts';

interface Deps {
  db: Db;
  now: () => number;
  notices: Notices;
}

/** Largest delivery, in bytes: a hundred notices with long descriptions. */
const deliveryBytesMax = 512 * 1024;
const pageDefault = 20;
const wallet = { callers: ['wallet'] as const };
const BankParams = Strict({
  bank: Type.String({ pattern: '^[a-z][a-z0-9_-]{1,31}$', description: 'Code of the member' }),
});

/** Where banks tell of changes, and where people read of them. */
export function noticeRoutes(deps: Deps) {
  return async (app: HttpApp): Promise<void> => {
    app.post(
      '/v1/bank-notices/:bank',
      {
        bodyLimit: deliveryBytesMax,
        config: { problems: ['unauthenticated'], produces: null },
        schema: {
          tags: ['banks'],
          summary: 'A bank tells of changes; signed by the scheme of Standard Webhooks',
          params: BankParams,
          body: BankNoticeDelivery,
        },
      },
      async (request, reply) => {
        const header = (name: string) => {
          const value = request.headers[name];
          return typeof value === 'string' ? value : undefined;
        };
        const headers = {
          id: header(bankNoticeHeaders.id),
          timestamp: header(bankNoticeHeaders.timestamp),
          signature: header(bankNoticeHeaders.signature),
        };
        const { bank } = request.params;
        await deps.notices.receive(bank, headers, request.bodyText ?? '', request.body.notices);
        return reply.code(204).send();
      },
    );
    app.get(
      '/v1/wallet/notices',
      {
        config: wallet,
        schema: {
          tags: ['wallet'],
          summary: 'What banks told of this person’s accounts, newest first',
          querystring: WalletNoticesQuery,
          response: { 200: WalletNoticePage },
        },
      },
      (request) => {
        const { cursor, limit = pageDefault } = request.query;
        return deps.notices.page(callerAs(request, 'wallet').userId, cursor, limit);
      },
    );
    app.post(
      '/v1/wallet/notices/read',
      {
        config: { ...wallet, keyed: true, problems: ['not_found'] },
        schema: {
          tags: ['wallet'],
          summary: 'Mark a notice, and all before it, as read',
          body: ReadNotices,
          response: { 200: Changed('ntc') },
        },
      },
      async (request, reply) => {
        const p = callerAs(request, 'wallet');
        const { up_to } = request.body;
        const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
          if (!(await deps.notices.readUpTo(tx, p.userId, toUuid(up_to, 'ntc'))))
            throw new ProblemError('not_found');
          return { status: 200, body: { id: up_to } };
        });
        return sendAnswer(reply, answer);
      },
    );
  };
}
