import { expect, test } from 'vitest';
import cmacVectors from '../../../vectors/keys/aes-cmac.json' with { type: 'json' };
import wrapVectors from '../../../vectors/keys/aes-key-wrap.json' with { type: 'json' };
import { createCmac, kcvCmac, kcvZeroBlock, unwrapKey, wrapKey } from './node.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test.for(cmacVectors.cases)(
  'AES-CMAC of $message under $key is the published one',
  ({ key, message, mac }) => {
    expect(toHex(createCmac(hex(key)).mac(hex(message)))).toBe(mac);
  },
);

test('one prepared key gives the right code for any order of messages', () => {
  const key = '2b7e151628aed2a6abf7158809cf4f3c';
  const cases = cmacVectors.cases.filter((each) => each.key === key);
  const cmac = createCmac(hex(key));
  for (const { message, mac } of [...cases, ...cases.reverse(), ...cases]) {
    expect(toHex(cmac.mac(hex(message)))).toBe(mac);
  }
});

test('a code is checked in full and in part, and a changed bit is refused', () => {
  const cmac = createCmac(new Uint8Array(16));
  const data = Uint8Array.of(1, 2, 3);
  const code = cmac.mac(data);
  expect(cmac.verify(data, code)).toBe(true);
  expect(cmac.verify(data, code.subarray(0, 8))).toBe(true);
  for (let bit = 0; bit < 64; bit++) {
    const changed = code.slice(0, 8);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(cmac.verify(data, changed)).toBe(false);
  }
  expect(cmac.verify(Uint8Array.of(1, 2, 4), code)).toBe(false);
});

test('a code too short to mean anything is refused', () => {
  const cmac = createCmac(new Uint8Array(16));
  const data = Uint8Array.of(1);
  expect(cmac.verify(data, cmac.mac(data).subarray(0, 3))).toBe(false);
  expect(cmac.verify(data, new Uint8Array(0))).toBe(false);
});

test('the caller may write over a code it was given', () => {
  const cmac = createCmac(new Uint8Array(16));
  const data = new Uint8Array(20);
  const first = cmac.mac(data);
  const copy = first.slice();
  first.fill(0);
  expect(cmac.mac(data)).toEqual(copy);
});

test('a key of another length than AES has is a bug and throws', () => {
  expect(() => createCmac(new Uint8Array(15))).toThrow('15');
  expect(() => wrapKey(new Uint8Array(8), new Uint8Array(16))).toThrow('8');
});

test('key check values are the leftmost bytes of what they are made of', () => {
  expect(kcvZeroBlock(new Uint8Array(16))).toBe('66E94B');
  expect(kcvZeroBlock(hex('2b7e151628aed2a6abf7158809cf4f3c'), 5)).toBe('7DF76B0C1A');
  const key = new Uint8Array(16);
  expect(kcvCmac(key, 5)).toBe(toHex(createCmac(key).mac(new Uint8Array(16)).subarray(0, 5)).toUpperCase());
});

test.for(wrapVectors.cases)('$key is wrapped and unwrapped as published', ({ wrappingKey, key, wrapped }) => {
  expect(toHex(wrapKey(hex(wrappingKey), hex(key))).toUpperCase()).toBe(wrapped);
  expect(unwrapKey(hex(wrappingKey), hex(wrapped))).toEqual(hex(key));
});

test('a wrapped key that was changed or belongs to another wrapping key does not unwrap', () => {
  const wrapped = wrapKey(new Uint8Array(16), new Uint8Array(16).fill(5));
  const changed = wrapped.slice();
  changed[9] = (changed[9] ?? 0) ^ 1;
  expect(unwrapKey(new Uint8Array(16), changed)).toBeNull();
  expect(unwrapKey(new Uint8Array(16).fill(1), wrapped)).toBeNull();
  expect(unwrapKey(new Uint8Array(16), wrapped.subarray(0, 23))).toBeNull();
  expect(unwrapKey(new Uint8Array(16), wrapped.subarray(0, 16))).toBeNull();
});
