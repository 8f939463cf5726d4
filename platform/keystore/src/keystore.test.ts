import { secureRandom } from '@feiqian/ids';
import { expect, test } from 'vitest';
import { createKeystore, parseKeyRing } from './index.ts';

const a = '11'.repeat(32);
const b = '22'.repeat(32);
const lookup = Buffer.alloc(32, 7);

test('what an old key sealed still opens after a rotation, and new seals use the new key', () => {
  const before = createKeystore(parseKeyRing(`1:${a}`), lookup, secureRandom);
  const after = createKeystore(parseKeyRing(`1:${a},2:${b}`), lookup, secureRandom);
  const sealed = before.seal('pan', Buffer.from('secret'), 'row 1');
  expect(Buffer.from(after.open('pan', sealed, 'row 1')).toString()).toBe('secret');
  expect(after.keyOf(after.seal('pan', Buffer.from('x')))).toBe(2);
  expect(after.keyedHash('pan', '1')).toEqual(before.keyedHash('pan', '1'));
});

test('sealed bytes do not open in another context, purpose, key or with a bit changed', () => {
  const k = createKeystore(parseKeyRing(`1:${a}`), lookup, secureRandom);
  const sealed = k.seal('pan', Buffer.from('secret'), 'row 1');
  expect(() => k.open('pan', sealed, 'row 2')).toThrow();
  expect(() => k.open('device', sealed, 'row 1')).toThrow();
  const bent = Uint8Array.from(sealed);
  bent[20] = (bent[20] as number) ^ 1;
  expect(() => k.open('pan', bent, 'row 1')).toThrow();
  expect(() => createKeystore(parseKeyRing(`2:${b}`), lookup, secureRandom).open('pan', sealed)).toThrow(
    /not in the key ring/,
  );
});

test('a key ring that is misspelt is refused', () => {
  expect(() => parseKeyRing('1:abc')).toThrow(/64 hexadecimal/);
});
