import type { Clock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import { type KeyChange, type MessageProfile, verifyMac } from '@feiqian/iso8583';
import { type Cmac, createCmac, kcvCmac, unwrapKey, wrapKey } from '@feiqian/keys/node';
import { createStore } from './store.ts';

/** How long messages under the replaced key are still taken once the new one has been used. */
export const previousKeyMsMax = 60_000;
/** Stored keys are looked up again at most this often when a code does not fit. */
const reloadMsMin = 1_000;
const KEY_BYTES = 16;

export interface MacKeysDeps {
  schema: string;
  db: Db;
  clock: Clock;
  ids: Ids;
  profile: MessageProfile;
  /** Shared with the network; wraps keys on their way and in the table. 16, 24 or 32 bytes. */
  zoneKey: Uint8Array;
  /** The key of a link on which no key has been changed yet. 16, 24 or 32 bytes. */
  firstKey: Uint8Array;
}

/** The keys of message authentication: one in use, one on its way out. All processes of the bank share them. */
export interface MacKeys {
  load(): Promise<void>;
  /** The key under which a frame's code is right, or null. Looks for a key changed elsewhere before it says null. */
  authenticate(frame: Uint8Array): Promise<Cmac | null>;
  /** For messages that answer nothing authentic. */
  signing(): Cmac;
  /** Takes a key from the network. False when it does not unwrap or its check value is another. */
  take(change: KeyChange): Promise<boolean>;
  /** Makes a key and puts it in use. */
  make(): Promise<KeyChange>;
}

interface HeldKey {
  bytes: Uint8Array;
  cmac: Cmac;
}

export function createMacKeys(deps: MacKeysDeps): MacKeys {
  const { db, clock, ids, profile, zoneKey } = deps;
  const store = createStore(deps.schema);
  let current = held(deps.firstKey);
  let previous: HeldKey | null = null;
  let previousUntilMs = Number.POSITIVE_INFINITY;
  let loadedAtMs = Number.NEGATIVE_INFINITY;

  async function load(): Promise<void> {
    const stored = await store.macKeys(db);
    loadedAtMs = clock.now();
    if (stored.current === null) return;
    const key = open(stored.current);
    if (Buffer.from(key).equals(current.bytes)) return;
    current = held(key);
    previous = stored.previous === null ? null : held(open(stored.previous));
    previousUntilMs = Number.POSITIVE_INFINITY;
  }

  function open(wrapped: string): Uint8Array {
    const key = unwrapKey(zoneKey, Buffer.from(wrapped, 'hex'));
    if (key === null) throw new Error('a stored MAC key does not open: the zone key is another one');
    return key;
  }

  async function replace(key: Uint8Array): Promise<void> {
    // The same key offered again, because our answer was lost, must not push out the one before.
    if (Buffer.from(key).equals(current.bytes)) return;
    const replaced = current;
    await db.transaction((tx) =>
      store.storeMacKeys(tx, { current: wrap(key), previous: wrap(replaced.bytes) }, clock.now()),
    );
    previous = replaced;
    previousUntilMs = Number.POSITIVE_INFINITY;
    current = held(key);
  }

  const wrap = (key: Uint8Array) => Buffer.from(wrapKey(zoneKey, key)).toString('hex');

  function fitting(frame: Uint8Array): Cmac | null {
    if (verifyMac(profile, frame, current.cmac)) {
      if (previous && previousUntilMs === Number.POSITIVE_INFINITY) {
        previousUntilMs = clock.now() + previousKeyMsMax;
      }
      return current.cmac;
    }
    if (!previous || clock.now() > previousUntilMs) return null;
    return verifyMac(profile, frame, previous.cmac) ? previous.cmac : null;
  }

  return {
    load,
    signing: () => current.cmac,
    async authenticate(frame) {
      const key = fitting(frame);
      if (key !== null || clock.now() - loadedAtMs < reloadMsMin) return key;
      await load();
      return fitting(frame);
    },
    async take({ wrapped, kcv }) {
      const key = unwrapKey(zoneKey, wrapped);
      if (key === null || kcvCmac(key) !== kcv) return false;
      await replace(key);
      return true;
    },
    async make() {
      const key = new Uint8Array(Buffer.from(ids.secret(KEY_BYTES), 'base64url'));
      await replace(key);
      return { wrapped: wrapKey(zoneKey, key), kcv: kcvCmac(key) };
    },
  };
}

function held(bytes: Uint8Array): HeldKey {
  return { bytes, cmac: createCmac(bytes) };
}
