import type { Card, Payment, WalletMe, WalletSession } from '@feiqian/contract';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { KnownTime } from './network-time.ts';

/** What makes pay codes on this device; see docs/pay-code.md. Never leaves it. */
export interface KeptPayCodeKey {
  handle: string;
  secret: Uint8Array;
}

/** The keys of this device; WebCrypto keeps their secrets from everybody, this page included. See docs/device-key.md. */
export interface KeptDeviceKey {
  /** ECDSA P-256: who this device is. */
  signing: CryptoKeyPair;
  /** HMAC with SHA-256: signs the requests of this session. */
  request: CryptoKey;
}

/** Everything the wallet keeps on the phone, so that it opens and pays without a network. */
export interface Kept {
  session: { user: WalletMe['user']; device: WalletSession['device']; payCodeKey: KeptPayCodeKey };
  deviceKey: KeptDeviceKey;
  /** The network's time as it was last heard: a phone with a wrong clock still makes right codes. */
  time: KnownTime;
  cards: Card[];
  payments: Payment[];
  /** The card last chosen for paying. */
  cardId: string;
  /** What the network was told last of push messages to this device; null since they were switched off. */
  push: { endpoint: string; language: 'zh-CN' | 'en'; amounts: boolean } | null;
  /** Steps whose pay code was used, so that it is not shown again. */
  usedStep: number;
}

interface Schema extends DBSchema {
  kept: { key: string; value: unknown };
}

const name = 'feiqian-wallet';
let opened: Promise<IDBPDatabase<Schema>> | null = null;
const memory = new Map<string, unknown>();

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>(name, 1, {
    upgrade(db) {
      db.createObjectStore('kept');
    },
  });
  return opened;
}

/** Reads one kept thing; undefined when there is none. Where storage is closed, this page's memory serves. */
export async function kept<K extends keyof Kept>(key: K): Promise<Kept[K] | undefined> {
  try {
    return (await (await database()).get('kept', key)) as Kept[K] | undefined;
  } catch {
    return memory.get(key) as Kept[K] | undefined;
  }
}

/** Keeps one thing on the phone. */
export async function keep<K extends keyof Kept>(key: K, value: Kept[K]): Promise<void> {
  memory.set(key, value);
  try {
    await (await database()).put('kept', value, key);
  } catch {
    // Private mode: it lasts as long as the page.
  }
}

/** Forgets all of it: at sign-out, and when the network ends the session. */
export async function forgetAll(): Promise<void> {
  memory.clear();
  try {
    await (await database()).clear('kept');
  } catch {
    // Nothing was stored then.
  }
}
