import { testDatabase } from '@feiqian/testkit';
import { afterAll, bench, describe } from 'vitest';
import { createLedger, type TransferInput } from './index.ts';

/*
 * `npx vitest bench --run --project database modules/ledger`: one iteration is one transaction of
 * `batchTransfers` transfers, so transfers/s = hz × batchTransfers. On PGlite in memory, or with
 * TEST_DATABASE_URL on that PostgreSQL.
 */

const batchTransfers = 200;
const accountsCount = 10_000;
const nowMs = Date.UTC(2026, 0, 5);
const ledger = createLedger('books');
const db = await testDatabase([ledger.migrations]);
let serial = 0;

function uuid(kind: number, n: number): string {
  return `0000000${kind}-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** Spread over all accounts without a random number: steps by a prime. */
function accountOf(n: number): string {
  return uuid(1, 1 + ((n * 7_919) % accountsCount));
}

for (let from = 1; from <= accountsCount; from += 1_000) {
  const inputs = Array.from({ length: 1_000 }, (_, i) => ({ id: uuid(1, from + i), ledger: 156, code: 1 }));
  await db.transaction((tx) => ledger.createAccounts(tx, inputs, nowMs));
}
await db.query('vacuum analyze books.accounts');
afterAll(() => db.close());

type Shape = (n: number) => TransferInput[];

const uniform: Shape = (n) => [
  {
    id: uuid(2, n),
    debitAccountId: accountOf(2 * n),
    creditAccountId: accountOf(2 * n + 1),
    userData128: uuid(3, n),
    amount: 100n,
    ledger: 156,
    code: 1,
  },
];
const hotMerchant: Shape = (n) => [
  {
    id: uuid(2, n),
    debitAccountId: accountOf(1 + (n % (accountsCount - 1))),
    creditAccountId: accountOf(0),
    userData128: uuid(3, n),
    amount: 100n,
    ledger: 156,
    code: 1,
  },
];
const holdAndPost: Shape = (n) => {
  const accounts = { debitAccountId: accountOf(2 * n), creditAccountId: accountOf(2 * n + 1) };
  const rest = { ...accounts, userData128: uuid(3, n), ledger: 156, code: 1 };
  return [
    { ...rest, id: uuid(2, n), amount: 100n, flags: { pending: true }, timeoutSeconds: 60 },
    { ...rest, id: uuid(4, n), amount: 80n, pendingId: uuid(2, n), flags: { postPending: true } },
  ];
};

function batchOf(shape: Shape, size: number): TransferInput[] {
  const inputs: TransferInput[] = [];
  while (inputs.length < size) inputs.push(...shape(++serial));
  return inputs;
}

async function commit(inputs: TransferInput[]): Promise<void> {
  const results = await db.transaction((tx) => ledger.createTransfers(tx, inputs, nowMs + serial));
  if (results.some((result) => result !== 'created')) throw new Error(`not created: ${results.join(' ')}`);
}

describe(`batches of ${batchTransfers} on ${db.engine}`, () => {
  const options = { time: 5_000, warmupTime: 1_000 };
  bench('any account to any account', () => commit(batchOf(uniform, batchTransfers)), options);
  bench('everybody to one account', () => commit(batchOf(hotMerchant, batchTransfers)), options);
  bench('reserve, then post', () => commit(batchOf(holdAndPost, batchTransfers)), options);
  bench('one transfer alone', () => commit(batchOf(uniform, 1)), options);
});
