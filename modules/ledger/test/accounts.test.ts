import { beforeEach, describe, expect, test } from 'vitest';
import { type AccountInput, createMemoryLedger } from '../src/index.ts';
import { accountId } from './arbitrary.ts';

const tx = undefined as never;
const nowMs = Date.UTC(2026, 0, 5, 8);
let ledger = createMemoryLedger();
beforeEach(() => {
  ledger = createMemoryLedger();
});

const of = (n: number, changes: Partial<AccountInput> = {}) => ({
  id: accountId(n),
  ledger: 156,
  code: 1,
  ...changes,
});
const create = (...accounts: AccountInput[]) => ledger.createAccounts(tx, accounts, nowMs);

describe('creating accounts', () => {
  test('starts them empty, with what was said about them', async () => {
    const account = of(1, {
      userData128: accountId(77),
      userData64: 3n,
      flags: { debitsMustNotExceedCredits: true },
    });
    expect(await create(account)).toEqual(['created']);
    expect(await ledger.lookupAccounts(tx, [account.id])).toMatchObject([
      {
        ...account,
        debitsPending: 0n,
        debitsPosted: 0n,
        creditsPending: 0n,
        creditsPosted: 0n,
        createdAt: nowMs,
      },
    ]);
  });

  test.each<[string, Partial<AccountInput>]>([
    ['id_must_not_be_zero', { id: '00000000-0000-0000-0000-000000000000' }],
    ['id_must_not_be_int_max', { id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }],
    [
      'flags_are_mutually_exclusive',
      { flags: { debitsMustNotExceedCredits: true, creditsMustNotExceedDebits: true } },
    ],
    ['ledger_must_not_be_zero', { ledger: 0 }],
    ['code_must_not_be_zero', { code: 0 }],
  ])('refuses as %s: %o', async (code, changes) => {
    expect(await create(of(1, changes))).toEqual([code]);
    expect(await ledger.lookupAccounts(tx, [accountId(1)])).toEqual([]);
  });

  test.each<[string, Partial<AccountInput>]>([
    ['exists', {}],
    ['exists', { flags: { closed: true } }],
    ['exists_with_different_flags', { flags: { debitsMustNotExceedCredits: true } }],
    ['exists_with_different_user_data_128', { userData128: accountId(78) }],
    ['exists_with_different_user_data_64', { userData64: 4n }],
    ['exists_with_different_ledger', { ledger: 840 }],
    ['exists_with_different_code', { code: 2 }],
  ])('a second time answers %s: %o', async (code, changes) => {
    const first = of(1, { userData128: accountId(77), userData64: 3n });
    expect(await create(first)).toEqual(['created']);
    expect(await create({ ...first, ...changes })).toEqual([code]);
  });

  test('in a chain creates all or none', async () => {
    const linked = { flags: { linked: true } };
    expect(await create(of(1), of(2, linked), of(3, { code: 0 }), of(4, linked), of(5))).toEqual([
      'created',
      'linked_event_failed',
      'code_must_not_be_zero',
      'created',
      'created',
    ]);
    expect((await ledger.lookupAccounts(tx, [2, 4, 5].map(accountId))).map((a) => a.id)).toEqual(
      [4, 5].map(accountId),
    );
    expect(await create(of(6, linked))).toEqual(['linked_event_chain_open']);
  });
});
