import type { Db } from '@feiqian/db';
import { testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  claimKeys,
  forgetKeys,
  idempotencyMigrations,
  keepMs,
  leaseMs,
  renewLease,
  saveAnswers,
} from './index.ts';

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

test('all keys older than a day are forgotten in one turn, and none that is younger', async () => {
  await db.query('delete from idempotency.key');
  await db.query(
    `insert into idempotency.key (id, fingerprint, leased_until, created_at)
     select lpad(to_hex(n), 32, '0')::uuid, lpad('', 32, '0')::uuid, $1::timestamptz,
       case when n <= 12000 then $2::timestamptz else $3::timestamptz end
     from generate_series(1, 12003) n`,
    [new Date(nowMs), new Date(nowMs - keepMs - 1), new Date(nowMs - keepMs)],
  );
  expect(await forgetKeys(db, nowMs)).toBe(12_000);
  expect(await forgetKeys(db, nowMs)).toBe(0);
  const { rows } = await db.query('select count(*)::int as n from idempotency.key');
  expect(rows[0]?.n).toBe(3);
});
