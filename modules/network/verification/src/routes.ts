import { callerAs, callerOf, codeSeconds } from '@feiqian/access';
import { instant } from '@feiqian/clock';
import {
  AddPasskey,
  CheckIdentity,
  CodeRequested,
  EnterCode,
  EnterPin,
  FreeLimit,
  Id,
  PasskeyAdded,
  PasskeyAnswer,
  PasskeyId,
  PasskeyOptions,
  PasskeyRemoved,
  PinSet,
  SecuritySettings,
  SetFreeLimit,
  SetPin,
  Strict,
  Verification as VerificationSchema,
} from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { type HttpApp, idempotently, ProblemError, requestKey, sendAnswer } from '@feiqian/http';
import { toUuid } from '@feiqian/ids';
import type { Wallets } from '@feiqian/wallets';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { FastifyRequest } from 'fastify';
import type { Verification } from './verifications.ts';

interface Deps {
  db: Db;
  now: () => number;
  wallets: Wallets;
  verification: Verification;
}

const wallet = { callers: ['wallet'] as const };
const signed = { ...wallet, signed: true } as const;
/** A write that may have to be verified itself. */
const keyed = { ...signed, keyed: true } as const;
const failed = ['not_found', 'verification_failed'] as const;
const ChallengeParams = Strict({ id: Id('vch') });
const PasskeyParams = Strict({ id: PasskeyId });
/** A device that is not let in may pass the full check, and try neither PIN nor passkey. */
const both = ['pending', 'frozen'] as const;
const tags = ['wallet'];

/** Routes by which a wallet verifies what it is about to do, and sets what it verifies with. */
export function verificationRoutes(deps: Deps) {
  return async (app: HttpApp): Promise<void> => {
    answerRoutes(app, deps);
    identityAnswer(app, deps.verification.answers);
    settingRoutes(app, deps);
    passkeyRoutes(app, deps);
  };
}

/** The caller and the verification that the address names. */
function named(request: FastifyRequest) {
  const { id } = request.params as { id: string };
  return { who: callerAs(request, 'wallet'), id: toUuid(id, 'vch') };
}

function answerRoutes(app: HttpApp, { verification }: Deps): void {
  const { answers } = verification;
  const params = ChallengeParams;
  const response = { 200: VerificationSchema };
  app.get(
    '/v1/wallet/verifications/:id',
    {
      config: { ...wallet, whileHeld: ['pending'], problems: ['not_found'] },
      schema: { tags, summary: 'What is asked, and what was passed', params, response },
    },
    (request) => {
      const { who, id } = named(request);
      return answers.view(who, id);
    },
  );
  app.post(
    '/v1/wallet/verifications/:id/pin',
    {
      config: { ...signed, whileHeld: ['frozen'], problems: [...failed, 'pin_locked', 'pin_not_set'] },
      schema: {
        tags,
        summary: 'Verify with the PIN; five wrong tries lock it',
        params,
        body: EnterPin,
        response,
      },
    },
    (request) => {
      const { who, id } = named(request);
      return answers.pin(who, id, request.body.pin);
    },
  );
  app.post(
    '/v1/wallet/verifications/:id/code-requests',
    {
      config: { ...signed, whileHeld: both, problems: ['not_found'] },
      schema: {
        tags,
        summary: 'Send a one-time code for this verification',
        params,
        response: { 202: CodeRequested },
      },
    },
    async (request, reply) => {
      const { who, id } = named(request);
      await answers.sendCode(who, id);
      return reply.code(202).send({ expires_in_seconds: codeSeconds });
    },
  );
  app.post(
    '/v1/wallet/verifications/:id/code',
    {
      config: { ...signed, whileHeld: both, problems: [...failed, 'too_many_attempts'] },
      schema: { tags, summary: 'Verify with the one-time code', params, body: EnterCode, response },
    },
    (request) => {
      const { who, id } = named(request);
      return answers.code(who, id, request.body.code);
    },
  );
  app.post(
    '/v1/wallet/verifications/:id/passkey-options',
    {
      config: { ...signed, whileHeld: ['frozen'], problems: ['not_found'] },
      schema: { tags, summary: 'What a passkey has to sign', params, response: { 200: PasskeyOptions } },
    },
    async (request) => {
      const { who, id } = named(request);
      return { options: { ...(await answers.passkeyOptions(who, id)) } };
    },
  );
  app.post(
    '/v1/wallet/verifications/:id/passkey',
    {
      config: { ...signed, whileHeld: ['frozen'], problems: [...failed] },
      schema: { tags, summary: 'Verify with a passkey', params, body: PasskeyAnswer, response },
    },
    (request) => {
      const { who, id } = named(request);
      return answers.passkey(who, id, request.body.response as unknown as AuthenticationResponseJSON);
    },
  );
}

function identityAnswer(app: HttpApp, answers: Verification['answers']): void {
  app.post(
    '/v1/wallet/verifications/:id/identity',
    {
      config: {
        ...signed,
        whileHeld: both,
        problems: ['not_found', 'identity_refused', 'too_many_attempts', 'bank_unavailable'],
      },
      schema: {
        tags,
        summary: 'Verify by the real-name check, done anew at a bank',
        params: ChallengeParams,
        body: CheckIdentity,
        response: { 200: VerificationSchema },
      },
    },
    (request) => {
      const { who, id } = named(request);
      const { name, identity_number: number } = request.body;
      return answers.identity(who, id, { name, number });
    },
  );
}

function settingRoutes(app: HttpApp, deps: Deps): void {
  const { verification, wallets } = deps;
  app.get(
    '/v1/wallet/security',
    {
      config: wallet,
      schema: { tags, summary: 'PIN, passkeys and the limit', response: { 200: SecuritySettings } },
    },
    async (request) => {
      const who = callerAs(request, 'wallet');
      const [pin, passkeys] = await Promise.all([
        verification.pins.state(who.userId),
        verification.passkeys.list(who.userId),
      ]);
      return {
        pin,
        passkeys: passkeys.map((p) => ({
          id: p.id,
          name: p.name,
          created_at: instant(p.createdAtMs),
          last_used_at: p.lastUsedAtMs === null ? null : instant(p.lastUsedAtMs),
        })),
        free_limit: Number(positive(verification.freeFor(who, 'payment'))),
        free_limit_max: Number(positive(verification.freeMax())),
      };
    },
  );
  app.put(
    '/v1/wallet/pin',
    {
      config: { ...keyed, problems: ['verification_required', 'pin_too_simple'] },
      schema: { tags, summary: 'Set or change the PIN', body: SetPin, response: { 200: PinSet } },
    },
    async (request, reply) => {
      const who = callerAs(request, 'wallet');
      const { pin, forgotten = false } = request.body;
      const state = await verification.pins.state(who.userId);
      const lost = state.set && (state.locked || forgotten);
      const operation = lost ? 'factor_reset' : await factorOperation(deps, who.userId);
      await verification.demand(request, { operation });
      const key = requestKey(request, callerOf(who));
      const store = await verification.pins.prepare(who.userId, pin);
      const answer = await idempotently(deps, key, async (tx) => {
        await store(tx);
        return { status: 200, body: { set: true } };
      });
      return sendAnswer(reply, answer);
    },
  );
  app.put(
    '/v1/wallet/free-limit',
    {
      config: { ...keyed, problems: ['verification_required', 'amount_too_large'] },
      schema: {
        tags,
        summary: 'Set the largest payment that goes unverified',
        body: SetFreeLimit,
        response: { 200: FreeLimit },
      },
    },
    async (request, reply) => {
      const who = callerAs(request, 'wallet');
      const amount = BigInt(request.body.amount);
      if (amount > positive(verification.freeMax())) throw new ProblemError('amount_too_large');
      if (amount > verification.freeFor(who, 'payment'))
        await verification.demand(request, { operation: 'limit_raise', amount });
      const answer = await idempotently(deps, requestKey(request, callerOf(who)), async (tx) => {
        await wallets.setFreeMax(tx, who.userId, amount);
        return { status: 200, body: { free_limit: Number(amount) } };
      });
      return sendAnswer(reply, answer);
    },
  );
}

const positive = (amount: bigint): bigint => (amount < 0n ? 0n : amount);

/** The first PIN or passkey is given on a one-time code; from then on by what there is. */
async function factorOperation(
  { verification }: Deps,
  userId: string,
): Promise<'first_factor' | 'factor_change'> {
  return (await verification.hasFactor(userId)) ? 'factor_change' : 'first_factor';
}

function passkeyRoutes(app: HttpApp, deps: Deps): void {
  const { verification } = deps;
  app.post(
    '/v1/wallet/passkey-options',
    {
      config: signed,
      schema: {
        tags,
        summary: 'What a browser needs to make a passkey',
        response: { 200: PasskeyOptions },
      },
    },
    async (request) => {
      const who = callerAs(request, 'wallet');
      const { person } = await deps.wallets.me(who.userId, who.deviceId);
      const options = await verification.passkeys.registrationOptions(who, person.mobileMasked);
      return { options: { ...options } };
    },
  );
  app.post(
    '/v1/wallet/passkeys',
    {
      config: { ...keyed, problems: ['verification_required', 'passkey_refused'] },
      schema: { tags, summary: 'Add a passkey', body: AddPasskey, response: { 201: PasskeyAdded } },
    },
    async (request, reply) => {
      const who = callerAs(request, 'wallet');
      await verification.demand(request, { operation: await factorOperation(deps, who.userId) });
      const { response, name } = request.body;
      const made = response as unknown as RegistrationResponseJSON;
      const answer = await idempotently(deps, requestKey(request, callerOf(who)), async (tx) => {
        await verification.passkeys.register(tx, who, made, name);
        return { status: 201, body: { id: response.id, name } };
      });
      return sendAnswer(reply, answer);
    },
  );
  app.delete(
    '/v1/wallet/passkeys/:id',
    {
      config: { ...keyed, problems: ['verification_required', 'not_found'] },
      schema: { tags, summary: 'Remove a passkey', params: PasskeyParams, response: { 200: PasskeyRemoved } },
    },
    async (request, reply) => {
      const who = callerAs(request, 'wallet');
      await verification.demand(request, { operation: 'factor_change' });
      const answer = await idempotently(deps, requestKey(request, callerOf(who)), async (tx) => {
        await verification.passkeys.remove(tx, who.userId, request.params.id);
        return { status: 200, body: { id: request.params.id } };
      });
      return sendAnswer(reply, answer);
    },
  );
}
