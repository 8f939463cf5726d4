import { createHash, scrypt, timingSafeEqual } from 'node:crypto';

const KEY_BYTES = 32;
const COST = { N: 16_384, r: 8, p: 1 };

function derive(secret: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** scrypt (RFC 7914) with N = 16384, r = 8, p = 1, written as `scrypt$salt$key` in base64url. */
export async function hashPassword(secret: string, salt: Uint8Array): Promise<string> {
  const key = await derive(secret, salt);
  return `scrypt$${Buffer.from(salt).toString('base64url')}$${key.toString('base64url')}`;
}

/** Compares in constant time. A missing hash costs as much as a wrong secret. */
export async function checkPassword(secret: string, stored: string | undefined): Promise<boolean> {
  const [, salt = '', key = ''] = (stored ?? 'scrypt$AAAAAAAAAAAAAAAAAAAAAA$').split('$');
  const expected = Buffer.from(key, 'base64url');
  const actual = await derive(secret, Buffer.from(salt, 'base64url'));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** SHA-256 of a secret with at least 128 random bits: enough to store and to look it up by. */
export function hashSecret(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
