import type { Cmac } from '@feiqian/keys/node';
import { expect, test } from 'vitest';
import { createKeyRing, keyGraceMs, packMacKeys, unpackMacKeys } from './key-ring.ts';

const a = new Uint8Array(16).fill(1);
const b = new Uint8Array(16).fill(2);
const probe = new Uint8Array([1, 2, 3]);

function setUp() {
  let now = 0;
  let seen = 0;
  const ring = createKeyRing(
    () => now,
    () => {
      seen += 1;
    },
  );
  const macOf = (key: Uint8Array) => {
    const other = createKeyRing(
      () => 0,
      () => {},
    );
    other.load({ current: key, next: null });
    return (other.signing() as Cmac).mac(probe);
  };
  const accepts = (key: Uint8Array) => ring.accepts((k) => k.verify(probe, macOf(key)));
  const signsWith = (key: Uint8Array) =>
    Buffer.from(ring.signing()?.mac(probe) ?? []).equals(Buffer.from(macOf(key)));
  return { ring, accepts, signsWith, wait: (ms: number) => (now += ms), seen: () => seen };
}

test('a link without a key signs nothing and believes everything', () => {
  const { ring, accepts } = setUp();
  expect(ring.signing()).toBeNull();
  expect(accepts(a)).toBe(true);
});

test('a replaced key is believed for its grace and no longer', () => {
  const { ring, accepts, signsWith, wait } = setUp();
  ring.load({ current: a, next: null });
  expect(accepts(b)).toBe(false);
  ring.load({ current: b, next: null });
  expect(signsWith(b)).toBe(true);
  expect(accepts(a)).toBe(true);
  wait(keyGraceMs);
  expect(accepts(a)).toBe(false);
  expect(accepts(b)).toBe(true);
});

test('an offered key is not used before the bank uses it, and then at once', () => {
  const { ring, accepts, signsWith, seen } = setUp();
  ring.load({ current: a, next: b });
  expect(signsWith(a)).toBe(true);
  expect(accepts(a)).toBe(true);
  expect(seen()).toBe(0);
  expect(accepts(b)).toBe(true);
  expect(seen()).toBe(1);
  expect(signsWith(b)).toBe(true);
  expect(accepts(a)).toBe(true);
  ring.load({ current: a, next: b });
  expect(signsWith(b)).toBe(true);
  ring.load({ current: b, next: null });
  expect(signsWith(b)).toBe(true);
});

test('stored keys are one key or two, and nothing else', () => {
  expect(unpackMacKeys(packMacKeys(a, null))).toEqual({ current: a, next: null });
  expect(unpackMacKeys(packMacKeys(a, b))).toEqual({ current: a, next: b });
  expect(() => unpackMacKeys(new Uint8Array(15))).toThrow(/malformed/);
  expect(() => unpackMacKeys(packMacKeys(a, b).slice(0, -1))).toThrow(/malformed/);
});
