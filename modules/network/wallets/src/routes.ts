import {
  type Access,
  callerAs,
  callerOf,
  clearSessionCookie,
  codeSeconds,
  sessionMs,
  setSessionCookie,
} from '@feiqian/access';
import { instant } from '@feiqian/clock';
import {
  type Bank,
  BankList,
  BindCards,
  BindResult,
  type Card,
  CardBalance,
  CardDiscovery,
  CardList,
  type CardRange,
  Changed,
  CodeRequested,
  DiscoverCards,
  Id,
  RequestCode,
  SignIn,
  Strict,
  WalletMe,
  WalletSession,
} from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import {
  type HttpApp,
  idempotently,
  idempotentlyAround,
  ProblemError,
  requestKey,
  sendAnswer,
} from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import type { BankFace } from './bank.ts';
import type { BoundCard } from './card.ts';
import { deviceView, meView, userView } from './view.ts';
import type { Wallets } from './wallets.ts';

interface Deps {
  db: Db;
  now: () => number;
  wallets: Wallets;
  access: Access;
}

const CardParams = Strict({ id: Id('tok') });
const wallet = { callers: ['wallet'] as const };
const signed = { ...wallet, signed: true } as const;

/** Routes of the wallet, payments aside. */
export function walletRoutes(deps: Deps) {
  return async (app: HttpApp): Promise<void> => {
    sessionRoutes(app, deps);
    bindingRoutes(app, deps);
    cardRoutes(app, deps);
  };
}

function sessionRoutes(app: HttpApp, deps: Deps): void {
  app.post(
    '/v1/wallet/codes',
    {
      config: { problems: ['too_many_requests'] },
      schema: {
        tags: ['wallet'],
        summary: 'Ask for a one-time code',
        body: RequestCode,
        response: { 202: CodeRequested },
      },
    },
    async (request, reply) => {
      await deps.access.codes.request(request.body.mobile);
      return reply.code(202).send({ expires_in_seconds: codeSeconds });
    },
  );
  app.post(
    '/v1/wallet/sessions',
    {
      config: { problems: ['wrong_code', 'too_many_attempts', 'too_many_requests', 'signature_invalid'] },
      schema: {
        tags: ['wallet'],
        summary: 'Sign in on this device; beside another one it waits to be let in',
        body: SignIn,
        response: { 201: WalletSession },
      },
    },
    async (request, reply) => {
      const b = request.body;
      const s = await deps.wallets.signIn({
        mobile: b.mobile,
        code: b.code,
        name: b.name ?? null,
        deviceName: b.device_name,
        deviceKey: b.device_key,
      });
      setSessionCookie(reply, 'wallet', s.secret, (sessionMs.wallet ?? 0) / 1000);
      return reply.code(201).send({
        token: s.secret,
        user: userView(s.person, s.device),
        device: deviceView(s.device, s.device.id, s.admission),
        pay_code_key: s.payCodeKey,
        request_key: { agreement: s.agreement ?? '' },
        server_time: instant(deps.now()),
      });
    },
  );
  app.delete(
    '/v1/wallet/sessions/current',
    {
      config: { ...wallet, whileHeld: ['pending'], problems: ['not_found'], produces: null },
      schema: {
        tags: ['wallet'],
        summary: 'Sign out of this device; its cards are unbound',
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      await deps.db.transaction((tx) => deps.wallets.removeDevice(tx, p.userId, p.deviceId));
      clearSessionCookie(reply, 'wallet');
      return reply.code(204).send();
    },
  );
  app.get(
    '/v1/wallet/me',
    {
      config: { ...wallet, whileHeld: ['pending'] },
      schema: { tags: ['wallet'], summary: 'Who is signed in', response: { 200: WalletMe } },
    },
    async (request) => {
      const p = callerAs(request, 'wallet');
      return meView(await deps.wallets.me(p.userId, p.deviceId), deps.now());
    },
  );
}

function bindingRoutes(app: HttpApp, deps: Deps): void {
  app.get(
    '/v1/wallet/banks',
    {
      config: wallet,
      schema: { tags: ['wallet'], summary: 'Banks whose cards may be bound', response: { 200: BankList } },
    },
    async () => ({
      data: deps.wallets.issuers().map((f) => ({ ...bankView(f), ranges: f.ranges.map(rangeView) })),
    }),
  );
  app.post(
    '/v1/wallet/card-discoveries',
    {
      config: { ...signed, keyed: true, problems: ['bank_unknown'] },
      schema: {
        tags: ['wallet'],
        summary: "Ask banks for this person's cards",
        body: DiscoverCards,
        response: { 201: CardDiscovery },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const answer = await idempotentlyAround(deps, requestKey(request, callerOf(p)), async () => {
        const d = await deps.wallets.discover(p, request.body.bank_ids);
        const banks = d.banks.map((b) => ({
          bank: bankView(faceOf(deps, b.memberId)),
          status: b.status,
          cards: b.cards.map((c) => ({
            ref: c.ref,
            kind: c.kind,
            product: c.product,
            product_en: c.productEn,
            last4: c.last4,
            bound: d.bound.has(`${b.memberId} ${c.ref}`),
          })),
        }));
        return {
          status: 201,
          body: { id: fromUuid(d.id, 'cdi'), expires_at: instant(d.expiresAtMs), banks },
        };
      });
      return sendAnswer(reply, answer);
    },
  );
  app.post(
    '/v1/wallet/cards',
    {
      config: { ...signed, keyed: true, problems: ['not_found', 'discovery_expired'] },
      schema: {
        tags: ['wallet'],
        summary: 'Bind up to ten cards in one go',
        body: BindCards,
        response: { 201: BindResult },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const answer = await idempotentlyAround(deps, requestKey(request, callerOf(p)), async () => {
        const { discovery_id, cards } = request.body;
        const chosen = cards.map((c) => ({ bankCode: c.bank_id, ref: c.ref }));
        const outcomes = await deps.wallets.bind(p, toUuid(discovery_id, 'cdi'), chosen);
        const results = outcomes.map((o) => ({
          bank_id: o.memberCode,
          ref: o.ref,
          status: o.status,
          card: o.card && cardView(deps, o.card),
        }));
        return { status: 201, body: { results } };
      });
      return sendAnswer(reply, answer);
    },
  );
}

function cardRoutes(app: HttpApp, deps: Deps): void {
  app.get(
    '/v1/wallet/cards',
    {
      config: wallet,
      schema: { tags: ['wallet'], summary: 'Cards bound on this device', response: { 200: CardList } },
    },
    async (request) => {
      const p = callerAs(request, 'wallet');
      return { data: (await deps.wallets.cards(p.deviceId)).map((c) => cardView(deps, c)) };
    },
  );
  app.delete(
    '/v1/wallet/cards/:id',
    {
      config: { ...signed, keyed: true, problems: ['not_found'] },
      schema: {
        tags: ['wallet'],
        summary: 'Unbind a card; its token dies',
        params: CardParams,
        response: { 200: Changed('tok') },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        await deps.wallets.unbind(tx, p, toUuid(request.params.id, 'tok'));
        return { status: 200, body: { id: request.params.id } };
      });
      return sendAnswer(reply, answer);
    },
  );
  app.post(
    '/v1/wallet/cards/:id/default',
    {
      config: { ...signed, keyed: true, problems: ['not_found'] },
      schema: {
        tags: ['wallet'],
        summary: 'Pay with this card unless told otherwise',
        params: CardParams,
        response: { 200: Changed('tok') },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        await deps.wallets.makeDefault(tx, p, toUuid(request.params.id, 'tok'));
        return { status: 200, body: { id: request.params.id } };
      });
      return sendAnswer(reply, answer);
    },
  );
  app.get(
    '/v1/wallet/cards/:id/balance',
    {
      config: { ...wallet, problems: ['not_found', 'bank_unavailable'] },
      schema: {
        tags: ['wallet'],
        summary: 'Balance, asked of the bank now',
        params: CardParams,
        response: { 200: CardBalance },
      },
    },
    async (request) => {
      const b = await deps.wallets.balance(callerAs(request, 'wallet'), toUuid(request.params.id, 'tok'));
      const credit = b.creditLimit !== null;
      return {
        card_id: request.params.id,
        currency: b.currency,
        available: Number(b.available),
        as_of: instant(b.atMs),
        credit_limit: credit ? Number(b.creditLimit) : null,
        owed: credit ? Number(b.balance < 0n ? -b.balance : 0n) : null,
      };
    },
  );
}

function faceOf(deps: Deps, memberId: string): BankFace {
  const face = deps.wallets.issuers().find((f) => f.memberId === memberId);
  if (!face) throw new ProblemError('bank_unknown');
  return face;
}

const rangeView = ({ low, high, product }: CardRange): CardRange => ({ low, high, product });
const bankView = (f: BankFace): Bank => ({ id: f.code, name: f.name, name_en: f.nameEn, colour: f.colour });

function cardView(deps: Deps, c: BoundCard): Card {
  return {
    id: fromUuid(c.id, 'tok'),
    bank: bankView(faceOf(deps, c.memberId)),
    kind: c.kind,
    product: c.product,
    product_en: c.productEn,
    last4: c.last4,
    slot: c.slot,
    is_default: c.isDefault,
    bound_at: instant(c.boundAtMs),
  };
}
