import { beforeEach, describe, expect, test } from 'vitest';
import { amountMax, createdAtMs, type TransferInput } from '../src/index.ts';
import { transferId } from './arbitrary.ts';
import {
  absent,
  type Books,
  dollars,
  loan,
  maximum,
  nextId,
  nowMs,
  of,
  openBooks,
  payee,
  payer,
  shut,
  wallet,
  zero,
} from './books.ts';

let books: Books;
beforeEach(async () => {
  books = await openBooks();
});

describe('a transfer that resolves nothing', () => {
  test('moves the amount from posted to posted', async () => {
    expect(await books.one(of())).toBe('created');
    expect([await books.balances(payer), await books.balances(payee)]).toEqual(['0/10 0/0', '0/0 0/10']);
  });

  test.each<[string, Partial<TransferInput>]>([
    ['id_must_not_be_zero', { id: zero }],
    ['id_must_not_be_int_max', { id: maximum }],
    ['debit_account_id_must_not_be_zero', { debitAccountId: null }],
    ['debit_account_id_must_not_be_zero', { debitAccountId: zero }],
    ['debit_account_id_must_not_be_int_max', { debitAccountId: maximum }],
    ['credit_account_id_must_not_be_zero', { creditAccountId: undefined }],
    ['credit_account_id_must_not_be_int_max', { creditAccountId: maximum }],
    ['accounts_must_be_different', { creditAccountId: payer }],
    ['pending_id_must_be_zero', { pendingId: transferId(1) }],
    ['timeout_reserved_for_pending_transfer', { timeoutSeconds: 1 }],
    ['closing_transfer_must_be_pending', { flags: { closingDebit: true } }],
    ['amount_must_not_be_zero', { amount: 0n }],
    ['amount_must_not_be_zero', { amount: undefined }],
    ['ledger_must_not_be_zero', { ledger: 0 }],
    ['code_must_not_be_zero', { code: 0 }],
    ['debit_account_not_found', { debitAccountId: absent }],
    ['credit_account_not_found', { creditAccountId: absent }],
    ['accounts_must_have_the_same_ledger', { creditAccountId: dollars }],
    ['transfer_must_have_the_same_ledger_as_accounts', { ledger: 840 }],
    ['debit_account_already_closed', { debitAccountId: shut }],
    ['credit_account_already_closed', { creditAccountId: shut }],
    ['exceeds_credits', { debitAccountId: wallet }],
    ['exceeds_debits', { creditAccountId: loan }],
    ['exceeds_credits', { debitAccountId: payer, flags: { balancingDebit: true } }],
    ['exceeds_debits', { creditAccountId: payee, flags: { balancingCredit: true } }],
  ])('is refused as %s: %o', async (code, changes) => {
    const before = await books.balances(payer);
    expect(await books.one(of(changes))).toBe(code);
    expect(await books.balances(payer)).toBe(before);
    expect(await books.audit()).toEqual([]);
  });

  test.each<[string, Partial<TransferInput>]>([
    ['overflows_debits_posted', {}],
    ['overflows_debits_posted', { flags: { pending: true } }],
    ['overflows_credits_posted', { debitAccountId: wallet }],
  ])('is refused as %s beyond 2^63-1: %o', async (code, changes) => {
    expect(await books.one(of({ amount: amountMax }))).toBe('created');
    expect(await books.one(of({ amount: 1n, ...changes }))).toBe(code);
  });

  test('is refused when pending amounts, or pending and posted together, pass 2^63-1', async () => {
    await books.reserved({ amount: amountMax });
    expect(await books.one(of({ amount: 1n, flags: { pending: true } }))).toBe('overflows_debits_pending');
    expect(await books.one(of({ amount: 1n, debitAccountId: wallet, flags: { pending: true } }))).toBe(
      'overflows_credits_pending',
    );
    expect(await books.one(of({ amount: 1n }))).toBe('overflows_debits');
    expect(await books.one(of({ amount: 1n, debitAccountId: loan }))).toBe('overflows_credits');
  });

  test('is refused when its time-out passes the end of time', async () => {
    const end = Number(amountMax / 1_000_000n) - 500;
    expect(await books.one(of({ flags: { pending: true }, timeoutSeconds: 1 }), end)).toBe(
      'overflows_timeout',
    );
  });

  test('may use exactly what a limit leaves, and no unit more', async () => {
    await books.create([of({ creditAccountId: wallet, amount: 30n })]);
    expect(await books.one(of({ debitAccountId: wallet, amount: 20n }))).toBe('created');
    await books.reserved({ debitAccountId: wallet, amount: 6n });
    expect(await books.one(of({ debitAccountId: wallet, amount: 5n }))).toBe('exceeds_credits');
    expect(await books.one(of({ debitAccountId: wallet, amount: 4n }))).toBe('created');
  });

  test('cannot spend what is only promised', async () => {
    await books.reserved({ creditAccountId: wallet, amount: 30n });
    expect(await books.one(of({ debitAccountId: wallet, amount: 1n }))).toBe('exceeds_credits');
  });

  test('when balancing moves at most what is there, and a retry with the same maximum exists', async () => {
    await books.create([of({ creditAccountId: wallet, amount: 30n })]);
    const sweep = of({ debitAccountId: wallet, amount: amountMax, flags: { balancingDebit: true } });
    expect(await books.one(sweep)).toBe('created');
    expect(await books.transfers(sweep.id)).toMatchObject([{ amount: 30n }]);
    expect(await books.one(sweep)).toBe('exists');
    expect(await books.one({ ...sweep, amount: 29n })).toBe('exists_with_different_amount');
  });

  test('when balancing the credit side moves at most what is owed', async () => {
    await books.create([of({ debitAccountId: loan, amount: 25n })]);
    const repay = of({ creditAccountId: loan, amount: 40n, flags: { balancingCredit: true } });
    expect(await books.one(repay)).toBe('created');
    expect(await books.balances(loan)).toBe('0/25 0/25');
  });
});

describe('a second attempt with the same id', () => {
  const changed: [string, Partial<TransferInput>][] = [
    ['exists_with_different_flags', { flags: { pending: true } }],
    ['exists_with_different_pending_id', { pendingId: transferId(1) }],
    ['exists_with_different_timeout', { timeoutSeconds: 5 }],
    ['exists_with_different_debit_account_id', { debitAccountId: wallet }],
    ['exists_with_different_credit_account_id', { creditAccountId: wallet }],
    ['exists_with_different_amount', { amount: 11n }],
    ['exists_with_different_user_data_128', { userData128: transferId(2) }],
    ['exists_with_different_user_data_64', { userData64: 2n }],
    ['exists_with_different_ledger', { ledger: 840 }],
    ['exists_with_different_code', { code: 8 }],
  ];

  test.each(changed)('that says something else is refused as %s', async (code, changes) => {
    const first = of({ userData128: transferId(1), userData64: 1n });
    await books.one(first);
    expect(await books.one({ ...first, ...changes })).toBe(code);
    expect(await books.balances(payer)).toBe('0/10 0/0');
  });

  test('that says the same exists and moves nothing, in the same batch and later', async () => {
    const transfer = of({ userData128: zero, userData64: 0n });
    expect(await books.create([transfer, transfer])).toEqual(['created', 'exists']);
    expect(await books.one({ ...transfer, userData128: null, userData64: null }, nowMs + 1)).toBe('exists');
    expect(await books.balances(payer)).toBe('0/10 0/0');
  });

  test('fails for good when the first failed for want of money', async () => {
    const transfer = of({ debitAccountId: wallet });
    expect(await books.one(transfer)).toBe('exceeds_credits');
    await books.create([of({ creditAccountId: wallet })]);
    expect(await books.one(transfer)).toBe('id_already_failed');
    expect(await books.one({ ...transfer, id: nextId() })).toBe('created');
  });

  test('may succeed when the first was malformed', async () => {
    const transfer = of({ code: 0 });
    expect(await books.one(transfer)).toBe('code_must_not_be_zero');
    expect(await books.one({ ...transfer, code: 7 })).toBe('created');
  });
});

describe('a linked chain', () => {
  const linked = { linked: true };

  test('is created whole, each transfer seeing the ones before', async () => {
    const results = await books.create([
      of({ creditAccountId: wallet, amount: 5n, flags: linked }),
      of({ debitAccountId: wallet, amount: 5n }),
    ]);
    expect(results).toEqual(['created', 'created']);
  });

  test('fails whole: the culprit keeps its code, the others say linked_event_failed', async () => {
    const chain = [of({ flags: linked }), of({ debitAccountId: wallet, flags: linked }), of()];
    expect(await books.create([of(), ...chain, of()])).toEqual([
      'created',
      'linked_event_failed',
      'exceeds_credits',
      'linked_event_failed',
      'created',
    ]);
    expect(await books.balances(payer)).toBe('0/20 0/0');
    expect(await books.audit()).toEqual([]);
  });

  test('takes back posts and reservations too', async () => {
    const pendingId = await books.reserved({ timeoutSeconds: 60 });
    const post = { id: nextId(), pendingId, flags: { postPending: true, linked: true } };
    expect(
      await books.create([post, of({ flags: { pending: true, linked: true } }), of({ code: 0 })]),
    ).toEqual(['linked_event_failed', 'linked_event_failed', 'code_must_not_be_zero']);
    expect(await books.balances(payer)).toBe('10/0 0/0');
    expect(await books.one({ ...post, flags: { postPending: true } })).toBe('created');
  });

  test('that runs past the end of the batch fails', async () => {
    expect(await books.create([of(), of({ flags: linked }), of({ flags: linked })])).toEqual([
      'created',
      'linked_event_failed',
      'linked_event_chain_open',
    ]);
    expect(await books.create([of({ flags: linked })])).toEqual(['linked_event_chain_open']);
    expect(await books.balances(payer)).toBe('0/10 0/0');
  });

  test('sent again exists at its head, and moves nothing', async () => {
    const chain = [of({ flags: linked }), of()];
    await books.create(chain);
    expect(await books.create(chain)).toEqual(['exists', 'linked_event_failed']);
    expect(await books.balances(payer)).toBe('0/20 0/0');
  });
});

describe('time', () => {
  test('rises on an account within a batch and when the clock of another machine is behind', async () => {
    const batch = [of(), of(), of()];
    await books.create(batch);
    const late = of();
    await books.one(late, nowMs - 5_000);
    const ids = [...batch, late].map((t) => t.id);
    const stamps = (await books.transfers(...ids)).map((t) => t.timestamp);
    expect([...stamps].sort()).toEqual(stamps);
    expect(new Set(stamps).size).toBe(4);
    expect(createdAtMs({ timestamp: stamps[0] ?? 0n })).toBe(nowMs);
  });
});

describe('an input that the types cannot hold', () => {
  test.each<[string, Partial<TransferInput>]>([
    ['id', { id: 'pay_1' }],
    ['debitAccountId', { debitAccountId: payer.toUpperCase().replace('7', 'A') }],
    ['amount', { amount: -1n }],
    ['amount', { amount: amountMax + 1n }],
    ['amount', { amount: 10 as never }],
    ['userData64', { userData64: -1n }],
    ['code', { code: 32_768 }],
    ['ledger', { ledger: 1.5 }],
    ['timeoutSeconds', { timeoutSeconds: -1 }],
  ])('throws and names %s: %o', async (name, changes) => {
    await expect(books.create([of(changes)])).rejects.toThrow(name);
  });
});
