import type { DeviceKey } from '@feiqian/contract';
import { agreementSalt, requestKeyInfo, type SignedRequest, textToEnrol, textToSign } from '@feiqian/keys';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import type { KeptDeviceKey } from './keep.ts';

const p256 = { namedCurve: 'P-256' } as const;
const ecdsa = { name: 'ECDSA', ...p256, hash: 'SHA-256' } as const;
const ecdh = { name: 'ECDH', ...p256 } as const;
const hmac = { name: 'HMAC', hash: 'SHA-256', length: 256 } as const;

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const pointOf = async (key: CryptoKey): Promise<string> =>
  toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', key)));

/** The keys of a device that is signing in: what is sent, and what is kept once the network has answered. */
export interface Enrolment {
  deviceKey: DeviceKey;
  finish: (network: { agreement: string }) => Promise<KeptDeviceKey>;
}

/** Makes the keys of this device. Their secrets cannot be read, by this page neither. */
export async function enrol(mobile: string, code: string): Promise<Enrolment> {
  const [signing, agreeing] = (await Promise.all([
    crypto.subtle.generateKey(ecdsa, false, ['sign', 'verify']),
    crypto.subtle.generateKey(ecdh, false, ['deriveKey']),
  ])) as [CryptoKeyPair, CryptoKeyPair];
  const [publicKey, agreement] = await Promise.all([pointOf(signing.publicKey), pointOf(agreeing.publicKey)]);
  const text = textToEnrol({ mobile, code, signing: publicKey, agreement });
  const signature = await crypto.subtle.sign(ecdsa, signing.privateKey, bytesOf(text));
  return {
    deviceKey: { signing: publicKey, agreement, signature: toBase64Url(new Uint8Array(signature)) },
    async finish(network) {
      const point = await crypto.subtle.importKey('raw', fromBase64Url(network.agreement), ecdh, false, []);
      const derived = { name: 'ECDH', public: point };
      const shared = await crypto.subtle.deriveKey(derived, agreeing.privateKey, 'HKDF', false, [
        'deriveKey',
      ]);
      const hkdf = {
        name: 'HKDF',
        hash: 'SHA-256',
        salt: bytesOf(agreementSalt(agreement, network.agreement)),
        info: bytesOf(requestKeyInfo),
      };
      const request = await crypto.subtle.deriveKey(hkdf, shared, hmac, false, ['sign']);
      return { signing, request };
    },
  };
}

/** The signature over a request; `body` as it is sent. */
export async function signatureOf(
  key: CryptoKey,
  request: Omit<SignedRequest, 'bodyHash'> & { body: string },
): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytesOf(request.body));
  const text = textToSign({ ...request, bodyHash: toBase64Url(new Uint8Array(hash)) });
  return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytesOf(text))));
}
