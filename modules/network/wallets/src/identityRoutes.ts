import { callerAs, callerOf } from '@feiqian/access';
import { instant } from '@feiqian/clock';
import {
  CheckIdentity,
  FreezeWallet,
  Id,
  PersonQuery,
  PersonView,
  Strict,
  WalletFreeze,
  WalletIdentity,
} from '@feiqian/contract';
import type { Db, Sql } from '@feiqian/db';
import { type HttpApp, idempotently, ProblemError, requestKey, sendAnswer } from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import type { FastifyRequest } from 'fastify';
import type { Wallets } from './wallets.ts';

export interface IdentityRoutesDeps {
  db: Db;
  now: () => number;
  wallets: Wallets;
  /** Asks for a verification (`verification.demand`). */
  demand: (request: FastifyRequest, what: { operation: 'unfreeze' }) => Promise<void>;
  /** Has banks told now what they are to be told. */
  kick: () => void;
}

const wallet = { callers: ['wallet'] as const };
const signed = { ...wallet, signed: true } as const;
const telephone = { callers: ['console'] as const };
const tags = ['wallet'];
const PersonParams = Strict({ id: Id('usr') });

/** Routes of who a person is and of lost phones. */
export function identityRoutes(deps: IdentityRoutesDeps) {
  return async (app: HttpApp): Promise<void> => {
    nameRoutes(app, deps);
    freezeRoutes(app, deps);
    telephoneRoutes(app, deps);
  };
}

function nameRoutes(app: HttpApp, { wallets }: IdentityRoutesDeps): void {
  app.get(
    '/v1/wallet/identity',
    {
      config: { ...wallet, whileHeld: ['frozen'] },
      schema: {
        tags,
        summary: 'What is confirmed of this person, masked',
        response: { 200: WalletIdentity },
      },
    },
    async (request) => identityView(wallets, callerAs(request, 'wallet').userId),
  );
  app.post(
    '/v1/wallet/identity',
    {
      config: {
        ...signed,
        whileHeld: ['frozen'],
        problems: ['identity_refused', 'too_many_attempts', 'bank_unavailable'],
      },
      schema: {
        tags,
        summary: 'Confirm who one is: name, document and mobile number agree at a bank',
        body: CheckIdentity,
        response: { 200: WalletIdentity },
      },
    },
    async (request) => {
      const { userId } = callerAs(request, 'wallet');
      const { name, identity_number: number } = request.body;
      await wallets.checkIdentity(userId, { name, number });
      return identityView(wallets, userId);
    },
  );
}

async function identityView(wallets: Wallets, userId: string) {
  const known = await wallets.realName(userId);
  return {
    verified: known !== null,
    name: known?.name ?? null,
    identity_number: known?.number ?? null,
    checked_at: known && instant(known.checkedAtMs),
  };
}

async function freezeView(wallets: Wallets, userId: string, sql?: Sql) {
  const { frozenAtMs, banks } = await wallets.freezeState(userId, sql);
  const faces = new Map(wallets.issuers().map((f) => [f.memberId, f.code]));
  return {
    frozen_at: frozenAtMs === null ? null : instant(frozenAtMs),
    banks: banks.flatMap(({ memberId, hold }) => {
      const code = faces.get(memberId);
      return code === undefined ? [] : [{ bank_id: code, state: hold }];
    }),
  };
}

const lostOf = (body: { lost_device_ids?: string[] }) =>
  (body.lost_device_ids ?? []).map((id) => toUuid(id, 'dev'));

function freezeRoutes(app: HttpApp, deps: IdentityRoutesDeps): void {
  const { wallets } = deps;
  app.get(
    '/v1/wallet/freeze',
    {
      config: { ...wallet, whileHeld: ['frozen'] },
      schema: {
        tags,
        summary: 'Whether this wallet is frozen, and at which banks',
        response: { 200: WalletFreeze },
      },
    },
    async (request) => freezeView(wallets, callerAs(request, 'wallet').userId),
  );
  app.post(
    '/v1/wallet/freeze',
    {
      config: { ...signed, keyed: true, whileHeld: ['frozen'], problems: ['not_found'] },
      schema: {
        tags,
        summary: 'Freeze everything: a phone is lost. Its tokens die, and nothing moves anywhere',
        body: FreezeWallet,
        response: { 200: WalletFreeze },
      },
    },
    async (request, reply) => {
      const who = callerAs(request, 'wallet');
      const answer = await idempotently(deps, requestKey(request, callerOf(who)), async (tx) => {
        await wallets.freeze(tx, who.userId, lostOf(request.body), `device ${who.deviceId}`);
        return { status: 200, body: await freezeView(wallets, who.userId, tx) };
      });
      deps.kick();
      return sendAnswer(reply, answer);
    },
  );
  app.post(
    '/v1/wallet/unfreeze',
    {
      config: { ...signed, keyed: true, whileHeld: ['frozen'], problems: ['verification_required'] },
      schema: {
        tags,
        summary: 'End the freeze, verified anew; also for a bank that has not taken it',
        response: { 200: WalletFreeze },
      },
    },
    async (request, reply) => {
      const who = callerAs(request, 'wallet');
      await deps.demand(request, { operation: 'unfreeze' });
      const answer = await idempotently(deps, requestKey(request, callerOf(who)), async (tx) => {
        await wallets.unfreeze(tx, who.userId, who.deviceId);
        return { status: 200, body: await freezeView(wallets, who.userId, tx) };
      });
      deps.kick();
      return sendAnswer(reply, answer);
    },
  );
}

/** For whoever answers when somebody calls and says that the phone is gone. */
function telephoneRoutes(app: HttpApp, deps: IdentityRoutesDeps): void {
  const { wallets } = deps;
  const operatorOf = (request: FastifyRequest) => {
    const p = callerAs(request, 'console');
    if (p.role !== 'operator' && p.role !== 'call_centre') throw new ProblemError('forbidden');
    return p;
  };
  const personView = async (userId: string) => {
    const { mobileMasked } = await wallets.person(userId);
    const devices = await wallets.devices(userId);
    return {
      id: fromUuid(userId, 'usr'),
      mobile: mobileMasked,
      name: (await wallets.realName(userId))?.name ?? null,
      devices: devices.map((d) => ({
        id: fromUuid(d.id, 'dev'),
        name: d.name,
        state: d.state,
        created_at: instant(d.createdAtMs),
        last_used_at: instant(d.lastUsedAtMs),
      })),
      freeze: await freezeView(wallets, userId),
    };
  };
  app.get(
    '/v1/console/people',
    {
      preValidation: async (request) => void operatorOf(request),
      config: { ...telephone, problems: ['not_found'] },
      schema: {
        tags: ['console'],
        summary: 'The person of a mobile number, masked',
        querystring: PersonQuery,
        response: { 200: PersonView },
      },
    },
    async (request) => {
      const userId = await wallets.personOfMobile(request.query.mobile);
      if (userId === undefined) throw new ProblemError('not_found');
      return personView(userId);
    },
  );
  app.post(
    '/v1/console/people/:id/freeze',
    {
      config: { ...telephone, keyed: true, problems: ['not_found'] },
      schema: {
        tags: ['console'],
        summary: 'Freeze everything of a person who has lost a phone',
        params: PersonParams,
        body: FreezeWallet,
        response: { 200: WalletFreeze },
      },
    },
    async (request, reply) => {
      const by = operatorOf(request);
      const userId = toUuid(request.params.id, 'usr');
      await wallets.person(userId);
      const answer = await idempotently(deps, requestKey(request, callerOf(by)), async (tx) => {
        await wallets.freeze(tx, userId, lostOf(request.body), `operator ${by.operatorId}`);
        return { status: 200, body: await freezeView(wallets, userId, tx) };
      });
      deps.kick();
      return sendAnswer(reply, answer);
    },
  );
}
