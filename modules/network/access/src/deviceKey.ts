import { createECDH, createPublicKey, hkdfSync, type KeyObject, verify } from 'node:crypto';
import type { DeviceKey } from '@feiqian/contract';
import { agreementSalt, requestKeyBytes, requestKeyInfo, textToEnrol } from '@feiqian/keys';

const curve = 'prime256v1';
const coordinateBytes = 32;

/** The public key of a point in base64url; null when it is not on P-256. */
export function publicKeyOf(point: string): KeyObject | null {
  const bytes = Buffer.from(point, 'base64url');
  const x = bytes.subarray(1, 1 + coordinateBytes).toString('base64url');
  const y = bytes.subarray(1 + coordinateBytes).toString('base64url');
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  } catch {
    return null;
  }
}

/** True when `signature` (r and s, FIPS 186-5) is of the point's key over the text. */
export function isSignedBy(point: string, text: string, signature: string): boolean {
  const key = publicKeyOf(point);
  if (key === null) return false;
  const raw = Buffer.from(signature, 'base64url');
  return verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, raw);
}

/** True when whoever sends these keys at sign-in has the signing key, for this number, code and agreement. */
export function provesItself(mobile: string, code: string, key: DeviceKey): boolean {
  const { signing, agreement } = key;
  return isSignedBy(signing, textToEnrol({ mobile, code, signing, agreement }), key.signature);
}

/**
 * Agrees on the request key of a session: ECDH on P-256 (SEC 1, section 6.1), then HKDF-SHA-256.
 *
 * @param secret gives 32 random bytes, for the network's own key, which is used this once
 * @returns null when the device's point is not on the curve
 */
export function agree(
  deviceAgreement: string,
  secret: () => Uint8Array,
): { agreement: string; requestKey: Uint8Array } | null {
  const ecdh = createECDH(curve);
  for (;;) {
    try {
      ecdh.setPrivateKey(secret());
      break;
    } catch {
      // Zero, or not below the order of the curve: 1 in 2^32. Take another.
    }
  }
  const agreement = ecdh.getPublicKey('base64url', 'uncompressed');
  try {
    const shared = ecdh.computeSecret(Buffer.from(deviceAgreement, 'base64url'));
    const salt = agreementSalt(deviceAgreement, agreement);
    return {
      agreement,
      requestKey: new Uint8Array(hkdfSync('sha256', shared, salt, requestKeyInfo, requestKeyBytes)),
    };
  } catch {
    return null;
  }
}
