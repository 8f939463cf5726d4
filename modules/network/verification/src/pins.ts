import type { Clock } from '@feiqian/clock';
import type { Db, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import type { Ids } from '@feiqian/ids';
import { type Algorithm, hash, verify } from '@node-rs/argon2';
import { isTooSimple } from './policy.ts';
import * as store from './store.ts';

/** Wrong tries after which a PIN is locked until it is set anew. */
export const pinTriesMax = 5;
const saltBytes = 16;
/** OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane. */
const argon2id = {
  algorithm: 2 satisfies Algorithm.Argon2id as Algorithm.Argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
};

/**
 * PINs of six digits. A million of them is soon tried, whatever the hash costs: so what is hashed is a keyed hash, whose
 * key is not in the database. Hashing runs on threads of its own.
 */
export function createPins(deps: {
  db: Db;
  clock: Clock;
  ids: Ids;
  keyedHash: (purpose: string, text: string) => Uint8Array;
}) {
  const { db, clock, ids } = deps;
  const keyed = (userId: string, pin: string) =>
    Buffer.from(deps.keyedHash('wallet pin', `${userId} ${pin}`)).toString('base64url');

  return {
    async state(userId: string): Promise<{ set: boolean; locked: boolean }> {
      const row = await store.pinOf(db, userId);
      return { set: row !== undefined, locked: (row?.tries ?? 0) >= pinTriesMax };
    },

    /** Hashes a new PIN before the transaction that stores it. Throws `pin_too_simple`. */
    async prepare(userId: string, pin: string): Promise<(tx: Tx) => Promise<void>> {
      if (isTooSimple(pin)) throw new ProblemError('pin_too_simple');
      const salt = Buffer.from(ids.secret(saltBytes), 'base64url');
      const hashed = await hash(keyed(userId, pin), { ...argon2id, salt });
      return (tx) => store.putPin(tx, userId, hashed, clock.now());
    },

    /** Throws `verification_failed`, `pin_locked` or `pin_not_set`. Guesses that come together count one by one. */
    async check(userId: string, pin: string): Promise<void> {
      const counted = await store.countTry(db, userId, pinTriesMax);
      if (counted === undefined) {
        const known = await store.pinOf(db, userId);
        throw new ProblemError(known === undefined ? 'pin_not_set' : 'pin_locked');
      }
      if (await verify(counted.hash, keyed(userId, pin))) return store.forgiveTries(db, userId, counted.hash);
      const left = pinTriesMax - counted.tries;
      throw new ProblemError(left === 0 ? 'pin_locked' : 'verification_failed', undefined, {
        members: { tries_left: left },
      });
    },
  };
}
