import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { Pan } from '@feiqian/keys';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** How card numbers are kept: found by keyed hash, read back by decryption. */
export interface PanVault {
  /** HMAC-SHA-256 of the digits, base64url, 43 characters. */
  lookup(digits: string): string;
  /** `cardId` is bound to the text, so that a cipher moved to another row does not open. */
  encrypt(pan: Pan, cardId: string): string;
  /** Throws when the text was changed or belongs to another card. */
  decrypt(cipherText: string, cardId: string): string;
}

/**
 * @param key 32 bytes; the two keys in use follow from it by HKDF-SHA-256 (RFC 5869)
 * @param secret random bytes as base64url, as `Ids.secret`
 */
export function createPanVault(key: Uint8Array, secret: (bytes: number) => string): PanVault {
  if (key.length !== KEY_BYTES) throw new RangeError(`the card number key has ${KEY_BYTES} bytes`);
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', key, '', `feiqian bank ${use}`, KEY_BYTES));
  const lookupKey = derive('pan lookup');
  const cipherKey = derive('pan cipher');
  return {
    lookup: (digits) => createHmac('sha256', lookupKey).update(digits).digest('base64url'),
    encrypt(pan, cardId) {
      const nonce = Buffer.from(secret(NONCE_BYTES), 'base64url');
      const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce);
      cipher.setAAD(Buffer.from(cardId));
      const body = Buffer.concat([cipher.update(pan.reveal(), 'latin1'), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64');
    },
    decrypt(cipherText, cardId) {
      const bytes = Buffer.from(cipherText, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, bytes.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(cardId));
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
      const body = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('latin1');
    },
  };
}
