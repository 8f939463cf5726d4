import { expect, test } from 'vitest';
import { signWebhook, verifyWebhook } from './node.ts';

/* The vector of the Standard Webhooks specification's reference libraries. */
const secret = new Uint8Array(Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'));
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const body = '{"test": 2432232314}';
const timestampSeconds = 1_614_265_330;
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const nowMs = timestampSeconds * 1000;

const verified = (change: Partial<Record<'id' | 'timestamp' | 'signature' | 'body', string>>, at = nowMs) =>
  verifyWebhook(
    secret,
    { id, timestamp: String(timestampSeconds), signature, ...change },
    change.body ?? body,
    at,
    300,
  );

test('a delivery is signed as the specification has it', () => {
  expect(signWebhook(secret, { id, timestampSeconds, body })).toBe(signature);
});

test('only the very delivery that was signed is believed, and only near its time', () => {
  expect(verified({})).toBe(true);
  expect(verified({ signature: `v1,AAAA ${signature}` })).toBe(true);
  expect(verified({ id: 'msg_other' })).toBe(false);
  expect(verified({ body: `${body} ` })).toBe(false);
  expect(verified({ timestamp: String(timestampSeconds + 1) })).toBe(false);
  expect(verified({ timestamp: 'now' })).toBe(false);
  expect(verified({ signature: 'v1,' })).toBe(false);
  expect(verified({}, nowMs + 301_000)).toBe(false);
  expect(verified({}, nowMs - 301_000)).toBe(false);
});

test('a short secret is no secret', () => {
  expect(() => signWebhook(secret.subarray(0, 23), { id, timestampSeconds, body })).toThrow(RangeError);
});
