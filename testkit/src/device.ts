import {
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  hkdfSync,
  sign,
} from 'node:crypto';
import type { DeviceKey } from '@feiqian/contract';
import {
  agreementSalt,
  requestKeyBytes,
  requestKeyInfo,
  signatureHeaders,
  textToEnrol,
  textToSign,
} from '@feiqian/keys';

/** What a request is signed over, the nonce aside; `body` as it is sent. */
export interface RequestToSign {
  method: string;
  path: string;
  body: string;
  idempotencyKey: string;
}

/** Headers of a signed request, for a device whose request key is known. */
export function signedHeaders(key: Uint8Array, r: RequestToSign, nonce: string): Record<string, string> {
  const { method, path, idempotencyKey } = r;
  const bodyHash = createHash('sha256').update(r.body).digest('base64url');
  const text = textToSign({ method, path, bodyHash, idempotencyKey, nonce });
  return {
    [signatureHeaders.nonce]: nonce,
    [signatureHeaders.signature]: createHmac('sha256', key).update(text).digest('base64url'),
  };
}

/** A device of a wallet, as a browser would be one. */
export class TestDevice {
  readonly #signing = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  readonly #ecdh = createECDH('prime256v1');
  readonly #agreement = this.#ecdh.generateKeys('base64url', 'uncompressed');
  #requestKey: Uint8Array | null = null;
  /** Nonces in hand. */
  readonly nonces: string[] = [];

  /** Its keys, for a sign-in with this number and code. */
  enrol(mobile: string, code: string): DeviceKey {
    const x = Buffer.from(this.#signing.x as string, 'base64url');
    const y = Buffer.from(this.#signing.y as string, 'base64url');
    const signing = Buffer.concat([Buffer.from([4]), x, y]).toString('base64url');
    const agreement = this.#agreement;
    return { signing, agreement, signature: this.attest(textToEnrol({ mobile, code, signing, agreement })) };
  }

  /** The signing key's ECDSA signature over a text. */
  attest(text: string): string {
    const key = createPrivateKey({ key: this.#signing, format: 'jwk' });
    return sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  }

  /** What its requests are signed with; known once it has signed in. */
  get requestKey(): Uint8Array {
    if (this.#requestKey === null) throw new Error('the device has not signed in');
    return this.#requestKey;
  }

  /** Derives the request key from the network's point. */
  agree(network: string): void {
    const shared = this.#ecdh.computeSecret(Buffer.from(network, 'base64url'));
    const salt = agreementSalt(this.#agreement, network);
    this.#requestKey = new Uint8Array(hkdfSync('sha256', shared, salt, requestKeyInfo, requestKeyBytes));
  }

  /** Headers of a request signed with a nonce. */
  sign(request: RequestToSign, nonce: string): Record<string, string> {
    return signedHeaders(this.requestKey, request, nonce);
  }
}
