import type { Db } from '@feiqian/db';
import { testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLedger } from './index.ts';

const ledger = createLedger('books');
const nowMs = Date.UTC(2026, 0, 5);
let db: Db;
let serial = 0;

beforeAll(async () => {
  db = await testDatabase([ledger.migrations]);
});
afterAll(() => db?.close());

function id(): string {
  serial += 1;
  return `00000000-0000-7000-8000-${serial.toString(16).padStart(12, '0')}`;
}

async function newAccounts(count: number, flags = {}): Promise<string[]> {
  const ids = Array.from({ length: count }, id);
  const results = await db.transaction((tx) =>
    ledger.createAccounts(
      tx,
      ids.map((each) => ({ id: each, ledger: 156, code: 1, flags })),
      nowMs,
    ),
  );
  expect(results).toEqual(ids.map(() => 'created'));
  return ids;
}

describe('the ledger in a database', () => {
  test('a reservation is posted in part and the rest is released', async () => {
    const [payer, payee] = (await newAccounts(2)) as [string, string];
    const [hold, post] = [id(), id()];
    const transfer = { debitAccountId: payer, creditAccountId: payee, ledger: 156, code: 7 };
    const first = await db.transaction((tx) =>
      ledger.createTransfers(
        tx,
        [{ ...transfer, id: hold, amount: 100n, flags: { pending: true }, timeoutSeconds: 60 }],
        nowMs,
      ),
    );
    const second = await db.transaction((tx) =>
      ledger.createTransfers(
        tx,
        [{ id: post, pendingId: hold, amount: 70n, flags: { postPending: true } }],
        nowMs + 1,
      ),
    );
    expect([first, second]).toEqual([['created'], ['created']]);
    expect(await ledger.lookupAccounts(db, [payer, payee])).toMatchObject([
      { debitsPending: 0n, debitsPosted: 70n },
      { creditsPending: 0n, creditsPosted: 70n },
    ]);
    expect(await ledger.lookupResolutions(db, [hold])).toMatchObject([
      { status: 'posted', resolvedBy: post },
    ]);
    expect(await ledger.audit(db)).toEqual([]);
  });
});
