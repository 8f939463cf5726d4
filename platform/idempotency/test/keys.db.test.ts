import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forgetKeys, idempotencyMigrations, keepMs } from '../src/index.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase([idempotencyMigrations]);
});
afterAll(() => db?.close());

test('all keys older than a day are forgotten in one turn, and none that is younger', async () => {
  const nowMs = Date.UTC(2026, 10, 22);
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
