import {
  createCipheriv,
  createECDH,
  createPrivateKey,
  type ECDH,
  hkdfSync,
  type KeyObject,
  sign,
} from 'node:crypto';

const curve = 'prime256v1';
const coordinateBytes = 32;
const pointBytes = 1 + 2 * coordinateBytes;
const authBytes = 16;
const saltBytes = 16;
const tagBytes = 16;
/** The record size that is declared; a message is one record. */
const recordBytes = 4096;
const headerBytes = saltBytes + 4 + 1 + pointBytes;
/** Longest message, in bytes: a push service need not take a body over 4096 (RFC 8291, section 4). */
export const pushBytesMax = recordBytes - headerBytes - tagBytes - 1;
/** How long a push service believes one proof, in s; more than a day is refused (RFC 8292, section 2). */
const vapidSeconds = 12 * 3600;

/** What a browser gives out with a subscription (Push API, `getKey`), base64url: its P-256 point and its secret. */
export interface PushKeys {
  p256dh: string;
  auth: string;
}

/** Gives so many random bytes. */
export type Random = (bytes: number) => Uint8Array;

/** A key pair of random bytes. */
function drawPair(random: Random): ECDH {
  const ecdh = createECDH(curve);
  for (;;) {
    try {
      ecdh.setPrivateKey(random(coordinateBytes));
      return ecdh;
    } catch {
      // Zero, or not below the order of the curve: 1 in 2^32. Take another.
    }
  }
}

/** True when these are a point on P-256 and a secret of 16 bytes. */
export function arePushKeys({ p256dh, auth }: PushKeys): boolean {
  const point = Buffer.from(p256dh, 'base64url');
  if (point.length !== pointBytes || Buffer.from(auth, 'base64url').length !== authBytes) return false;
  try {
    const ecdh = createECDH(curve);
    ecdh.setPrivateKey(Buffer.alloc(coordinateBytes, 1));
    ecdh.computeSecret(point);
    return true;
  } catch {
    return false;
  }
}

/**
 * Encrypts a message so that only that browser reads it: RFC 8291 (Message Encryption for Web Push), which is RFC 8188
 * `aes128gcm` under a key agreed with the subscription, one record long.
 *
 * @param random 32 bytes for a key pair used this once, then 16 for the salt
 * @throws RangeError for more than {@link pushBytesMax} bytes; Error for a point that is not on the curve
 */
export function encryptPush(plain: Uint8Array, to: PushKeys, random: Random): Uint8Array {
  if (plain.length > pushBytesMax) throw new RangeError(`a push takes ${pushBytesMax} bytes at the most`);
  const pair = drawPair(random);
  const own = pair.getPublicKey();
  const theirs = Buffer.from(to.p256dh, 'base64url');
  const salt = random(saltBytes);
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, own]);
  const agreed = new Uint8Array(
    hkdfSync('sha256', pair.computeSecret(theirs), Buffer.from(to.auth, 'base64url'), keyInfo, 32),
  );
  const derive = (info: string, bytes: number) =>
    new Uint8Array(hkdfSync('sha256', agreed, salt, `Content-Encoding: ${info}\0`, bytes));
  const cipher = createCipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
  const header = Buffer.alloc(saltBytes + 5);
  header.set(salt);
  header.writeUInt32BE(recordBytes, saltBytes);
  header.writeUInt8(pointBytes, saltBytes + 4);
  // The one and last record ends in 2 (RFC 8188, section 2).
  const record = [cipher.update(plain), cipher.update(Uint8Array.of(2)), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([header, own, ...record]);
}

/** The key pair by which push services know an application server (RFC 8292). */
export interface VapidKey {
  /** The uncompressed point, base64url: what a browser subscribes under. */
  publicKey: string;
  privateKey: KeyObject;
}

/**
 * The pair of a private key.
 * @param secret 32 bytes
 * @throws Error when they are no private key on P-256
 */
export function vapidKeyOf(secret: Uint8Array): VapidKey {
  const ecdh = createECDH(curve);
  ecdh.setPrivateKey(secret);
  const point = ecdh.getPublicKey();
  const part = (from: number) => point.subarray(from, from + coordinateBytes).toString('base64url');
  const d = Buffer.from(secret).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: part(1), y: part(1 + coordinateBytes), d };
  return {
    publicKey: point.toString('base64url'),
    privateKey: createPrivateKey({ key: jwk, format: 'jwk' }),
  };
}

/** 32 bytes that are a private key on P-256. */
export function drawVapidSecret(random: Random): Uint8Array {
  return drawPair(random).getPrivateKey();
}

/**
 * The `Authorization` of a request to a push service: RFC 8292 (VAPID), a JWT under ES256 for the service's origin.
 * @param contact `mailto:` or `https:` of whoever runs this, for the push service
 */
export function vapidAuthorization(
  key: VapidKey,
  { origin, contact, nowMs }: { origin: string; contact: string; nowMs: number },
): string {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(nowMs / 1000) + vapidSeconds;
  const head = encoded({ typ: 'JWT', alg: 'ES256' });
  const text = `${head}.${encoded({ aud: origin, exp, sub: contact })}`;
  const signature = sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `vapid t=${text}.${signature.toString('base64url')}, k=${key.publicKey}`;
}
