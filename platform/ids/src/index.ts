import { hash, randomFillSync } from 'node:crypto';

/** Fills the array with random bytes; handed in so that a simulation can seed it. */
export type RandomBytes = (into: Uint8Array) => Uint8Array;

/** Cryptographically secure random bytes: the only place that reads them from the machine. */
export const secureRandom: RandomBytes = (into) => randomFillSync(into);

/** Makes identifiers: UUIDv7 (RFC 9562 section 5.7), monotonic within one maker. */
export interface Ids {
  /** A bare UUIDv7, lower case with hyphens. */
  uuid(): string;
  /** A prefixed identifier, for example `pay_0193…` (32 hexadecimal digits after the prefix). */
  next(prefix: string): string;
  /** `bytes` random bytes as base64url. */
  secret(bytes: number): string;
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
const POOL_BYTES = 4096;

/** Creates an id maker from a clock and a random source. */
export function createIds(now: () => number, random: RandomBytes = secureRandom): Ids {
  const pool = new Uint8Array(POOL_BYTES);
  let at = POOL_BYTES;
  let lastMs = -1;
  let counter = 0;

  function take(n: number): number {
    if (at + n > POOL_BYTES) {
      random(pool);
      at = 0;
    }
    const start = at;
    at += n;
    return start;
  }

  function hex32(): string {
    let ms = now();
    const r = take(10);
    if (ms <= lastMs) {
      ms = lastMs;
      counter += 1;
      if (counter > 0xfff) {
        ms += 1;
        counter = 0;
      }
    } else {
      counter = (((pool[r] as number) & 0x07) << 8) | (pool[r + 1] as number);
    }
    lastMs = ms;
    const high = Math.floor(ms / 0x10000);
    const low = ms % 0x10000;
    const b = (n: number) => HEX[n & 0xff] as string;
    let out = b(high >>> 24) + b(high >>> 16) + b(high >>> 8) + b(high) + b(low >>> 8) + b(low);
    out += b(0x70 | (counter >>> 8)) + b(counter);
    out += b(0x80 | ((pool[r + 2] as number) & 0x3f));
    for (let i = 3; i < 10; i++) out += HEX[pool[r + i] as number];
    return out;
  }

  return {
    uuid() {
      return hexToUuid(hex32());
    },
    next(prefix) {
      return `${prefix}_${hex32()}`;
    },
    secret(bytes) {
      const out = new Uint8Array(bytes);
      random(out);
      return Buffer.from(out).toString('base64url');
    },
  };
}

function hexToUuid(h: string): string {
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

/** True when `id` is `prefix_` followed by 32 lower-case hexadecimal digits. */
export function hasPrefix(id: string, prefix: string): boolean {
  return (
    id.length === prefix.length + 33 &&
    id.startsWith(prefix) &&
    id[prefix.length] === '_' &&
    /^[0-9a-f]{32}$/.test(id.slice(prefix.length + 1))
  );
}

/** The UUID inside a prefixed identifier. Throws RangeError when it is not of that prefix. */
export function toUuid(id: string, prefix: string): string {
  if (!hasPrefix(id, prefix)) throw new RangeError(`not an identifier of kind ${prefix}_`);
  return hexToUuid(id.slice(prefix.length + 1));
}

/** The prefixed identifier of a UUID. */
export function fromUuid(uuid: string, prefix: string): string {
  // Cut rather than searched for hyphens: every answer holds several.
  return `${prefix}_${uuid.slice(0, 8)}${uuid.slice(9, 13)}${uuid.slice(14, 18)}${uuid.slice(19, 23)}${uuid.slice(24)}`;
}

/** A UUID that is the same for the same text (version 8, RFC 9562 section 5.8, from SHA-256). */
export function uuidOf(text: string): string {
  const h = hash('sha256', text, 'hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20, 32)}`;
}
