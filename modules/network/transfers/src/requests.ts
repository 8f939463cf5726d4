import type { Clock } from '@feiqian/clock';
import type { Db, Sql, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import type { Ids } from '@feiqian/ids';
import type { Outbox } from '@feiqian/outbox';
import type { Looker, Payees } from './payees.ts';
import { decline, type MoneyRequest, requestMs, standingAt, withdraw } from './request.ts';
import { requestEvent } from './requestView.ts';
import { partsOf } from './split.ts';
import * as store from './store/requests.ts';

export interface RequestsDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Pick<Outbox, 'publish' | 'wake'>;
  payees: Pick<Payees, 'throttle' | 'receiving'>;
  personOfMobile: (mobile: string) => Promise<string | null>;
  mobileOf: (userId: string) => Promise<string>;
  maskMobile: (mobile: string) => string;
  /** The captured amount of a payment of this person, less what was refunded; null for anything else. */
  paidOf: (sql: Sql, userId: string, paymentId: string) => Promise<bigint | null>;
}

/** Whom somebody asks for how much. */
export interface Asking {
  mobile: string;
  name: string | null;
  amount: bigint;
  currency: string;
  note: string | null;
}

/** What is split among whom. */
export interface Splitting {
  total: bigint;
  currency: string;
  note: string | null;
  ownPart: boolean;
  people: readonly { mobile: string; name: string | null; amount: bigint | null }[];
  paymentId: string | null;
}

/** Whom somebody asks, once it was looked up: nothing of this is told. */
export interface Found {
  askerMobile: string;
  asked: readonly { mobile: string; userId: string | null }[];
}

/** Requests that expire in one turn. */
const expireMax = 500;

export type Requests = ReturnType<typeof createRequests>;

/** Requests for money and bills that are split. Paying one is a transfer (transfers.ts). */
export function createRequests(deps: RequestsDeps) {
  const { db, clock, ids, outbox } = deps;

  /**
   * Who has these numbers. Looking is counted as for payees, and a number that nobody has is asked like any other, so
   * that an answer tells nothing of who is here.
   * @throws ProblemError `too_many_requests`, `payee_is_payer` for one's own number, `receiving_needed` of somebody who
   *   receives nothing
   */
  async function lookUp(who: Looker, mobiles: readonly string[]): Promise<Found> {
    const own = await deps.mobileOf(who.userId);
    if (mobiles.includes(own)) throw new ProblemError('payee_is_payer');
    if ((await deps.payees.receiving(who.userId)) === null) throw new ProblemError('receiving_needed');
    for (const mobile of mobiles) await deps.payees.throttle(who, mobile);
    const people = await Promise.all(mobiles.map((mobile) => deps.personOfMobile(mobile)));
    return {
      askerMobile: deps.maskMobile(own),
      asked: mobiles.map((mobile, i) => ({ mobile, userId: people[i] ?? null })),
    };
  }

  async function keep(
    tx: Tx,
    askerId: string,
    found: Found,
    list: readonly Asking[],
    splitId: string | null,
  ): Promise<MoneyRequest[]> {
    const nowMs = clock.now();
    const requests = list.map((a): MoneyRequest => {
      const asked = found.asked.find((p) => p.mobile === a.mobile);
      return {
        id: ids.uuid(),
        state: 'asked',
        splitId,
        askerId,
        askerMobile: found.askerMobile,
        askedId: asked?.userId ?? null,
        askedMobile: deps.maskMobile(a.mobile),
        askedName: a.name,
        amount: a.amount,
        currency: a.currency,
        note: a.note,
        transferId: null,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
        expiresAtMs: nowMs + requestMs,
        endedAtMs: null,
      };
    });
    await store.insertRequests(tx, requests);
    await outbox.publish(tx, requests.map(requestEvent));
    return requests;
  }

  async function ask(tx: Tx, askerId: string, found: Found, asking: Asking): Promise<MoneyRequest> {
    const [request] = await keep(tx, askerId, found, [asking], null);
    return request as MoneyRequest;
  }

  /**
   * Splits an amount: one request for each of the others, in one commit.
   * @throws ProblemError `split_not_exact` when the parts do not add up or somebody is named twice, `amount_too_large`
   *   for more than the payment was, `not_found` for a payment that is not this person's
   */
  async function split(tx: Tx, askerId: string, found: Found, s: Splitting) {
    const amounts = s.people.map((p) => p.amount);
    const parts = partsOf(s.total, amounts, s.ownPart);
    const twice = new Set(s.people.map((p) => p.mobile)).size !== s.people.length;
    if (!parts.ok || twice) throw new ProblemError('split_not_exact');
    if (s.paymentId !== null) {
      const paid = await deps.paidOf(tx, askerId, s.paymentId);
      if (paid === null) throw new ProblemError('not_found');
      if (s.total > paid) throw new ProblemError('amount_too_large');
    }
    const { total, currency, note, paymentId } = s;
    const row = { id: ids.uuid(), askerId, total, ownAmount: parts.own, currency, note, paymentId };
    const stored = { ...row, createdAtMs: clock.now() };
    await store.insertSplit(tx, stored);
    const list = s.people.map(({ mobile, name }, i) => {
      const amount = parts.parts[i] as bigint;
      return { mobile, name, amount, currency, note };
    });
    return { split: stored, requests: await keep(tx, askerId, found, list, row.id) };
  }

  async function end(tx: Tx, id: string, decide: (r: MoneyRequest) => ReturnType<typeof decline>) {
    const [request] = await store.lockRequests(tx, { ids: [id], transferIds: [] });
    const decision = request === undefined ? null : decide(request);
    if (decision === null) throw new ProblemError('not_found');
    if (!decision.ok) throw new ProblemError(decision.code);
    await change(tx, [decision.request]);
    return decision.request;
  }

  async function change(tx: Tx, list: readonly MoneyRequest[]): Promise<void> {
    await store.updateRequests(tx, list);
    await outbox.publish(tx, list.map(requestEvent));
  }

  /** Writes down what has expired, a bounded number; returns how many. */
  async function expire(): Promise<number> {
    const nowMs = clock.now();
    const over = await db.transaction(async (tx) => {
      const locked = await store.lockOverdue(tx, nowMs, expireMax);
      const ended = locked.map((r) => standingAt(r, nowMs));
      await change(tx, ended);
      return ended.length;
    });
    if (over > 0) outbox.wake();
    return over;
  }

  /** Somebody leaves: what is open ends, and nothing is left that leads to a person. */
  async function forgetPerson(tx: Tx, userId: string): Promise<void> {
    const nowMs = clock.now();
    const open = await store.lockOpenOf(tx, userId);
    const ended = open.map((stored) => {
      const r = standingAt(stored, nowMs);
      if (r.state !== 'asked') return r;
      const decision = r.askerId === userId ? withdraw(r, userId, nowMs) : decline(r, userId, nowMs);
      if (!decision.ok) throw new Error(`request ${r.id} could not be ended: ${decision.code}`);
      return decision.request;
    });
    await change(tx, ended);
    await store.erasePerson(tx, userId);
  }

  return {
    lookUp,
    ask,
    split,
    decline: (tx: Tx, userId: string, id: string) => end(tx, id, (r) => decline(r, userId, clock.now())),
    withdraw: (tx: Tx, userId: string, id: string) => end(tx, id, (r) => withdraw(r, userId, clock.now())),
    expire,
    forgetPerson,
    find: async (sql: Sql, id: string) => (await store.requestsByIds(sql, [id]))[0],
    findMany: (sql: Sql, requestIds: readonly string[]) => store.requestsByIds(sql, requestIds),
    list: (sql: Sql, f: Parameters<typeof store.requestsOf>[1]) => store.requestsOf(sql, f),
    async splits(sql: Sql, f: Parameters<typeof store.splitsOf>[1]) {
      const splits = await store.splitsOf(sql, f);
      const requests = await store.requestsOfSplits(
        sql,
        splits.map((s) => s.id),
      );
      return { splits, requests };
    },
  };
}
