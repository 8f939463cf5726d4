import { createCmac } from '@feiqian/keys/node';
import { expect, test } from 'vitest';
import {
  applyMac,
  encodeMessage,
  feiqianAscii,
  feiqianBcd,
  type Message,
  type MessageProfile,
  verifyMac,
} from './index.ts';

const key = new Uint8Array(16).fill(3);
const message: Message = { mti: '0200', fields: { 4: '000000001800', 11: '000042', 37: 'R00000000001' } };
const both: MessageProfile[] = [feiqianAscii, feiqianBcd];

test.for(both)('in $name a change of any byte of the message is noticed', (profile) => {
  for (const fields of [message.fields, { ...message.fields, 90: '0'.repeat(42) }]) {
    const bytes = applyMac(profile, { ...message, fields }, key);
    const header = profile.header === undefined ? 0 : profile.header.hex.length / 2;
    expect(verifyMac(profile, bytes, key)).toBe(true);
    expect(verifyMac(profile, bytes, createCmac(key))).toBe(true);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      // The header is rewritten on the way and therefore not covered.
      expect([at, verifyMac(profile, changed, key)]).toEqual([at, at < header]);
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(verifyMac(profile, bytes.subarray(0, length), key)).toBe(false);
    }
  }
});

test.for(both)('in $name a message without a code, or under another key, is not authentic', (profile) => {
  expect(verifyMac(profile, encodeMessage(profile, message), key)).toBe(false);
  expect(verifyMac(profile, applyMac(profile, message, new Uint8Array(16)), key)).toBe(false);
  expect(verifyMac(profile, new Uint8Array(0), key)).toBe(false);
  expect(verifyMac(profile, new Uint8Array(64), key)).toBe(false);
});

test.for(both)(
  'in $name a code already in the message is replaced, and the message itself is left alone',
  (profile) => {
    const stale: Message = {
      ...message,
      fields: { ...message.fields, 64: new Uint8Array(8), 128: new Uint8Array(8) },
    };
    expect(applyMac(profile, stale, key)).toEqual(applyMac(profile, message, key));
    expect(Object.keys(stale.fields)).toContain('128');
  },
);

test('a profile without a code has none to put on', () => {
  const bare = { ...feiqianAscii, mac: null };
  expect(() => applyMac(bare, message, key)).toThrow('no message authentication code');
  expect(() => verifyMac(bare, new Uint8Array(100), key)).toThrow('no message authentication code');
});
