import type { Clock } from '@feiqian/clock';
import type { Db, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import type { Ids } from '@feiqian/ids';
import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import * as store from './store.ts';

/** Who asks a passkey: the host that it belongs to, and the pages that may ask. */
export interface RelyingParty {
  id: string;
  name: string;
  origins: string[];
}

const challengeBytes = 32;
const registrationMs = 5 * 60_000;
/** Passkeys of one person at the most. */
const passkeysMax = 10;

/** Passkeys (WebAuthn Level 3). What the library finds wrong in an answer is a refusal; the person must be verified. */
export function createPasskeys(deps: { db: Db; clock: Clock; ids: Ids; relyingParty: RelyingParty }) {
  const { db, clock, ids, relyingParty } = deps;
  const expected = { expectedOrigin: relyingParty.origins, expectedRPID: relyingParty.id };
  const newChallenge = () => new Uint8Array(Buffer.from(ids.secret(challengeBytes), 'base64url'));
  const known = (p: store.Passkey) => ({
    id: p.id,
    transports: p.transports as AuthenticatorTransport[],
  });

  return {
    list: (userId: string) => store.passkeysOf(db, userId),

    /** What a browser needs to make a passkey on this device; answered once, within five minutes. */
    async registrationOptions(who: { userId: string; deviceId: string }, userName: string) {
      const options = await generateRegistrationOptions({
        rpID: relyingParty.id,
        rpName: relyingParty.name,
        userID: new Uint8Array(Buffer.from(who.userId)),
        userName,
        challenge: newChallenge(),
        attestationType: 'none',
        excludeCredentials: (await store.passkeysOf(db, who.userId)).map(known),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      });
      await store.putRegistration(db, who.deviceId, options.challenge, clock.now() + registrationMs);
      return options;
    },

    /** Checks a new passkey and stores it. Throws `passkey_refused`. */
    async register(
      tx: Tx,
      who: { userId: string; deviceId: string },
      response: RegistrationResponseJSON,
      name: string,
    ): Promise<void> {
      const under = await store.takeRegistration(tx, who.deviceId);
      if (under === undefined || under.expiresAtMs <= clock.now()) throw new ProblemError('passkey_refused');
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response,
        expectedChallenge: under.challenge,
        ...expected,
        requireUserVerification: true,
      }).catch(refuse('passkey_refused'));
      if (!verified || registrationInfo === undefined) throw new ProblemError('passkey_refused');
      const { id, publicKey, counter, transports = [] } = registrationInfo.credential;
      const passkey = {
        id,
        publicKey,
        counter: BigInt(counter),
        transports,
        name,
        createdAtMs: clock.now(),
        lastUsedAtMs: null,
      };
      const all = await store.passkeysOf(tx, who.userId);
      if (all.length >= passkeysMax || !(await store.insertPasskey(tx, who.userId, passkey)))
        throw new ProblemError('passkey_refused');
    },

    /** What a browser needs to ask one of this person's passkeys; null when there is none. */
    async authenticationOptions(userId: string) {
      const all = await store.passkeysOf(db, userId);
      if (all.length === 0) return null;
      return generateAuthenticationOptions({
        rpID: relyingParty.id,
        challenge: newChallenge(),
        allowCredentials: all.map(known),
        userVerification: 'required',
      });
    },

    /** Checks an answer to a challenge that nobody can answer again. Throws `verification_failed`. */
    async authenticate(
      userId: string,
      response: AuthenticationResponseJSON,
      challenge: string,
    ): Promise<void> {
      const failed = new ProblemError('verification_failed');
      const passkey = (await store.passkeysOf(db, userId)).find((p) => p.id === response.id);
      if (passkey === undefined) throw failed;
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response,
        expectedChallenge: challenge,
        ...expected,
        credential: {
          id: passkey.id,
          publicKey: new Uint8Array(passkey.publicKey),
          counter: Number(passkey.counter),
          transports: known(passkey).transports,
        },
        requireUserVerification: true,
      }).catch(refuse('verification_failed'));
      const moved = { id: passkey.id, from: passkey.counter, to: BigInt(authenticationInfo.newCounter) };
      if (!verified || !(await store.movePasskey(db, moved, clock.now()))) throw failed;
    },

    async remove(tx: Tx, userId: string, id: string): Promise<void> {
      if (!(await store.removePasskey(tx, userId, id))) throw new ProblemError('not_found');
    },
  };
}

/** The library throws what is wrong with an answer. */
function refuse(code: 'passkey_refused' | 'verification_failed') {
  return (error: unknown): never => {
    throw new ProblemError(code, error instanceof Error ? error.message.slice(0, 200) : undefined);
  };
}
