import type { Verification } from '@feiqian/contract';
import { expect, test } from 'vitest';
import { nextStep, openWays } from './verify-step.ts';

const asked = (accepts: Verification['accepts'], done: Verification['done'] = []): Verification => ({
  id: 'vch_1',
  operation: 'payment',
  amount: 1,
  accepts,
  done,
  satisfied: false,
  expires_at: '2026-11-22T00:00:00.000Z',
});
const passkey = { id: 'a', name: 'phone', created_at: '2026-11-22T00:00:00.000Z', last_used_at: null };
const nobody = { pin: { set: false, locked: false }, passkeys: [] };
const pin = { pin: { set: true, locked: false }, passkeys: [] };
const locked = { pin: { set: true, locked: true }, passkeys: [] };
const both = { ...pin, passkeys: [passkey] };
const small = asked([['pin'], ['passkey']]);
const large = asked([['passkey'], ['pin', 'code']]);

test('goes a way that the person can go to its end', () => {
  expect(nextStep(small, pin, true, null)).toBe('pin');
  expect(nextStep(small, both, true, 'passkey')).toBe('passkey');
  expect(nextStep(small, both, false, 'passkey')).toBe('pin');
  expect(nextStep(large, pin, true, null)).toBe('pin');
  expect(nextStep({ ...large, done: ['pin'] }, pin, true, null)).toBe('code');
  expect(nextStep(asked([['code']]), nobody, true, null)).toBe('code');
  expect(openWays(large, both, true)).toEqual([['passkey'], ['pin', 'code']]);
});

test('says what is missing when there is none', () => {
  expect(nextStep(small, nobody, true, null)).toBe('nothing');
  expect(nextStep(large, locked, true, null)).toBe('locked');
  expect(nextStep(asked([['passkey'], ['identity', 'code']]), locked, true, null)).toBe('identity');
});

test('is done when all is passed', () => {
  expect(nextStep({ ...small, satisfied: true }, nobody, true, null)).toBe('done');
});
