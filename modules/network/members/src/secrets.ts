import type { Clock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { putSecret, raiseRevision, type SecretName, selectSecret } from './store.ts';

/** Seals small secrets (a keystore); purpose and context are bound to the sealed bytes, so they cannot change places. */
export interface Sealer {
  seal(purpose: string, plain: Uint8Array, context: string): Uint8Array;
  open(purpose: string, sealed: Uint8Array, context: string): Uint8Array;
}

/** A secret in clear. Keep it no longer than needed. */
export interface OpenSecret {
  version: number;
  bytes: Uint8Array;
}

/** Keys of members, stored sealed. */
export interface Secrets {
  /** Stores a secret whatever was there before. */
  setSecret(memberId: string, name: SecretName, bytes: Uint8Array): Promise<void>;
  /** Stores a secret; false when `expectedVersion` (0 for none) is not the stored one any more. */
  replaceSecret(
    memberId: string,
    name: SecretName,
    bytes: Uint8Array,
    expectedVersion: number,
  ): Promise<boolean>;
  /** Null when there is none. */
  openSecret(memberId: string, name: SecretName): Promise<OpenSecret | null>;
}

const setTriesMax = 10;

const purpose = 'member secret';
const contextOf = (memberId: string, name: SecretName) => `${memberId}/${name}`;

export function createSecrets(deps: { db: Db; clock: Clock; sealer: Sealer }): Secrets {
  const { db, clock, sealer } = deps;

  const replaceSecret: Secrets['replaceSecret'] = async (memberId, name, bytes, expectedVersion) => {
    const sealed = sealer.seal(purpose, bytes, contextOf(memberId, name));
    return await db.transaction(async (tx) => {
      const stored = await putSecret(tx, memberId, name, sealed, expectedVersion, clock.now());
      // Links read their keys again when the register is renewed.
      if (stored) await raiseRevision(tx);
      return stored;
    });
  };

  return {
    replaceSecret,
    async setSecret(memberId, name, bytes) {
      for (let tries = 0; tries < setTriesMax; tries++) {
        const current = await selectSecret(db, memberId, name);
        if (await replaceSecret(memberId, name, bytes, current?.version ?? 0)) return;
      }
      throw new Error(`the secret ${name} of member ${memberId} is being changed by others all the time`);
    },
    async openSecret(memberId, name) {
      const stored = await selectSecret(db, memberId, name);
      if (stored === null) return null;
      const bytes = sealer.open(purpose, stored.sealed, contextOf(memberId, name));
      return { version: stored.version, bytes };
    },
  };
}
