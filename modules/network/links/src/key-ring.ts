import { type Cmac, createCmac } from '@feiqian/keys/node';

/** The MAC keys of one bank: the one in use, and the one offered to the bank when a change is under way. */
export interface MacKeys {
  current: Uint8Array | null;
  next: Uint8Array | null;
}

/** How long answers under a replaced key are still believed: longer than any answer may take. */
export const keyGraceMs = 60_000;

/** The keys a link signs with and accepts. */
export interface KeyRing {
  /** The key for what we send; null for a link without MAC. */
  signing(): Cmac | null;
  /**
   * True when `check` holds for a key that is in use: the current one, the one offered, or the one before within
   * its grace. True without any key.
   */
  accepts(check: (key: Cmac) => boolean): boolean;
  /** Takes over what is stored. A current key that goes stays accepted for its grace. */
  load(keys: MacKeys): void;
}

interface HeldKey {
  bytes: Uint8Array;
  cmac: Cmac;
}

/**
 * Creates the keys of one link.
 * @param now milliseconds that only run forward
 * @param onNextSeen told when the bank has used the key offered to it: it has it, whether it said so or not, and
 *   from now on we sign with it
 */
export function createKeyRing(now: () => number, onNextSeen: () => void): KeyRing {
  let current: HeldKey | null = null;
  let next: HeldKey | null = null;
  let previous: (HeldKey & { untilMs: number }) | null = null;

  const held = (bytes: Uint8Array | null, before: HeldKey | null): HeldKey | null => {
    if (bytes === null) return null;
    return before && same(before.bytes, bytes) ? before : { bytes, cmac: createCmac(bytes) };
  };

  return {
    signing: () => current?.cmac ?? null,
    accepts(check) {
      if (current === null) return true;
      if (check(current.cmac)) return true;
      if (next !== null && check(next.cmac)) {
        previous = { ...current, untilMs: now() + keyGraceMs };
        current = next;
        next = null;
        onNextSeen();
        return true;
      }
      return previous !== null && previous.untilMs > now() && check(previous.cmac);
    },
    load(keys) {
      // We are ahead of what is stored: the bank has used the offered key, and the register will say so soon.
      if (current !== null && keys.next !== null && same(current.bytes, keys.next)) return;
      const loaded = held(keys.current, current);
      if (current !== null && loaded !== current) previous = { ...current, untilMs: now() + keyGraceMs };
      current = loaded;
      next = held(keys.next, next);
    },
  };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

const PAIR = 0xfe;

/** The stored form: the bare key, or both keys while a change is under way. */
export function packMacKeys(current: Uint8Array, next: Uint8Array | null): Uint8Array {
  return next === null ? current : new Uint8Array([PAIR, current.length, ...current, ...next]);
}

/** Takes the stored form apart. Throws when it is neither one key nor two. */
export function unpackMacKeys(bytes: Uint8Array): { current: Uint8Array; next: Uint8Array | null } {
  if (isKeyLength(bytes.length)) return { current: bytes, next: null };
  const length = bytes[1] ?? 0;
  const current = bytes.slice(2, 2 + length);
  const next = bytes.slice(2 + length);
  if (bytes[0] !== PAIR || !isKeyLength(current.length) || !isKeyLength(next.length)) {
    throw new Error('the stored MAC key is malformed');
  }
  return { current, next };
}

function isKeyLength(length: number): boolean {
  return length === 16 || length === 24 || length === 32;
}
