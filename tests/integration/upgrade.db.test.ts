import { networkMigrations } from '@feiqian/app-network';
import { migrate } from '@feiqian/db';
import { uuidOf } from '@feiqian/ids';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** What a network of the first scripts has in its database is still there, and found, after the later ones. */

const ids = {
  paid: '01900000-0000-7000-8000-000000000001',
  open: '01900000-0000-7000-8000-000000000002',
  user: '01900000-0000-7000-8000-00000000000a',
  other: '01900000-0000-7000-8000-00000000000b',
};
const bodyHash = 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0'; // SHA-256 of "abc" (FIPS 180-4), base64url

let db: TestDatabase;
beforeAll(async () => {
  const first = networkMigrations.map((m) => ({
    ...m,
    scripts: m.scripts.filter((s) => s.name.startsWith('0001')),
  }));
  db = await testDatabase(first);
  await db.query(
    `insert into payments.payment (id, merchant_id, store_id, payable_account, merchant_name, store_name, state,
       amount, currency, authorised_amount, captured_amount, refund_reserved, refunded_amount, capture, entry,
       terminal, user_id, rrn, due_at, attempts, created_at, updated_at, expires_at)
     values ($1, $3, $3, $3, 'm', 's', 'captured', 5, '156', 5, 5, 0, 0, 'automatic', 'link', 't', $4, 'RRN000000001',
             null, 1, $5, $5, $5),
            ($2, $3, $3, $3, 'm', 's', 'created', 5, '156', 0, 0, 0, 0, 'automatic', 'link', 't', null, null,
             $5, 0, $5, $5, $5)`,
    [ids.paid, ids.open, ids.other, ids.user, new Date(0).toISOString()],
  );
  await db.query(
    `insert into idempotency.key (scope, key, fingerprint, leased_until, object_id, status, answer, created_at)
     values ('mer_1 POST /v1/payments', 'k-1', $1, $2, $3, 201, '{}', $2)`,
    [bodyHash, new Date(0).toISOString(), ids.paid],
  );
  await migrate(db, networkMigrations);
});
afterAll(() => db?.close());

test('a payer still finds a payment, and the sweeper one that is due', async () => {
  const payers = await db.query('select user_id, payment_id, rrn from payments.payer');
  expect(payers.rows).toEqual([{ user_id: ids.user, payment_id: ids.paid, rrn: 'RRN000000001' }]);
  const due = await db.query('select payment_id from payments.due');
  expect(due.rows).toEqual([{ payment_id: ids.open }]);
  const versions = await db.query('select distinct version from payments.payment');
  expect(versions.rows).toEqual([{ version: 1 }]);
});

test('a request that was answered before the upgrade is known again after it', async () => {
  const { rows } = await db.query('select id, fingerprint, object_id, status, answer from idempotency.key');
  expect(rows).toEqual([
    {
      id: uuidOf('mer_1 POST /v1/payments\nk-1'),
      fingerprint: uuidOf('abc'),
      object_id: ids.paid,
      status: 201,
      answer: '{}',
    },
  ]);
});
