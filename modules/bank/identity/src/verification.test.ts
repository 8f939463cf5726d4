import { expect, test } from 'vitest';
import { begun, isRecent, mayBeUsed, tried, usableUntilMs } from './verification.ts';

const start = Date.UTC(2026, 0, 5);
const minute = 60_000;
const fresh = begun({ id: 'v', customerId: 'c', numberLookup: 'n', codeDigest: 'right' }, start);
const use = { customerId: 'c', numberLookup: 'n', nowMs: start + minute };

test('the right code confirms within five tries and five minutes', () => {
  let v = fresh;
  for (let i = 0; i < 4; i++) v = tried(v, 'wrong', start + i);
  expect(v.confirmedAtMs).toBeNull();
  expect(tried(v, 'right', start + 5 * minute - 1).confirmedAtMs).toBe(start + 5 * minute - 1);
  expect(tried(v, 'right', start + 5 * minute).confirmedAtMs).toBeNull();
  v = tried(v, 'wrong', start);
  expect(tried(v, 'right', start)).toBe(v);
});

test('a verification of nobody never matches, whatever the code', () => {
  const nobody = begun({ id: 'v', customerId: null, numberLookup: 'n', codeDigest: null }, start);
  expect(tried(nobody, 'right', start).confirmedAtMs).toBeNull();
  const noCode = begun({ id: 'v', customerId: 'c', numberLookup: 'n', codeDigest: null }, start);
  expect(tried(noCode, 'right', start).confirmedAtMs).toBeNull();
});

test('it is used once, for ten minutes, by its customer, for its number', () => {
  const confirmed = tried(fresh, 'right', start);
  expect(usableUntilMs(confirmed)).toBe(start + 10 * minute);
  expect(mayBeUsed(confirmed, use)).toBe(true);
  expect(mayBeUsed(fresh, use)).toBe(false);
  expect(mayBeUsed(confirmed, { ...use, customerId: 'd' })).toBe(false);
  expect(mayBeUsed(confirmed, { ...use, numberLookup: 'm' })).toBe(false);
  expect(mayBeUsed(confirmed, { ...use, nowMs: start + 10 * minute })).toBe(false);
  expect(mayBeUsed({ ...confirmed, usedAtMs: start }, use)).toBe(false);
});

test('what the network vouches for is ten minutes old at the most, and not from the future', () => {
  expect(isRecent(start, start)).toBe(true);
  expect(isRecent(start - 10 * minute + 1, start)).toBe(true);
  expect(isRecent(start - 10 * minute, start)).toBe(false);
  expect(isRecent(start + minute, start)).toBe(true);
  expect(isRecent(start + minute + 1, start)).toBe(false);
});
