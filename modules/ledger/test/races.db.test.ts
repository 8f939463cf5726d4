import { migrate } from '@feiqian/db';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLedger, type Ledger, type TransferInput } from '../src/index.ts';
import { accountId, accounts, transferId } from './arbitrary.ts';

/*
 * On PGlite transactions run one after another, so there these tests show only that the outcome is right; on
 * PostgreSQL (TEST_DATABASE_URL) they run at the same time on several connections.
 */

const nowMs = Date.UTC(2026, 0, 5);
const [payer, payee, wallet] = [accountId(1), accountId(2), accountId(3)];
let db: TestDatabase;
let books = 0;
let serial = 0;

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db?.close());

async function openBooks(): Promise<Ledger> {
  books += 1;
  const ledger = createLedger(`races_${books}`);
  await migrate(db, [ledger.migrations]);
  await db.transaction((tx) => ledger.createAccounts(tx, accounts, nowMs));
  return ledger;
}

const nextId = () => transferId(++serial);

function of(changes: Partial<TransferInput> = {}): TransferInput {
  return {
    id: nextId(),
    debitAccountId: payer,
    creditAccountId: payee,
    amount: 1n,
    ledger: 156,
    code: 7,
    ...changes,
  };
}

function commit(ledger: Ledger, batch: TransferInput[], atMs = nowMs) {
  return db.transaction((tx) => ledger.createTransfers(tx, batch, atMs));
}

function times<T>(count: number, work: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => work(n));
}

const counted = (results: string[]) =>
  Object.fromEntries([...new Set(results)].sort().map((r) => [r, results.filter((x) => x === r).length]));

describe('at the same time', () => {
  test('twenty payments on a balance for ten succeed ten times', async () => {
    const ledger = await openBooks();
    await commit(ledger, [of({ creditAccountId: wallet, amount: 10n })]);
    const results = await Promise.all(times(20, () => commit(ledger, [of({ debitAccountId: wallet })])));
    expect(counted(results.flat())).toEqual({ created: 10, exceeds_credits: 10 });
    expect(await ledger.audit(db)).toEqual([]);
  });

  test('batches that cross each other neither deadlock nor lose a unit', async () => {
    const ledger = await openBooks();
    const ids = [1, 2, 3, 4].map(accountId);
    const between = (a: number, b: number) => of({ debitAccountId: ids[a % 4], creditAccountId: ids[b % 4] });
    const batch = (n: number) => times(10, (i) => between(n + i, n + i + 1 + ((n * i) % 3)));
    const results = await Promise.all(times(60, (n) => commit(ledger, batch(n))));
    const created = results.flat().filter((r) => r === 'created').length;
    expect(created).toBeGreaterThan(100);
    const sum = (await ledger.lookupAccounts(db, ids)).reduce((total, a) => total + a.debitsPosted, 0n);
    expect(sum).toBe(BigInt(created));
    expect(await ledger.audit(db)).toEqual([]);
  });

  test('one batch sent by eight callers is created once', async () => {
    const ledger = await openBooks();
    const batch = times(25, () => of());
    const results = await Promise.all(times(8, () => commit(ledger, batch)));
    expect(counted(results.flat())).toEqual({ created: 25, exists: 175 });
    expect(await ledger.lookupAccounts(db, [payer])).toMatchObject([{ debitsPosted: 25n }]);
    expect(await ledger.audit(db)).toEqual([]);
  });

  test('a reservation is posted, voided or expired exactly once', async () => {
    const ledger = await openBooks();
    const holds = times(10, () => of({ timeoutSeconds: 60, flags: { pending: true } }));
    await commit(ledger, holds);
    const resolve = (pendingId: string, flags: object) =>
      of({
        pendingId,
        flags,
        amount: undefined,
        debitAccountId: null,
        creditAccountId: null,
        ledger: 0,
        code: 0,
      });
    const late = nowMs + 60_000;
    const outcomes = await Promise.all([
      ...holds.flatMap(({ id }) => [
        commit(ledger, [resolve(id, { postPending: true })], late - 1),
        commit(ledger, [resolve(id, { voidPending: true })], late - 1),
        commit(ledger, [resolve(id, { postPending: true })], late - 1),
      ]),
      ...times(4, () =>
        db.transaction(async (tx) => (await ledger.expirePending(tx, late, 3)).map(() => 'created')),
      ),
    ]);
    expect(outcomes.flat().filter((r) => r === 'created').length).toBe(10);
    expect(await ledger.lookupAccounts(db, [payer, payee])).toMatchObject([
      { debitsPending: 0n },
      { creditsPending: 0n },
    ]);
    expect(await ledger.audit(db)).toEqual([]);
  });

  test('accounts with the same ids are created once', async () => {
    const ledger = await openBooks();
    const inputs = times(20, (n) => ({ id: accountId(100 + n), ledger: 156, code: 1 }));
    const results = await Promise.all(
      times(8, (n) =>
        db.transaction((tx) => ledger.createAccounts(tx, n % 2 ? inputs : [...inputs].reverse(), nowMs)),
      ),
    );
    expect(counted(results.flat())).toEqual({ created: 20, exists: 140 });
  });

  test('reservations race a limit from several batches, and pending money counts', async () => {
    const ledger = await openBooks();
    await commit(ledger, [of({ creditAccountId: wallet, amount: 100n })]);
    const batch = () => times(5, () => of({ debitAccountId: wallet, amount: 3n, flags: { pending: true } }));
    const results = await Promise.all(times(12, () => commit(ledger, batch())));
    expect(counted(results.flat())).toEqual({ created: 33, exceeds_credits: 27 });
    expect(await ledger.lookupAccounts(db, [wallet])).toMatchObject([{ debitsPending: 99n }]);
  });
});

describe('an id that another transaction is just taking for other accounts', () => {
  const taken = async (ledger: Ledger, batchOf: (id: string) => TransferInput[]) => {
    const id = nextId();
    let second: Promise<string[]> = Promise.resolve([]);
    await db.transaction(async (tx) => {
      await ledger.createTransfers(
        tx,
        [of({ id, debitAccountId: accountId(2), creditAccountId: accountId(1) })],
        nowMs,
      );
      // Its accounts are free, so it comes as far as the id and waits there.
      second = commit(ledger, batchOf(id));
      await waiting();
    });
    return second;
  };
  const waiting = async () => {
    for (let tries = 0; tries < 200; tries++) {
      const { rows } = await db.query("select 1 from pg_stat_activity where wait_event = 'transactionid'");
      if (rows.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('nothing waits');
  };
  const elsewhere = { debitAccountId: accountId(5), creditAccountId: accountId(3) };

  test('exists when that transaction commits; the rest of the batch is decided without it', async ({
    skip,
  }) => {
    skip(db.engine !== 'postgres', 'needs two connections');
    const ledger = await openBooks();
    const rest = of({ ...elsewhere, amount: 4n });
    const spending = of({ debitAccountId: accountId(3), creditAccountId: accountId(4), amount: 5n });
    const results = await taken(ledger, (id) => [of({ ...elsewhere, id, amount: 1n }), rest, spending]);
    // With the first transfer there would have been just enough to spend.
    expect(results).toEqual(['exists_with_different_debit_account_id', 'created', 'exceeds_credits']);
    expect(await ledger.lookupTransfers(db, [rest.id])).toMatchObject([{ amount: 4n }]);
    expect(await ledger.audit(db)).toEqual([]);
  });

  test('breaks the chain it is part of', async ({ skip }) => {
    skip(db.engine !== 'postgres', 'needs two connections');
    const ledger = await openBooks();
    const results = await taken(ledger, (id) => [
      of({ ...elsewhere, flags: { linked: true, pending: true }, timeoutSeconds: 9 }),
      of({ ...elsewhere, id }),
    ]);
    expect(results).toEqual(['linked_event_failed', 'exists_with_different_debit_account_id']);
    expect(await ledger.audit(db)).toEqual([]);
  });
});
