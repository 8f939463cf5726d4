import { createCipheriv, createDecipheriv } from 'node:crypto';

/** The initial value A6… of RFC 3394 section 2.2.3.1, by which unwrapping proves the key arrived unchanged. */
const INITIAL_VALUE = new Uint8Array(8).fill(0xa6);

/**
 * AES key wrap (RFC 3394, NIST SP 800-38F KW): `key` (a multiple of 8 bytes, at least 16) under `wrappingKey`
 * (16, 24 or 32 bytes). The result is 8 bytes longer than the key.
 */
export function wrapKey(wrappingKey: Uint8Array, key: Uint8Array): Uint8Array {
  if (key.length < 16 || key.length % 8 !== 0) {
    throw new RangeError(`a wrapped key has 16 or more bytes in steps of 8, not ${key.length}`);
  }
  const cipher = createCipheriv(wrapName(wrappingKey), wrappingKey, INITIAL_VALUE);
  return new Uint8Array(Buffer.concat([cipher.update(key), cipher.final()]));
}

/** The reverse of {@link wrapKey}; null when the wrapping key is not the right one or a bit was changed. */
export function unwrapKey(wrappingKey: Uint8Array, wrapped: Uint8Array): Uint8Array | null {
  if (wrapped.length < 24 || wrapped.length % 8 !== 0) return null;
  const decipher = createDecipheriv(wrapName(wrappingKey), wrappingKey, INITIAL_VALUE);
  try {
    return new Uint8Array(Buffer.concat([decipher.update(wrapped), decipher.final()]));
  } catch {
    // The integrity check of RFC 3394 failed: the only error these two calls have once the lengths are right.
    return null;
  }
}

function wrapName(key: Uint8Array): string {
  if (key.length !== 16 && key.length !== 24 && key.length !== 32) {
    throw new RangeError(`an AES key has 16, 24 or 32 bytes, not ${key.length}`);
  }
  return `id-aes${key.length * 8}-wrap`;
}
