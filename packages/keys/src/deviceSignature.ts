/*
 * What a device of a wallet signs, and how: both sides take the texts from here. docs/device-key.md tells it to people.
 */

/** Headers of a signed request: the nonce that the network has handed out, and the signature over the request. */
export const signatureHeaders = { nonce: 'device-nonce', signature: 'device-signature' } as const;

/** HKDF (RFC 5869) with SHA-256 from the agreed secret to the key of requests; the salt is `agreementSalt`. */
export const requestKeyInfo = 'feiqian request key 1';
export const requestKeyBytes = 32;
/** Both points of the agreement as they were sent, the device's first. */
export const agreementSalt = (device: string, network: string): string => `${device} ${network}`;

/** What a device signs to take part. */
export function textToEnrol(p: { mobile: string; code: string; signing: string; agreement: string }): string {
  return ['feiqian device 1', p.mobile, p.code, p.signing, p.agreement].join('\n');
}

/** What is signed of a request, with HMAC-SHA-256 under the request key. */
export interface SignedRequest {
  /** `POST`. */
  method: string;
  /** Path and query as sent: `/v1/wallet/cards`. */
  path: string;
  /** SHA-256 of the body as sent, base64url; of nothing when there is none. */
  bodyHash: string;
  /** Empty when there is none. */
  idempotencyKey: string;
  nonce: string;
}

export function textToSign(r: SignedRequest): string {
  return ['feiqian request 1', r.method, r.path, r.bodyHash, r.idempotencyKey, r.nonce].join('\n');
}
