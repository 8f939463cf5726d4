import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { RandomBytes } from '@feiqian/ids';

/** Key-encryption keys by number; the highest number wraps, every one of them still unwraps. */
export interface KeyRing {
  keys: ReadonlyMap<number, Uint8Array>;
  current: number;
}

/** Encrypts with AES-256-GCM and makes keyed hashes, with keys derived for one purpose each. */
export interface Keystore {
  /** Number of the key-encryption key that seals now. */
  readonly current: number;
  /** Seals bytes: version, key number, nonce, ciphertext, tag. `context` is authenticated, not stored. */
  seal(purpose: string, plain: Uint8Array, context?: string): Uint8Array;
  /** Opens what `seal` made; throws when it was changed or belongs elsewhere. */
  open(purpose: string, sealed: Uint8Array, context?: string): Uint8Array;
  /** The number of the key that sealed this. */
  keyOf(sealed: Uint8Array): number;
  /** HMAC-SHA-256 under the lookup key, which does not rotate with the others. */
  keyedHash(purpose: string, text: string): Uint8Array;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 3;
export const kekBytes = 32;

/** Parses `1:hex,2:hex` (key-encryption keys of 32 bytes by number). Throws with what is wrong. */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<number, Uint8Array>();
  for (const part of text.split(',')) {
    const match = /^\s*([0-9]{1,4}):([0-9a-fA-F]{64})\s*$/.exec(part);
    if (!match) throw new Error('keys are written as number:64 hexadecimal digits, separated by commas');
    keys.set(Number(match[1]), Buffer.from(match[2] as string, 'hex'));
  }
  return { keys, current: Math.max(...keys.keys()) };
}

/** AES-256-GCM (NIST SP 800-38D) with a 96-bit random nonce: nonce, ciphertext, tag. */
export function gcmSeal(key: Uint8Array, plain: Uint8Array, aad: string, random: RandomBytes): Uint8Array {
  const nonce = random(new Uint8Array(NONCE_BYTES));
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(aad));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what `gcmSeal` made; throws when a bit differs. */
export function gcmOpen(key: Uint8Array, sealed: Uint8Array, aad: string): Uint8Array {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(aad)).setAuthTag(tag);
  return Buffer.concat([
    decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)),
    decipher.final(),
  ]);
}

/** Creates a keystore over a key ring and the separate lookup key. */
export function createKeystore(ring: KeyRing, lookupKey: Uint8Array, random: RandomBytes): Keystore {
  const derived = new Map<string, Uint8Array>();
  function derive(root: Uint8Array, label: string): Uint8Array {
    const found = derived.get(label);
    if (found) return found;
    const key = new Uint8Array(hkdfSync('sha256', root, 'feiqian keystore', label, kekBytes));
    derived.set(label, key);
    return key;
  }
  function kek(number: number, purpose: string): Uint8Array {
    const root = ring.keys.get(number);
    if (!root) throw new Error(`key-encryption key ${number} is not in the key ring`);
    return derive(root, `kek ${number} ${purpose}`);
  }
  return {
    current: ring.current,
    seal(purpose, plain, context = '') {
      const header = Buffer.from([VERSION, ring.current >> 8, ring.current & 0xff]);
      return Buffer.concat([header, gcmSeal(kek(ring.current, purpose), plain, context, random)]);
    },
    open(purpose, sealed, context = '') {
      if (sealed[0] !== VERSION) throw new Error('unknown version of sealed bytes');
      return gcmOpen(kek(keyNumber(sealed), purpose), sealed.subarray(HEADER_BYTES), context);
    },
    keyOf: keyNumber,
    keyedHash: (purpose, text) =>
      createHmac('sha256', derive(lookupKey, `lookup ${purpose}`))
        .update(text)
        .digest(),
  };
}

function keyNumber(sealed: Uint8Array): number {
  return ((sealed[1] ?? 0) << 8) | (sealed[2] ?? 0);
}
