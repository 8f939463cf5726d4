import { createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  arePushKeys,
  drawVapidSecret,
  encryptPush,
  pushBytesMax,
  vapidAuthorization,
  vapidKeyOf,
} from './node.ts';

/* The example of RFC 8291, section 5 and appendix A. */
const receiver = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};
const senderSecret = Buffer.from('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw', 'base64url');
const salt = Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url');
const drawn = (...given: Uint8Array[]) => {
  return (bytes: number) => {
    const next = given.shift();
    if (next?.length !== bytes) throw new Error(`${bytes} bytes were asked for`);
    return next;
  };
};

test('a message is encrypted as RFC 8291 has it', () => {
  const plain = Buffer.from('When I grow up, I want to be a watermelon');
  const sent = encryptPush(plain, receiver, drawn(senderSecret, salt));
  expect(Buffer.from(sent).toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
});

test('a message is as long as a push service takes, and no longer', () => {
  const longest = encryptPush(Buffer.alloc(pushBytesMax), receiver, drawn(senderSecret, salt));
  expect(longest).toHaveLength(4096);
  expect(() => encryptPush(Buffer.alloc(pushBytesMax + 1), receiver, drawn())).toThrow(RangeError);
});

test('a private key that is none is drawn again', () => {
  const zero = Buffer.alloc(32);
  const sent = encryptPush(Buffer.from('x'), receiver, drawn(zero, senderSecret, salt));
  expect(Buffer.from(sent.subarray(0, 16))).toEqual(salt);
  expect(Buffer.from(drawVapidSecret(drawn(zero, senderSecret)))).toEqual(senderSecret);
  expect(() => vapidKeyOf(zero)).toThrow();
});

test('keys of a subscription are a point on the curve and a secret of 16 bytes', () => {
  expect(arePushKeys(receiver)).toBe(true);
  expect(arePushKeys({ ...receiver, auth: 'BTBZMqHH6r4Tts7J_aSI' })).toBe(false);
  expect(arePushKeys({ ...receiver, p256dh: receiver.p256dh.slice(0, -4) })).toBe(false);
  const off = Buffer.from(receiver.p256dh, 'base64url');
  off[64] = (off[64] as number) ^ 1;
  expect(arePushKeys({ ...receiver, p256dh: off.toString('base64url') })).toBe(false);
  expect(arePushKeys({ ...receiver, p256dh: '' })).toBe(false);
});

test('a push service is shown who sends, for this service alone and for half a day', () => {
  const key = vapidKeyOf(senderSecret);
  expect(key.publicKey).toBe(
    'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
  );
  const header = vapidAuthorization(key, {
    origin: 'https://push.example.net',
    contact: 'mailto:push@example.com',
    nowMs: 1_453_480_568_000,
  });
  const [, text, signature, k] = /^vapid t=([\w-]+\.[\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(header) as string[];
  expect(k).toBe(key.publicKey);
  const [head, claims] = (text as string)
    .split('.')
    .map((p) => JSON.parse(Buffer.from(p, 'base64url').toString()));
  expect(head).toEqual({ typ: 'JWT', alg: 'ES256' });
  expect(claims).toEqual({
    aud: 'https://push.example.net',
    exp: 1_453_523_768,
    sub: 'mailto:push@example.com',
  });
  const signed = (of: string) =>
    verify(
      'sha256',
      Buffer.from(of),
      { key: createPublicKey(key.privateKey), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature as string, 'base64url'),
    );
  expect(signed(text as string)).toBe(true);
  expect(signed(`${text}x`)).toBe(false);
});
