import { Pan } from '@feiqian/keys';
import { expect, test } from 'vitest';
import { isExpired, monthOf } from './card.ts';
import { createPanVault } from './panVault.ts';

test('a card is good until the end of its month in the bank’s zone', () => {
  const lastHour = Date.UTC(2026, 0, 31, 15, 59);
  expect(monthOf(lastHour, 'Asia/Shanghai')).toBe('2601');
  expect(monthOf(lastHour + 60_000, 'Asia/Shanghai')).toBe('2602');
  expect(isExpired('2601', '2601')).toBe(false);
  expect(isExpired('2512', '2601')).toBe(true);
});

test('a card number is read back only with the right key and for the right card', () => {
  let counter = 0;
  const secret = (bytes: number) => Buffer.alloc(bytes, ++counter).toString('base64url');
  const vault = createPanVault(new Uint8Array(32).fill(7), secret);
  const pan = findPan();
  const cipher = vault.encrypt(pan, 'card-1');
  expect(cipher).not.toContain(pan.reveal());
  expect(Buffer.from(cipher, 'base64').toString('latin1')).not.toContain(pan.reveal());
  expect(vault.decrypt(cipher, 'card-1')).toBe(pan.reveal());
  expect(() => vault.decrypt(cipher, 'card-2')).toThrow();
  const other = createPanVault(new Uint8Array(32).fill(8), secret);
  expect(() => other.decrypt(cipher, 'card-1')).toThrow();
  expect(other.lookup(pan.reveal())).not.toBe(vault.lookup(pan.reveal()));
  expect(vault.encrypt(pan, 'card-1')).not.toBe(cipher);
});

function findPan(): Pan {
  for (let digit = 0; digit < 10; digit++) {
    const pan = Pan.parse(`915600000000001${digit}`);
    if (pan) return pan;
  }
  throw new Error('no check digit fits');
}
