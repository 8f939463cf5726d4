import { callerAs, callerOf } from '@feiqian/access';
import {
  AccountClassTables,
  BankMessageList,
  ConfirmOpening,
  Id,
  Opening,
  StartOpening,
  Strict,
} from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { type HttpApp, idempotentlyAround, ProblemError, requestKey, sendAnswer } from '@feiqian/http';
import { toUuid } from '@feiqian/ids';
import type { Verification } from '@feiqian/verification';
import type { Openings } from './openings.ts';

export interface OpeningRoutesDeps {
  db: Db;
  now: () => number;
  openings: Openings;
  verification: Pick<Verification, 'demand'>;
  /** Whether people may read here what banks have sent to their phones. */
  sandbox: boolean;
}

const wallet = { callers: ['wallet'] as const };
const signed = { ...wallet, signed: true, keyed: true } as const;
const OpeningParams = Strict({ id: Id('opn') });

/** Opening accounts without a branch. */
export function openingRoutes(deps: OpeningRoutesDeps) {
  const { openings } = deps;
  return async (app: HttpApp): Promise<void> => {
    app.get(
      '/v1/wallet/account-classes',
      {
        config: wallet,
        schema: {
          tags: ['wallet'],
          summary: 'Rules of the classes of accounts, past, present and to come',
          response: { 200: AccountClassTables },
        },
      },
      () => openings.tables(),
    );
    app.get(
      '/v1/wallet/bank-messages',
      {
        config: { ...wallet, problems: ['not_found'] },
        schema: {
          tags: ['wallet'],
          summary: 'Short messages of the banks to this person; sandbox only',
          response: { 200: BankMessageList },
        },
      },
      (request) => {
        if (!deps.sandbox) throw new ProblemError('not_found');
        return openings.messages(callerAs(request, 'wallet'));
      },
    );
    openRoutes(app, deps);
  };
}

function openRoutes(app: HttpApp, deps: OpeningRoutesDeps): void {
  app.post(
    '/v1/wallet/account-openings',
    {
      config: {
        ...signed,
        problems: [
          'bank_unknown',
          'card_unknown',
          'class_1_needed',
          'class_not_permitted',
          'limit_exceeded',
          'wallet_full',
          'too_many_attempts',
          'bank_unavailable',
          'consent_ended',
          'not_found',
          'verification_required',
          'identity_required',
        ],
      },
      schema: {
        tags: ['wallet'],
        summary: 'Begin to open a Class II or III account: the bank of the Class I card sends a code',
        body: StartOpening,
        response: { 201: Opening },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      await deps.verification.demand(request, { operation: 'open_account' });
      const key = requestKey(request, callerOf(p));
      const owner = { userId: p.userId, deviceId: p.deviceId };
      const asked = { ...request.body, card_id: toUuid(request.body.card_id, 'tok') };
      const answer = await idempotentlyAround(deps, key, async () => ({
        status: 201,
        body: await deps.openings.start(owner, asked, key),
      }));
      return sendAnswer(reply, answer);
    },
  );
  app.post(
    '/v1/wallet/account-openings/:id/confirm',
    {
      config: {
        ...signed,
        problems: [
          'not_found',
          'verification_failed',
          'opening_over',
          'identity_mismatch',
          'class_not_permitted',
          'limit_exceeded',
          'bank_unavailable',
          'consent_ended',
        ],
      },
      schema: {
        tags: ['wallet'],
        summary: 'Confirm the code: the account is opened and its virtual card bound',
        params: OpeningParams,
        body: ConfirmOpening,
        response: { 200: Opening },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const owner = { userId: p.userId, deviceId: p.deviceId };
      const id = toUuid(request.params.id, 'opn');
      const answer = await idempotentlyAround(deps, requestKey(request, callerOf(p)), async () => ({
        status: 200,
        body: await deps.openings.confirm(owner, id, request.body.code),
      }));
      return sendAnswer(reply, answer);
    },
  );
}
