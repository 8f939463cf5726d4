import { type Db, migrate } from '@feiqian/db';
import { testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLedger, type LedgerProblemCode } from '../src/index.ts';
import { accountId, accounts, transferId } from './arbitrary.ts';

const nowMs = Date.UTC(2026, 0, 5);
const [direct, hold, post, expiring, voided, release, open, closing] = [1, 2, 3, 4, 5, 6, 7, 8].map(
  transferId,
);
let db: Db;
let books = 0;

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db?.close());

/** Books with every kind of transfer: direct, posted in part, voided, expired, open, closing. */
async function writtenBooks() {
  books += 1;
  const schema = `audit_${books}`;
  const ledger = createLedger(schema);
  await migrate(db, [ledger.migrations]);
  const rest = {
    debitAccountId: accountId(1),
    creditAccountId: accountId(2),
    amount: 10n,
    ledger: 156,
    code: 7,
  };
  const pending = { pending: true };
  await db.transaction(async (tx) => {
    await ledger.createAccounts(tx, accounts, nowMs);
    const results = await ledger.createTransfers(
      tx,
      [
        { ...rest, id: direct ?? '', creditAccountId: accountId(3) },
        { ...rest, id: hold ?? '', flags: pending, timeoutSeconds: 900 },
        { id: post ?? '', pendingId: hold, amount: 6n, flags: { postPending: true } },
        { ...rest, id: expiring ?? '', flags: pending, timeoutSeconds: 1 },
        { ...rest, id: voided ?? '', flags: pending },
        { id: release ?? '', pendingId: voided, flags: { voidPending: true } },
        {
          ...rest,
          id: open ?? '',
          debitAccountId: accountId(3),
          amount: 3n,
          flags: pending,
          timeoutSeconds: 900,
        },
        {
          ...rest,
          id: closing ?? '',
          creditAccountId: accountId(4),
          flags: { pending: true, closingCredit: true },
        },
      ],
      nowMs,
    );
    expect(results).toEqual(Array(8).fill('created'));
    expect(await ledger.expirePending(tx, nowMs + 2_000, 10)).toHaveLength(1);
  });
  return { schema, ledger };
}

/** What each corruption is found as. The statement may not use the ledger's defences: they are taken down first. */
const corruptions: [string, LedgerProblemCode[], string][] = [
  [
    'a balance raised on one side',
    ['debits_differ_from_credits', 'balance_differs_from_transfers'],
    `update accounts set credits_posted = credits_posted + 1 where id = '${accountId(2)}'`,
  ],
  [
    'balances raised on both sides alike',
    ['balance_differs_from_transfers'],
    `update accounts set credits_posted = credits_posted + 1, debits_posted = debits_posted + 1
      where id = '${accountId(2)}'`,
  ],
  [
    'a reservation that is forgotten',
    ['debits_differ_from_credits', 'balance_differs_from_transfers'],
    `update accounts set debits_pending = 0 where id = '${accountId(3)}'`,
  ],
  ['a transfer deleted', ['balance_differs_from_transfers'], `delete from transfers where id = '${direct}'`],
  [
    'an amount changed',
    ['balance_differs_from_transfers'],
    `update transfers set amount = amount + 1 where id = '${direct}'`,
  ],
  [
    'a transfer added that moved nothing',
    ['balance_differs_from_transfers'],
    `insert into transfers select '${transferId(99)}', debit_account_id, credit_account_id, pending_id, user_data_128,
      user_data_64, amount, timestamp - 1, timeout_seconds, ledger, code, flags from transfers where id = '${direct}'`,
  ],
  [
    'a transfer turned around',
    ['balance_differs_from_transfers'],
    `update transfers set debit_account_id = credit_account_id, credit_account_id = debit_account_id
      where id = '${direct}'`,
  ],
  [
    'an account beyond its limit',
    ['limit_exceeded', 'balance_differs_from_transfers', 'debits_differ_from_credits'],
    `update accounts set debits_posted = 11 where id = '${accountId(3)}'`,
  ],
  [
    'an account deleted',
    ['debits_differ_from_credits', 'balance_differs_from_transfers', 'transfer_accounts_wrong'],
    `delete from accounts where id = '${accountId(3)}'`,
  ],
  [
    'an account moved to another currency',
    ['debits_differ_from_credits', 'transfer_accounts_wrong'],
    `update accounts set ledger = 840 where id = '${accountId(3)}'`,
  ],
  [
    'a negative amount',
    ['balance_differs_from_transfers', 'transfer_form_wrong'],
    `update transfers set amount = -10 where id = '${direct}'`,
  ],
  [
    'a post of more than was reserved',
    ['balance_differs_from_transfers', 'resolving_transfer_wrong'],
    `update transfers set amount = 11 where id = '${post}'`,
  ],
  [
    'a pending transfer deleted',
    ['resolving_transfer_wrong', 'resolution_wrong'],
    `delete from transfers where id = '${hold}'`,
  ],
  [
    'a post deleted',
    ['balance_differs_from_transfers', 'resolution_wrong'],
    `delete from transfers where id = '${post}'`,
  ],
  [
    'a resolution deleted',
    ['resolution_wrong', 'timeout_wrong'],
    `delete from resolutions where pending_id = '${hold}'`,
  ],
  [
    'a post booked as a void',
    ['resolution_wrong'],
    `update resolutions set status = 2 where pending_id = '${hold}'`,
  ],
  [
    'a resolution by another transfer',
    ['resolution_wrong'],
    `update resolutions set resolved_by = '${direct}' where pending_id = '${hold}'`,
  ],
  [
    'an expiry that never was',
    ['balance_differs_from_transfers', 'resolution_wrong'],
    `insert into resolutions (pending_id, resolved_by, timestamp, status)
      select id, null, timestamp + 1, 3 from transfers where id = '${closing}'`,
  ],
  [
    'an expiry before its time',
    ['balance_differs_from_transfers', 'resolution_wrong', 'timeout_wrong'],
    `insert into resolutions (pending_id, resolved_by, timestamp, status)
      select id, null, timestamp + 1, 3 from transfers where id = '${open}'`,
  ],
  ['a time-out lost', ['timeout_wrong'], `delete from timeouts where pending_id = '${open}'`],
  ['a time-out moved', ['timeout_wrong'], `update timeouts set expires_at = expires_at + 1`],
  [
    'an id that was created and also failed',
    ['id_both_created_and_failed'],
    `insert into failed values ('${direct}', 'exceeds_credits')`,
  ],
  [
    'a closed account opened by hand',
    ['closed_account_open'],
    `update accounts set flags = flags & ~32 where id = '${accountId(4)}'`,
  ],
];

describe('the audit', () => {
  test('finds nothing in books as they were written, and tells its progress', async () => {
    const { ledger } = await writtenBooks();
    const progress: string[] = [];
    expect(
      await ledger.audit(db, (done, total, check) => progress.push(`${done}/${total} ${check}`)),
    ).toEqual([]);
    expect(progress[0]).toBe('1/11 debits_differ_from_credits');
    expect(progress).toHaveLength(11);
  });

  test.each(corruptions)('finds %s', async (_name, codes, statement) => {
    const { schema, ledger } = await writtenBooks();
    await takeDownDefences(schema);
    await db.script(`set search_path to ${schema}; ${statement}; reset search_path`);
    const problems = await ledger.audit(db);
    const found = new Set(problems.map((p) => p.code));
    found.delete('defence_missing');
    expect([...found].sort()).toEqual([...codes].sort());
  });

  test('finds a defence that is taken down', async () => {
    const { schema, ledger } = await writtenBooks();
    await db.script(`alter table ${schema}.transfers disable trigger append_only;
      drop trigger keep_identity on ${schema}.accounts`);
    const problems = await ledger.audit(db);
    expect(problems.map((p) => [p.code, p.expected])).toEqual([
      ['defence_missing', 'trigger append_only on transfers enabled'],
      ['defence_missing', 'trigger keep_identity on accounts enabled'],
    ]);
  });

  test('names the account, what was counted and what was found', async () => {
    const { schema, ledger } = await writtenBooks();
    await db.query(`update ${schema}.accounts set credits_posted = 999 where id = $1`, [accountId(3)]);
    const problem = (await ledger.audit(db)).find((p) => p.code === 'balance_differs_from_transfers');
    expect(problem).toMatchObject({ schema, ledger: 156, accountId: accountId(3) });
    expect(problem?.expected).toMatch(/^3\/0\/0\/10\//);
    expect(problem?.found).toMatch(/^3\/0\/0\/999\//);
  });
});

async function takeDownDefences(schema: string): Promise<void> {
  const { rows } = await db.query<{ name: string; table: string }>(
    `select conname as name, relname as table from pg_constraint join pg_class on pg_class.oid = conrelid
      join pg_namespace on pg_namespace.oid = relnamespace where nspname = $1 and contype = 'c'`,
    [schema],
  );
  const drops = rows.map((r) => `alter table ${schema}.${r.table} drop constraint ${r.name};`).join('\n');
  await db.script(`${drops}
    alter table ${schema}.transfers disable trigger user;
    alter table ${schema}.resolutions disable trigger user;
    alter table ${schema}.accounts disable trigger user`);
}

describe('the database itself refuses', () => {
  const refused: [string, string][] = [
    ['a transfer changed', 'update transfers set code = 8'],
    ['a transfer deleted', 'delete from transfers'],
    ['the transfers emptied', 'truncate transfers'],
    ['a resolution changed', 'update resolutions set status = 2, resolved_by = pending_id'],
    ['a resolution deleted', 'delete from resolutions'],
    ['an account deleted', 'delete from accounts'],
    ['an account moved to another currency', 'update accounts set ledger = 840'],
    ['a negative balance', `update accounts set debits_posted = -1 where id = '${accountId(1)}'`],
    ['debits beyond credits', `update accounts set debits_posted = 8 where id = '${accountId(3)}'`],
    ['credits beyond debits', `update accounts set credits_pending = 1 where id = '${accountId(5)}'`],
    [
      'a second resolution',
      `insert into resolutions (pending_id, resolved_by, timestamp, status) values ('${hold}', '${post}', 1, 1)`,
    ],
    [
      'a transfer of nothing',
      `insert into transfers select '${transferId(99)}', debit_account_id, credit_account_id, null, null, null, 0, 1, 0,
        156, 1, 0 from transfers limit 1`,
    ],
  ];

  test.each(refused)('%s', async (_name, statement) => {
    const { schema, ledger } = await writtenBooks();
    const attempt = db.transaction(async (tx) => {
      await tx.query(`set local search_path to ${schema}`);
      await tx.query(statement);
    });
    await expect(attempt).rejects.toThrow(/append only|violates/);
    expect(await ledger.audit(db)).toEqual([]);
  });
});
