import type { BankIdentities } from '@feiqian/bank-identity';
import { instant } from '@feiqian/clock';
import {
  type BankApiRouteId,
  type BankHealth,
  type BankInbox,
  type BindBankAccount,
  bankIdempotencyKeyCharsMax,
  type CheckBankIdentity,
  type ConfirmBankVerification,
  type CreateBankApplication,
  type CreateBankConsent,
  type FreezeBankCards,
  type OpenBankAccount,
  type ProvisionBankCard,
  type StartBankVerification,
  type ThawBankCards,
} from '@feiqian/contract';
import { fromUuid, toUuid } from '@feiqian/ids';
import type { FastifyRequest } from 'fastify';
import type { AccountsForNetwork } from './accounts.ts';
import type { CardsForNetwork } from './cards.ts';
import type { Consents } from './consents.ts';
import type { CreditForNetwork } from './credit.ts';
import type { Openings } from './openings.ts';
import { BankProblem } from './problem.ts';
import type { TransfersForNetwork } from './transfers.ts';

/** The use cases behind the routes. */
export interface UseCases {
  consents: Consents;
  cards: CardsForNetwork;
  accounts: AccountsForNetwork;
  openings: Openings;
  credit: CreditForNetwork;
  transfers: TransfersForNetwork;
  identities: BankIdentities;
  health: () => Promise<BankHealth>;
}

export type Handler = (request: FastifyRequest) => Promise<unknown>;
export type Handlers = Record<BankApiRouteId, Handler>;

const body = <T>(request: FastifyRequest) => request.body as T;
const query = (request: FastifyRequest) => request.query as Record<string, string>;
const consent = (request: FastifyRequest) => query(request).consent_id as string;
const param = (request: FastifyRequest, name: string) =>
  (request.params as Record<string, string>)[name] as string;
const ref = (request: FastifyRequest) => param(request, 'ref');

/** The key under which a write is known again. */
function idempotencyKey(request: FastifyRequest): string {
  const given = request.headers['idempotency-key'];
  if (given === undefined || given === '') throw new BankProblem('idempotency_key_missing');
  if (typeof given !== 'string' || !/^[!-~]+$/.test(given) || given.length > bankIdempotencyKeyCharsMax) {
    throw new BankProblem('invalid_request');
  }
  return given;
}

/** One handler for each route of the contract. */
export function handlersOf(use: UseCases): Handlers {
  return {
    ...cardHandlers(use),
    ...accountHandlers(use),
    ...identityHandlers(use),
    listBills: (r) => use.credit.bills(consent(r), ref(r), query(r)),
    owed: (r) => use.credit.owed(consent(r), ref(r)),
    listCreditProducts: () => use.credit.products(),
    createApplication: (r) => use.credit.apply(idempotencyKey(r), body<CreateBankApplication>(r)),
    application: (r) => use.credit.application(param(r, 'id')),
    withdrawApplication: (r) => use.credit.withdraw(param(r, 'id')),
    checkPayee: (r) => use.transfers.checkPayee(body(r)),
    leg: (r) => use.transfers.leg(query(r) as never),
    abandonLeg: (r) => use.transfers.abandon(body(r)),
    health: () => use.health(),
  };
}

function cardHandlers({ consents, cards }: UseCases) {
  return {
    createConsent: (r: FastifyRequest) => consents.create(body<CreateBankConsent>(r)),
    revokeConsent: (r: FastifyRequest) => consents.revoke(param(r, 'id')),
    listCards: (r: FastifyRequest) => cards.list(consent(r)),
    provisionCard: (r: FastifyRequest) => cards.provision(body<ProvisionBankCard>(r).consent_id, ref(r)),
    cardBalance: (r: FastifyRequest) => cards.balance(consent(r), ref(r)),
    cardMovements: (r: FastifyRequest) => cards.movements(consent(r), ref(r), query(r) as object),
    freezeCards: (r: FastifyRequest) => cards.freeze(body<FreezeBankCards>(r)),
    thawCards: (r: FastifyRequest) => cards.thaw(body<ThawBankCards>(r)),
  };
}

function accountHandlers({ accounts, openings }: UseCases) {
  return {
    listAccounts: (r: FastifyRequest) => accounts.list(consent(r)),
    accountBalance: (r: FastifyRequest) => accounts.balance(consent(r), ref(r)),
    accountMovements: (r: FastifyRequest) => accounts.movements(consent(r), ref(r), query(r) as object),
    accountMovement: (r: FastifyRequest) => accounts.movement(consent(r), ref(r), param(r, 'movement_id')),
    accountLimits: (r: FastifyRequest) => accounts.limits(consent(r), ref(r)),
    listClassTables: () => accounts.classTables(),
    listNotices: (r: FastifyRequest) => accounts.notices(consent(r), ref(r), query(r)),
    openAccount: (r: FastifyRequest) => openings.open(idempotencyKey(r), body<OpenBankAccount>(r)),
    bindAccount: (r: FastifyRequest) => openings.bind(ref(r), body<BindBankAccount>(r)),
    closeAccount: (r: FastifyRequest) => accounts.close(consent(r), ref(r)),
  };
}

function identityHandlers({ identities }: UseCases) {
  const identityOf = (given: CheckBankIdentity) => ({
    name: given.name,
    identityNumber: given.identity_number,
    mobile: given.mobile,
  });
  return {
    async checkIdentity(r: FastifyRequest) {
      const match = await identities.check(identityOf(body<CheckBankIdentity>(r)));
      if (match === null) throw new BankProblem('too_many_requests');
      return { match };
    },
    async startVerification(r: FastifyRequest) {
      const asked = body<StartBankVerification>(r);
      const begun = await identities.start(identityOf(asked), asked.class_1_number);
      if (begun === null) throw new BankProblem('too_many_requests');
      return { id: fromUuid(begun.id, 'ver'), expires_at: instant(begun.expiresAtMs) };
    },
    async confirmVerification(r: FastifyRequest) {
      const { code } = body<ConfirmBankVerification>(r);
      const result = await identities.confirm(toUuid(param(r, 'id'), 'ver'), code);
      if (result === null) throw new BankProblem('not_found');
      const { match, confirmedAtMs, untilMs } = result;
      return {
        match,
        confirmed_at: confirmedAtMs === null ? null : instant(confirmedAtMs),
        expires_at: untilMs === null ? null : instant(untilMs),
      };
    },
    async inbox(r: FastifyRequest): Promise<BankInbox> {
      const sent = await identities.inbox(query(r).mobile as string);
      return { data: sent.map((m) => ({ to: m.mobile, text: m.body, at: instant(m.sentAtMs) })) };
    },
  };
}
