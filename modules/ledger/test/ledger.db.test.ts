import { type Db, migrate } from '@feiqian/db';
import { testDatabase } from '@feiqian/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLedger, createMemoryLedger, type Ledger, type TransferInput } from '../src/index.ts';
import { accountId, accounts, histories, transferId } from './arbitrary.ts';
import { createNaiveLedger } from './naive.ts';

const nowMs = Date.UTC(2026, 0, 5);
const [payer, payee] = [accountId(1), accountId(2)];
let db: Db;
let books = 0;
let serial = 0;

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db?.close());

/** A ledger in a schema of its own, with the accounts of `arbitrary.ts`. */
async function openBooks(): Promise<Ledger> {
  books += 1;
  const ledger = createLedger(`books_${books}`);
  await migrate(db, [ledger.migrations]);
  const results = await db.transaction((tx) => ledger.createAccounts(tx, accounts, nowMs));
  expect(results).toEqual(accounts.map(() => 'created'));
  return ledger;
}

function of(changes: Partial<TransferInput> = {}): TransferInput {
  serial += 1;
  const id = transferId(50_000 + serial);
  return { id, debitAccountId: payer, creditAccountId: payee, amount: 10n, ledger: 156, code: 7, ...changes };
}

describe('the ledger in a database', () => {
  test('answers any history of batches as counting the whole log anew does', {
    timeout: 120_000,
  }, async () => {
    const property = fc.asyncProperty(histories(), async (steps) => {
      const ledger = await openBooks();
      const memory = createMemoryLedger();
      await memory.createAccounts(undefined as never, accounts, nowMs);
      const naive = createNaiveLedger(accounts);
      let atMs = nowMs;
      for (const { waitMs, expire, batch } of steps) {
        atMs += waitMs;
        if (expire) {
          const expired = await db.transaction((tx) => ledger.expirePending(tx, atMs, 100));
          expect(expired.map((t) => t.id).sort()).toEqual(naive.expire(atMs).sort());
          await memory.expirePending(undefined as never, atMs, 100);
        }
        const results = await db.transaction((tx) => ledger.createTransfers(tx, batch, atMs));
        expect(results).toEqual(await memory.createTransfers(undefined as never, batch, atMs));
        const blurred = results.map((r) => (r.startsWith('exists_with') ? 'exists…' : r));
        expect(blurred).toEqual(naive.create(batch, atMs));
      }
      const ids = accounts.map((a) => a.id);
      const found = await ledger.lookupAccounts(db, ids);
      expect(found).toEqual(await memory.lookupAccounts(undefined as never, ids));
      for (const account of found) expect(account).toMatchObject(naive.balance(account.id));
      for (const id of ids) {
        const page = { limit: 7 };
        const history = await ledger.accountHistory(db, id, page);
        expect(history).toEqual(await memory.accountHistory(undefined as never, id, page));
        expect(history.map((h) => h.transfer)).toEqual(await ledger.accountTransfers(db, id, page));
      }
      expect(await ledger.audit(db)).toEqual([]);
    });
    await fc.assert(property, { numRuns: 12, endOnFailure: true });
  });

  test('gives back transfers as they were created, by id, by group and by account', async () => {
    const ledger = await openBooks();
    const group = transferId(1);
    const hold = of({ userData128: group, userData64: 5n, timeoutSeconds: 60, flags: { pending: true } });
    const post: TransferInput = {
      id: of().id,
      pendingId: hold.id,
      amount: 4n,
      flags: { postPending: true, linked: true },
    };
    const fee = of({ amount: 1n, userData128: group, debitAccountId: payee, creditAccountId: payer });
    await db.transaction((tx) => ledger.createTransfers(tx, [hold], nowMs));
    await db.transaction((tx) => ledger.createTransfers(tx, [post, fee], nowMs + 1));

    const inGroup = await ledger.transfersByGroup(db, group);
    expect(inGroup.map((t) => [t.id, t.amount])).toEqual([
      [hold.id, 10n],
      [post.id, 4n],
      [fee.id, 1n],
    ]);
    expect(inGroup[0]).toMatchObject({
      userData64: 5n,
      timeoutSeconds: 60,
      flags: { pending: true, linked: false },
    });
    expect(inGroup[1]).toMatchObject({ pendingId: hold.id, flags: { postPending: true, linked: true } });
    const wanted = [fee.id, transferId(999), hold.id, fee.id];
    expect((await ledger.lookupTransfers(db, wanted)).map((t) => t.id)).toEqual([fee.id, hold.id]);

    const newest = await ledger.accountTransfers(db, payer, { limit: 2 });
    expect(newest.map((t) => t.id)).toEqual([fee.id, post.id]);
    const before = newest[1]?.timestamp;
    expect((await ledger.accountTransfers(db, payer, { limit: 2, before })).map((t) => t.id)).toEqual([
      hold.id,
    ]);
    const history = await ledger.accountHistory(db, payer, { limit: 10 });
    expect(history.map((h) => [h.debitsPosted, h.creditsPosted])).toEqual([
      [4n, 1n],
      [4n, 0n],
      [0n, 0n],
    ]);
  });

  test('a transaction that rolls back leaves nothing, and its ids unspent', async () => {
    const ledger = await openBooks();
    const fine = of();
    const tooMuch = of({ debitAccountId: accountId(3), amount: 1n });
    const undone = db.transaction(async (tx) => {
      expect(await ledger.createTransfers(tx, [fine, tooMuch], nowMs)).toEqual([
        'created',
        'exceeds_credits',
      ]);
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await ledger.lookupTransfers(db, [fine.id])).toEqual([]);
    const again = await db.transaction((tx) => ledger.createTransfers(tx, [fine, tooMuch], nowMs));
    expect(again).toEqual(['created', 'exceeds_credits']);
    const third = await db.transaction((tx) => ledger.createTransfers(tx, [fine, tooMuch], nowMs));
    expect(third).toEqual(['exists', 'id_already_failed']);
  });

  test('two calls at once on one transaction take turns', async () => {
    const ledger = await openBooks();
    const results = await db.transaction((tx) =>
      Promise.all([1, 2, 3].map(() => ledger.createTransfers(tx, [of()], nowMs))),
    );
    expect(results).toEqual([['created'], ['created'], ['created']]);
    expect(await ledger.lookupAccounts(db, [payer])).toMatchObject([{ debitsPosted: 30n }]);
    expect(await ledger.audit(db)).toEqual([]);
  });

  test('takes batches up to its limit and no larger, and empty ones', async () => {
    const ledger = await openBooks();
    const large = Array.from({ length: 8_191 }, () => of());
    await expect(db.transaction((tx) => ledger.createTransfers(tx, large, nowMs))).rejects.toThrow(
      'at most 8190',
    );
    const results = await db.transaction((tx) => ledger.createTransfers(tx, large.slice(1), nowMs));
    expect(new Set(results)).toEqual(new Set(['created']));
    expect(await db.transaction((tx) => ledger.createTransfers(tx, [], nowMs))).toEqual([]);
    expect(await ledger.audit(db)).toEqual([]);
  });
});

describe('expiry', () => {
  test('is bounded, takes the longest overdue first, and leaves what is posted or not due', async () => {
    const ledger = await openBooks();
    const hold = (timeoutSeconds: number) => of({ amount: 1n, timeoutSeconds, flags: { pending: true } });
    const holds = [hold(30), hold(10), hold(20), hold(15), hold(0), hold(900)];
    await db.transaction((tx) => ledger.createTransfers(tx, holds, nowMs));
    const post = { id: of().id, pendingId: holds[3]?.id, flags: { postPending: true } };
    await db.transaction((tx) => ledger.createTransfers(tx, [post], nowMs));
    const sweep = () => db.transaction((tx) => ledger.expirePending(tx, nowMs + 60_000, 2));
    expect((await sweep()).map((t) => t.id)).toEqual([holds[1]?.id, holds[2]?.id]);
    expect((await sweep()).map((t) => t.id)).toEqual([holds[0]?.id]);
    expect(await sweep()).toEqual([]);
    expect(await ledger.lookupAccounts(db, [payer])).toMatchObject([{ debitsPending: 2n, debitsPosted: 1n }]);
    expect(await ledger.audit(db)).toEqual([]);
  });
});
