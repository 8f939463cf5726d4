import { type Access, callerAs, callerOf, type WalletPrincipal } from '@feiqian/access';
import { type Clock, instant } from '@feiqian/clock';
import { type Verification as VerificationView, verificationHeader } from '@feiqian/contract';
import type { Db, Tx } from '@feiqian/db';
import { ProblemError, requestKey } from '@feiqian/http';
import { fromUuid, hasPrefix, type Ids, toUuid } from '@feiqian/ids';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { FastifyRequest } from 'fastify';
import { createPasskeys, type RelyingParty } from './passkeys.ts';
import { createPins } from './pins.ts';
import {
  asked,
  freeUpTo,
  type IdentityRule,
  isSatisfied,
  type Method,
  needsIdentity,
  type Operation,
  type Risk,
  type Rule,
} from './policy.ts';
import * as store from './store.ts';

export interface VerificationDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  access: Pick<Access, 'codes'>;
  keyedHash: (purpose: string, text: string) => Uint8Array;
  relyingParty: RelyingParty;
  /** Opens a person's mobile number, for the one-time code. */
  mobileOf: (userId: string) => Promise<string>;
  /** Checks at the banks who a person is; throws what is not so. */
  checkIdentity: (userId: string, identity: { name: string; number: string }) => Promise<void>;
  /** True once that has been confirmed. */
  hasRealName: (userId: string) => Promise<boolean>;
  /** How risky an operation looks; asked on the hot path, so it answers from memory. */
  riskOf: (who: { userId: string; deviceId: string }, operation: Operation) => Risk;
}

/** What a request is about to do. */
export interface Demand {
  operation: Operation;
  /** Minor units; left out for what has none. */
  amount?: bigint;
}

type Who = Pick<WalletPrincipal, 'userId' | 'deviceId' | 'freeMax'>;

const challengeMs = 5 * 60_000;
const forgetAfterMs = 24 * 3600_000;
const forgetMax = 10_000;
/** How often a process looks at the policy, in ms; a row begins and ends by its own dates. */
const policyMs = 5_000;

export type Verification = Awaited<ReturnType<typeof createVerification>>;

/** What is asked before an operation, and how it is answered. */
export async function createVerification(deps: VerificationDeps) {
  const { db, clock, ids } = deps;
  const pins = createPins(deps);
  const passkeys = createPasskeys(deps);
  let rules: readonly Rule[] = [];
  let identityRules: readonly IdentityRule[] = [];

  async function reload(): Promise<void> {
    rules = await store.rules(db);
    identityRules = await store.identityRules(db);
  }

  const ownMaxOf = (who: Who): bigint | null =>
    who.freeMax === undefined || who.freeMax === null ? null : BigInt(who.freeMax);

  /** The largest amount that this person may move unverified, minor units; -1 when something is always asked. */
  function freeFor(who: Who, operation: Operation): bigint {
    const risk = deps.riskOf(who, operation);
    return freeUpTo(rules, { operation, risk, ownMax: ownMaxOf(who) }, clock.now());
  }

  /**
   * Lets a wallet's request pass that needs nothing, or that carries a verification of exactly this request which nobody
   * has used for another one. Otherwise throws `verification_required` with a new one to be satisfied, or
   * `identity_required` when the person's real name has to be confirmed before it. Call it before
   * the transaction of the effect; a repeat under the same Idempotency-Key passes again.
   */
  async function demand(request: FastifyRequest, what: Demand): Promise<void> {
    const who = callerAs(request, 'wallet');
    const { operation } = what;
    const amount = what.amount ?? null;
    if (needsIdentity(identityRules, what, clock.now()) && !(await deps.hasRealName(who.userId)))
      throw new ProblemError('identity_required');
    const question = { operation, amount, risk: deps.riskOf(who, operation), ownMax: ownMaxOf(who) };
    const accepts = asked(rules, question, clock.now());
    if (accepts.length === 0 || (await shown(request, what))) return;
    const challenge: store.Challenge = {
      id: ids.uuid(),
      userId: who.userId,
      deviceId: who.deviceId,
      operation,
      fingerprint: requestKey(request, callerOf(who as WalletPrincipal)).fingerprint,
      amount,
      accepts,
      done: [],
      passkeyChallenge: null,
      satisfied: false,
      expiresAtMs: clock.now() + challengeMs,
    };
    await store.insertChallenge(db, challenge, clock.now());
    throw new ProblemError('verification_required', undefined, {
      members: { verification: view(challenge) },
    });
  }

  /** True when the request carries a verification of itself; it is used up by the request's Idempotency-Key. */
  async function shown(request: FastifyRequest, what: Demand): Promise<boolean> {
    const { operation } = what;
    const amount = what.amount ?? null;
    const id = request.headers[verificationHeader];
    if (typeof id !== 'string' || !hasPrefix(id, 'vch')) return false;
    const who = callerAs(request, 'wallet');
    const key = requestKey(request, callerOf(who));
    const { deviceId } = who;
    const { fingerprint, id: keyId } = key;
    const use = { id: toUuid(id, 'vch'), deviceId, operation, fingerprint, amount, keyId };
    return store.useChallenge(db, use, clock.now());
  }

  async function open(who: Who, id: string): Promise<store.Challenge> {
    const found = await store.challengeOf(db, id, who.deviceId, false);
    if (found === undefined || found.expiresAtMs <= clock.now()) throw new ProblemError('not_found');
    return found;
  }

  /** Writes down that a method was passed. */
  async function pass(who: Who, id: string, method: Method): Promise<VerificationView> {
    return db.transaction(async (tx) => {
      const c = await store.challengeOf(tx, id, who.deviceId, true);
      if (c === undefined || c.expiresAtMs <= clock.now()) throw new ProblemError('not_found');
      const done = [...new Set([...c.done, method])];
      const satisfied = c.satisfied || isSatisfied(c.accepts, done);
      await store.setDone(tx, id, done, satisfied ? clock.now() : null);
      return view({ ...c, done, satisfied });
    });
  }

  const answers = {
    view: async (who: Who, id: string) => view(await open(who, id)),
    async pin(who: Who, id: string, pin: string) {
      await open(who, id);
      await pins.check(who.userId, pin);
      return pass(who, id, 'pin');
    },
    async identity(who: Who, id: string, identity: { name: string; number: string }) {
      await open(who, id);
      await deps.checkIdentity(who.userId, identity);
      return pass(who, id, 'identity');
    },
    async sendCode(who: Who, id: string) {
      await open(who, id);
      await deps.access.codes.request(await deps.mobileOf(who.userId), codeUse(id));
    },
    async code(who: Who, id: string, code: string) {
      await open(who, id);
      await deps.access.codes.use(await deps.mobileOf(who.userId), code, codeUse(id)).catch((error) => {
        // A 401 would say that the session is over.
        if (error instanceof ProblemError && error.code === 'wrong_code')
          throw new ProblemError('verification_failed');
        throw error;
      });
      return pass(who, id, 'code');
    },
    async passkeyOptions(who: Who, id: string) {
      await open(who, id);
      const options = await passkeys.authenticationOptions(who.userId);
      if (options === null) throw new ProblemError('not_found');
      await store.setPasskeyChallenge(db, id, options.challenge);
      return options;
    },
    async passkey(who: Who, id: string, response: AuthenticationResponseJSON) {
      await open(who, id);
      const challenge = await store.takePasskeyChallenge(db, id);
      if (challenge === null) throw new ProblemError('verification_failed');
      await passkeys.authenticate(who.userId, response, challenge);
      return pass(who, id, 'passkey');
    },
  };

  await reload();
  return {
    demand,
    shown,
    freeFor,
    /** The network's own limit for small payments, minor units: a person may go below it, not above. */
    freeMax: () => freeUpTo(rules, { operation: 'payment', risk: 'low', ownMax: null }, clock.now()),
    /** True when a person has a PIN or a passkey. */
    async hasFactor(userId: string): Promise<boolean> {
      const [pin, held] = await Promise.all([pins.state(userId), passkeys.list(userId)]);
      return pin.set || held.length > 0;
    },
    answers,
    pass,
    pins,
    passkeys,
    reload,
    policyMs,
    /** Forgets what a person who leaves verifies with. */
    eraseFactors: (tx: Tx, userId: string) => store.eraseFactors(tx, userId),
    forget: () => store.forgetChallenges(db, clock.now() - forgetAfterMs, forgetMax),
    forgetPerson: store.forgetPerson,
  };
}

const codeUse = (id: string) => ({ purpose: 'verification', object: id }) as const;

function view(c: store.Challenge): VerificationView {
  return {
    id: fromUuid(c.id, 'vch'),
    operation: c.operation,
    amount: c.amount === null ? null : Number(c.amount),
    accepts: c.accepts.map((all) => [...all]),
    done: [...c.done],
    satisfied: c.satisfied,
    expires_at: instant(c.expiresAtMs),
  };
}
