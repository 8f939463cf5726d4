import { beforeEach, describe, expect, test } from 'vitest';
import { amountMax, type TransferInput } from '../src/index.ts';
import { transferId } from './arbitrary.ts';
import { type Books, maximum, nextId, nowMs, of, openBooks, payee, payer, wallet } from './books.ts';

let books: Books;
beforeEach(async () => {
  books = await openBooks();
});

describe('a pending transfer', () => {
  test('reserves, is posted in full without an amount, and cannot be resolved again', async () => {
    const pendingId = await books.reserved({ userData128: transferId(5), userData64: 5n });
    expect(await books.balances(payer)).toBe('10/0 0/0');
    const post = { id: nextId(), pendingId, flags: { postPending: true } };
    expect(await books.one(post)).toBe('created');
    expect([await books.balances(payer), await books.balances(payee)]).toEqual(['0/10 0/0', '0/0 0/10']);
    expect(await books.transfers(post.id)).toMatchObject([
      {
        amount: 10n,
        userData128: transferId(5),
        userData64: 5n,
        ledger: 156,
        code: 7,
        debitAccountId: payer,
      },
    ]);
    expect(await books.one({ ...post, id: nextId() })).toBe('pending_transfer_already_posted');
    expect(await books.one({ id: nextId(), pendingId, flags: { voidPending: true } })).toBe(
      'pending_transfer_already_posted',
    );
    expect(await books.one(post)).toBe('exists');
    expect(await books.one({ ...post, amount: amountMax })).toBe('exists');
    expect(await books.one({ ...post, amount: 10n })).toBe('exists');
    expect(await books.one({ ...post, amount: 9n })).toBe('exists_with_different_amount');
    expect(await books.one({ ...post, userData64: 6n })).toBe('exists_with_different_user_data_64');
  });

  test('is posted in part, and the rest is free again', async () => {
    const pendingId = await books.reserved();
    const post = { id: nextId(), pendingId, amount: 4n, flags: { postPending: true } };
    expect(await books.one(post)).toBe('created');
    expect(await books.balances(payer)).toBe('0/4 0/0');
    expect(await books.one({ ...post, amount: undefined })).toBe('exists_with_different_amount');
  });

  test('is voided in full, and cannot be resolved again', async () => {
    const pendingId = await books.reserved();
    const release = { id: nextId(), pendingId, amount: 0n, flags: { voidPending: true } };
    expect(await books.one(release)).toBe('created');
    expect(await books.balances(payer)).toBe('0/0 0/0');
    expect(await books.one({ id: nextId(), pendingId, flags: { postPending: true } })).toBe(
      'pending_transfer_already_voided',
    );
    expect(await books.one({ ...release, amount: 10n })).toBe('exists');
    expect(await books.resolutions(pendingId)).toMatchObject([{ status: 'voided', resolvedBy: release.id }]);
  });

  test.each<[string, Partial<TransferInput>]>([
    ['flags_are_mutually_exclusive', { flags: { postPending: true, voidPending: true } }],
    ['flags_are_mutually_exclusive', { flags: { postPending: true, pending: true } }],
    ['flags_are_mutually_exclusive', { flags: { postPending: true, balancingDebit: true } }],
    ['flags_are_mutually_exclusive', { flags: { postPending: true, closingCredit: true } }],
    ['pending_id_must_not_be_zero', { pendingId: null }],
    ['pending_id_must_not_be_int_max', { pendingId: maximum }],
    ['pending_id_must_be_different', { id: transferId(7), pendingId: transferId(7) }],
    ['timeout_reserved_for_pending_transfer', { timeoutSeconds: 1 }],
    ['amount_must_not_be_zero', { amount: 0n }],
    ['pending_transfer_not_found', { pendingId: transferId(8) }],
    ['pending_transfer_has_different_debit_account_id', { debitAccountId: wallet }],
    ['pending_transfer_has_different_credit_account_id', { creditAccountId: wallet }],
    ['pending_transfer_has_different_ledger', { ledger: 840 }],
    ['pending_transfer_has_different_code', { code: 8 }],
    ['exceeds_pending_transfer_amount', { amount: 11n }],
    ['exceeds_pending_transfer_amount', { amount: 11n, flags: { voidPending: true } }],
    ['pending_transfer_has_different_amount', { amount: 9n, flags: { voidPending: true } }],
  ])('is not resolved by what is refused as %s: %o', async (code, changes) => {
    const pendingId = await books.reserved();
    const post = { id: nextId(), pendingId, flags: { postPending: true } };
    expect(await books.one({ ...post, ...changes })).toBe(code);
    expect(await books.balances(payer)).toBe('10/0 0/0');
  });

  test('is the only kind that can be posted', async () => {
    const transfer = of();
    await books.one(transfer);
    const post = { id: nextId(), pendingId: transfer.id, flags: { postPending: true } };
    expect(await books.one(post)).toBe('pending_transfer_not_pending');
  });

  test('expires at the end of its time-out and not before, and its money is free again', async () => {
    const pendingId = await books.reserved({ timeoutSeconds: 60 });
    const later = (ms: number) => nowMs + 60_000 + ms;
    expect(await books.expire(later(-1))).toEqual([]);
    // Due, but not yet swept: it cannot be posted any more.
    const post = { id: nextId(), pendingId, flags: { postPending: true } };
    expect(await books.one(post, later(0))).toBe('pending_transfer_expired');
    expect(await books.balances(payer)).toBe('10/0 0/0');
    expect(await books.expire(later(0))).toMatchObject([{ id: pendingId }]);
    expect(await books.balances(payer)).toBe('0/0 0/0');
    expect(await books.one({ ...post, id: nextId() }, later(1))).toBe('pending_transfer_expired');
    expect(await books.expire(later(1))).toEqual([]);
  });

  test('can be posted up to the last millisecond', async () => {
    const pendingId = await books.reserved({ timeoutSeconds: 60 });
    expect(await books.one({ id: nextId(), pendingId, flags: { postPending: true } }, nowMs + 59_999)).toBe(
      'created',
    );
  });
});

describe('a closing transfer', () => {
  test('closes the account, also without an amount, until it is voided', async () => {
    const pendingId = await books.reserved({ amount: 0n, flags: { closingDebit: true } });
    expect(await books.one(of())).toBe('debit_account_already_closed');
    expect(await books.one(of({ debitAccountId: wallet, creditAccountId: payer }))).toBe(
      'credit_account_already_closed',
    );
    const post = { id: nextId(), pendingId, flags: { postPending: true } };
    expect(await books.one(post)).toBe('debit_account_already_closed');
    expect(await books.one({ id: nextId(), pendingId, flags: { voidPending: true } })).toBe('created');
    expect(await books.one(of())).toBe('created');
  });

  test('lets what was pending before be voided, but not posted', async () => {
    const earlier = await books.reserved();
    await books.reserved({
      debitAccountId: wallet,
      creditAccountId: payee,
      amount: 0n,
      flags: { closingCredit: true },
    });
    const resolve = (flags: object) => books.one({ id: nextId(), pendingId: earlier, flags });
    expect(await resolve({ postPending: true })).toBe('credit_account_already_closed');
    expect(await resolve({ voidPending: true })).toBe('created');
  });
});
