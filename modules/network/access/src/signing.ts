import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@feiqian/clock';
import { type ErrorCode, nonceMsMax } from '@feiqian/contract';
import type { Db, Sql } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import { type SignedRequest, textToSign } from '@feiqian/keys';
import * as store from './store.ts';

/** A request as it came, with what its headers say of its signature. */
export interface ToVerify {
  method: string;
  path: string;
  /** As sent; null when there was none. */
  body: string | null;
  idempotencyKey: string;
  nonce: string | undefined;
  signature: string | undefined;
}

type SignatureError = Extract<
  ErrorCode,
  'signature_required' | 'signature_invalid' | 'nonce_stale' | 'nonce_used'
>;
/** `nonceId` is to be used up in the commit of what the request does. */
export type SignatureOutcome = { ok: true; nonceId: string } | { ok: false; code: SignatureError };

const tagBytes = 16;
const nonceShape = /^([0-9a-f]{32})([A-Za-z0-9_-]{22})$/;
const signatureShape = /^[A-Za-z0-9_-]{43}$/;
const timeHexDigits = 12;
const forgetMax = 100_000;

export type Signing = ReturnType<typeof createSigning>;

/**
 * Nonces and signatures of requests. A nonce is a UUIDv7 (its time is the network's) and a keyed tag over it and the
 * device it was handed to: nothing is stored when it is handed out, and any process can tell a genuine one. Once used
 * it is stored until it would be too old anyway.
 */
export function createSigning(deps: {
  db: Db;
  clock: Clock;
  ids: Ids;
  keyedHash: (purpose: string, text: string) => Uint8Array;
}) {
  const { clock, ids } = deps;
  const tagOf = (hex: string, deviceId: string): Buffer =>
    Buffer.from(deps.keyedHash('request nonce', `${hex} ${deviceId}`)).subarray(0, tagBytes);

  /** A nonce for one request of this device. */
  function nonce(deviceId: string): string {
    const hex = ids.uuid().replaceAll('-', '');
    return hex + tagOf(hex, deviceId).toString('base64url');
  }

  /** Checks the signature of a request, but not whether its nonce was used: that is asked by `use`, in the commit. */
  function verify(deviceId: string, requestKey: Uint8Array | null, r: ToVerify): SignatureOutcome {
    if (r.nonce === undefined || r.signature === undefined || requestKey === null)
      return { ok: false, code: 'signature_required' };
    const [, hex = '', tag = ''] = nonceShape.exec(r.nonce) ?? [];
    if (hex === '' || !signatureShape.test(r.signature)) return { ok: false, code: 'signature_invalid' };
    const signed: SignedRequest = {
      method: r.method,
      path: r.path,
      bodyHash: bodyHashOf(r.body),
      idempotencyKey: r.idempotencyKey,
      nonce: r.nonce,
    };
    const right =
      timingSafeEqual(Buffer.from(tag, 'base64url'), tagOf(hex, deviceId)) &&
      timingSafeEqual(Buffer.from(r.signature, 'base64url'), signatureOf(requestKey, signed));
    if (!right) return { ok: false, code: 'signature_invalid' };
    const ageMs = clock.now() - Number.parseInt(hex.slice(0, timeHexDigits), 16);
    if (ageMs > nonceMsMax) return { ok: false, code: 'nonce_stale' };
    return { ok: true, nonceId: hex };
  }

  return {
    nonce,
    verify,
    /** Uses nonces up; gives those that nobody had used. In the commit of what was signed, or before it. */
    use: (sql: Sql, nonceIds: readonly string[]): Promise<Set<string>> => store.useNonces(sql, nonceIds),
    /** Forgets nonces that are too old to be taken anyway. */
    forget: (sql: Sql): Promise<number> => {
      const time = (clock.now() - 2 * nonceMsMax).toString(16).padStart(timeHexDigits, '0');
      return store.forgetNonces(sql, `${time}${'0'.repeat(32 - timeHexDigits)}`, forgetMax);
    },
  };
}

/** SHA-256 of a body as it was sent, base64url. */
export function bodyHashOf(body: string | null): string {
  return createHash('sha256')
    .update(body ?? '')
    .digest('base64url');
}

/** HMAC-SHA-256 over `textToSign`. */
export function signatureOf(requestKey: Uint8Array, signed: SignedRequest): Buffer {
  return createHmac('sha256', requestKey).update(textToSign(signed)).digest();
}
