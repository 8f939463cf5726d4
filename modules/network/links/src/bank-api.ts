import {
  type BankApiRoute,
  type BankApiRouteId,
  type BankBalance,
  type BankCardList,
  type BankConsent,
  type BankHealth,
  BankLimit,
  type BankMovementPage,
  type BankProblemCode,
  bankApiRoutes,
  bankProblemCodes,
  type CreateBankConsent,
  type ProvisionedBankCard,
} from '@feiqian/contract';
import type { Member, Members } from '@feiqian/members';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Check, Clean } from 'typebox/value';
import { type BankHttp, type BankHttpResult, type BankHttpTarget, createBankHttp } from './bank-call.ts';

/**
 * Why a bank did not do what was asked.
 *
 * - a code of the bank API's own list (docs/bank-errors.md): the bank says so
 * - `not_configured`: the member has no bank API, or no key for it
 * - `member_suspended`: the network does not ask this member
 * - `unavailable`: the bank could not be reached, is busy, or failed (5xx); nothing was learnt, try again later
 * - `no_answer`: asked and not answered in time; it may have been carried out
 * - `bad_answer`: the answer is not what the contract says
 * - `rejected`: the bank calls our request wrong (400, 401, 413, 415, 405): a fault of the set-up
 */
export type BankApiRefusal =
  | PassedOn
  | 'not_configured'
  | 'member_suspended'
  | 'unavailable'
  | 'no_answer'
  | 'bad_answer'
  | 'rejected';

/** Refusals of a bank that are about the person or the thing asked for, and so are told on. */
const passedOn = [
  'customer_unknown',
  'consent_required',
  'verification_required',
  'card_unknown',
  'account_unknown',
  'product_unknown',
  'not_found',
  'card_not_active',
  'account_not_open',
  'account_not_empty',
  'application_decided',
  'idempotency_key_reused',
  'class_not_permitted',
  'limit_exceeded',
  'application_open',
  'too_many_requests',
] as const satisfies readonly BankProblemCode[];
type PassedOn = (typeof passedOn)[number];

/** `limit` says which limit was broken, with `limit_exceeded`. */
export type BankApiAnswer<T> =
  | { ok: true; value: T }
  | { ok: false; code: BankApiRefusal; limit?: BankLimit };

/** What a question of any route carries. Values of `query` that are undefined are left out. */
export interface BankQuestion {
  params?: Record<string, string>;
  query?: Record<string, string | undefined>;
  body?: unknown;
  /** Idempotency-Key; the routes that are `idempotent` need one. */
  key?: string;
}

/** What a route of the bank API answers. */
export type BankAnswerOf<K extends BankApiRouteId> = (typeof bankApiRoutes)[K] extends {
  answer: infer A extends TSchema;
}
  ? Static<A>
  : null;

/** What ISO 8583 does not carry, asked of a member's bank. Never throws for anything a bank does. */
export interface BankApi {
  openConsent(memberId: string, person: CreateBankConsent): Promise<BankApiAnswer<BankConsent>>;
  revokeConsent(memberId: string, consentId: string): Promise<BankApiAnswer<null>>;
  listCards(memberId: string, consentId: string): Promise<BankApiAnswer<BankCardList['data']>>;
  /** The card number itself: hand it to the vault and to nothing else. */
  provisionCard(
    memberId: string,
    consentId: string,
    cardRef: string,
  ): Promise<BankApiAnswer<ProvisionedBankCard>>;
  cardBalance(memberId: string, consentId: string, cardRef: string): Promise<BankApiAnswer<BankBalance>>;
  movements(
    memberId: string,
    consentId: string,
    cardRef: string,
    page?: { limit?: number; cursor?: string },
  ): Promise<BankApiAnswer<BankMovementPage>>;
  health(memberId: string): Promise<BankApiAnswer<BankHealth>>;
  /** Any route of the bank API, its answer checked against the contract. */
  ask<K extends BankApiRouteId>(
    memberId: string,
    route: K,
    question?: BankQuestion,
  ): Promise<BankApiAnswer<BankAnswerOf<K>>>;
  /** Closes the connections that are kept open. */
  close(): void;
}

export interface BankApiDeps {
  members: Pick<Members, 'get' | 'openSecret'>;
  /** HTTP and TLS unless something else is handed in. */
  open?: (target: BankHttpTarget) => BankHttp;
}

interface Ask extends BankQuestion {
  route: BankApiRoute;
}

/** Creates the client of all members' bank APIs. */
export function createBankApi(deps: BankApiDeps): BankApi {
  const routes = bankApiRoutes;
  const client = new BankApiClient(deps);
  const ask = <T>(memberId: string, question: Ask) => client.ask<T>(memberId, question);
  const consented = (consentId: string) => ({ consent_id: consentId });
  return {
    openConsent: (memberId, body) => ask(memberId, { route: routes.createConsent, body }),
    revokeConsent: (memberId, id) => ask(memberId, { route: routes.revokeConsent, params: { id } }),
    async listCards(memberId, consentId) {
      const query = consented(consentId);
      const answer = await ask<BankCardList>(memberId, { route: routes.listCards, query });
      return answer.ok ? { ok: true, value: answer.value.data } : answer;
    },
    provisionCard: (memberId, consentId, ref) =>
      ask(memberId, { route: routes.provisionCard, params: { ref }, body: consented(consentId) }),
    cardBalance: (memberId, consentId, ref) =>
      ask(memberId, { route: routes.cardBalance, params: { ref }, query: consented(consentId) }),
    movements(memberId, consentId, ref, page = {}) {
      const query: Record<string, string> = consented(consentId);
      if (page.limit !== undefined) query.limit = String(page.limit);
      if (page.cursor !== undefined) query.cursor = page.cursor;
      return ask(memberId, { route: routes.cardMovements, params: { ref }, query });
    },
    health: (memberId) => ask(memberId, { route: routes.health }),
    ask: (memberId, id, question = {}) => ask(memberId, { route: routes[id], ...question }),
    close: () => client.close(),
  };
}

interface Held {
  settings: string;
  http: BankHttp;
}

class BankApiClient {
  readonly #deps: BankApiDeps;
  readonly #held = new Map<string, Held>();

  constructor(deps: BankApiDeps) {
    this.#deps = deps;
  }

  async ask<T>(
    memberId: string,
    { route, params, query, body, key: idempotencyKey }: Ask,
  ): Promise<BankApiAnswer<T>> {
    const member = this.#deps.members.get(memberId);
    if (!member?.bankApi) return { ok: false, code: 'not_configured' };
    if (member.status !== 'active') return { ok: false, code: 'member_suspended' };
    const key = route.authenticated ? await this.#deps.members.openSecret(memberId, 'bank_api_key') : null;
    if (route.authenticated && key === null) return { ok: false, code: 'not_configured' };
    const http = await this.#http(member, member.bankApi);
    const result = await http.call({
      method: route.method,
      path: pathOf(route.path, params ?? {}, query),
      apiKey: key && Buffer.from(key.bytes).toString('utf8'),
      body,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    return read<T>(route, result);
  }

  close(): void {
    for (const { http } of this.#held.values()) http.close();
    this.#held.clear();
  }

  /** The connections to a bank, made anew when its settings have changed. */
  async #http(member: Member, api: NonNullable<Member['bankApi']>): Promise<BankHttp> {
    const settings = JSON.stringify(api);
    const held = this.#held.get(member.id);
    if (held?.settings === settings) return held.http;
    const key =
      api.certificatePem === null ? null : await this.#deps.members.openSecret(member.id, 'tls_key');
    const http = (this.#deps.open ?? createBankHttp)({
      baseUrl: api.baseUrl,
      timeoutMs: api.timeoutMs,
      ca: api.caPem,
      certificate: api.certificatePem,
      key: key && Buffer.from(key.bytes).toString('utf8'),
    });
    this.#held.get(member.id)?.http.close();
    this.#held.set(member.id, { settings, http });
    return http;
  }
}

function pathOf(path: string, params: Record<string, string>, query: BankQuestion['query']): string {
  const filled = path.replace(/\{([a-z_]+)\}/g, (_whole, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) asked.set(name, value);
  return asked.size === 0 ? filled : `${filled}?${asked}`;
}

const validators = new Map<string, (value: unknown) => boolean>();

/**
 * The body as the contract says it, or undefined when it says otherwise. Fields that the contract does not know
 * are dropped: a bank may be ahead of us. The schemas are compiled at their first use.
 */
function answerOf(route: BankApiRoute, body: unknown): unknown {
  if (route.answer === undefined) return null;
  let check = validators.get(route.id);
  if (check === undefined) {
    const compiled = Compile(route.answer);
    check = (value) => compiled.Check(value);
    validators.set(route.id, check);
  }
  const known = Clean(route.answer, body);
  return check(known) ? known : undefined;
}

function read<T>(route: BankApiRoute, result: BankHttpResult): BankApiAnswer<T> {
  switch (result.kind) {
    case 'unreachable':
    case 'busy':
      return { ok: false, code: 'unavailable' };
    case 'no_answer':
      return { ok: false, code: 'no_answer' };
    case 'too_large':
    case 'unreadable':
      return { ok: false, code: 'bad_answer' };
    case 'answered':
      return readAnswered(route, result.status, result.body);
  }
}

function readAnswered<T>(route: BankApiRoute, status: number, body: unknown): BankApiAnswer<T> {
  if (status === route.status) {
    const value = answerOf(route, body);
    return value === undefined ? { ok: false, code: 'bad_answer' } : { ok: true, value: value as T };
  }
  if (status >= 500) return { ok: false, code: 'unavailable' };
  if (status < 400) return { ok: false, code: 'bad_answer' };
  const said = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  const code = passedOn.find((c) => c === said && bankProblemCodes[c] === status);
  if (code !== 'limit_exceeded') return { ok: false, code: code ?? 'rejected' };
  const limit = Clean(BankLimit, (body as { limit?: unknown }).limit);
  return Check(BankLimit, limit) ? { ok: false, code, limit } : { ok: false, code };
}
