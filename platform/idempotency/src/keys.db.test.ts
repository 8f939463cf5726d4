import type { Db } from '@feiqian/db';
import { testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimKeys, idempotencyMigrations, leaseMs, renewLease, saveAnswers } from './index.ts';

const key = {
  id: '00000000-0000-8000-8000-000000000001',
  fingerprint: '00000000-0000-8000-8000-00000000000f',
};
const claim = { ...key, objectId: null, answer: null };
const nowMs = Date.UTC(2026, 0, 5);
let db: Db;

beforeAll(async () => {
  db = await testDatabase([idempotencyMigrations]);
});
afterAll(() => db.close());

const save = (body: string) => db.transaction((tx) => saveAnswers(tx, [{ id: key.id, status: 200, body }]));
const claimed = (atMs: number) => db.transaction((tx) => claimKeys(tx, [claim], atMs));

test('who comes back after another has taken over and answered learns that answer, which stays', async () => {
  expect(await claimed(nowMs)).toEqual([{ kind: 'claimed' }]);
  expect(await claimed(nowMs + leaseMs)).toEqual([{ kind: 'lease_ended', objectId: null }]);
  expect(await db.transaction((tx) => renewLease(tx, key, null, nowMs + leaseMs))).toBe(true);

  expect((await save('{"state":"unknown"}')).size).toBe(0);
  const standing = await save('{"state":"reversed"}');

  expect(standing.get(key.id)).toEqual({ id: key.id, status: 200, body: '{"state":"unknown"}' });
  expect(await claimed(nowMs + 2 * leaseMs)).toEqual([
    { kind: 'answered', status: 200, body: '{"state":"unknown"}' },
  ]);
});

test('the same answer saved again is no other answer', async () => {
  expect((await save('{"state":"unknown"}')).size).toBe(0);
});
