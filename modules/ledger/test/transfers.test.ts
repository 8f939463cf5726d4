import { beforeEach, describe, expect, test } from 'vitest';
import {
  type AccountInput,
  amountMax,
  createdAtMs,
  createMemoryLedger,
  type TransferInput,
} from '../src/index.ts';
import { accountId, transferId } from './arbitrary.ts';

const tx = undefined as never;
const nowMs = Date.UTC(2026, 0, 5, 8);
const zero = '00000000-0000-0000-0000-000000000000';
const maximum = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const [payer, payee, wallet, loan, dollars, shut] = [1, 2, 3, 4, 5, 6].map(accountId) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const absent = accountId(99);

let ledger = createMemoryLedger();
let serial = 0;
const nextId = () => transferId(10_000 + ++serial);

/** A plain transfer of 10 from payer to payee, but for what is said. */
function of(changes: Partial<TransferInput> = {}): TransferInput {
  return {
    id: nextId(),
    debitAccountId: payer,
    creditAccountId: payee,
    amount: 10n,
    ledger: 156,
    code: 7,
    ...changes,
  };
}

const create = (batch: TransferInput[], atMs = nowMs) => ledger.createTransfers(tx, batch, atMs);
const one = async (transfer: TransferInput, atMs = nowMs) => (await create([transfer], atMs))[0];

/** Reserves 10 from payer to payee. */
async function reserved(changes: Partial<TransferInput> = {}): Promise<string> {
  const hold = of({ ...changes, flags: { ...changes.flags, pending: true } });
  expect(await one(hold)).toBe('created');
  return hold.id;
}

async function balances(id: string): Promise<string> {
  const [a] = await ledger.lookupAccounts(tx, [id]);
  return `${a?.debitsPending}/${a?.debitsPosted} ${a?.creditsPending}/${a?.creditsPosted}`;
}

beforeEach(async () => {
  ledger = createMemoryLedger();
  const account = (id: string, changes: Partial<AccountInput> = {}) => ({
    id,
    ledger: 156,
    code: 1,
    ...changes,
  });
  await ledger.createAccounts(
    tx,
    [
      account(payer),
      account(payee),
      account(wallet, { flags: { debitsMustNotExceedCredits: true } }),
      account(loan, { flags: { creditsMustNotExceedDebits: true } }),
      account(dollars, { ledger: 840 }),
      account(shut, { flags: { closed: true } }),
    ],
    nowMs,
  );
});

describe('a transfer that resolves nothing', () => {
  test('moves the amount from posted to posted', async () => {
    expect(await one(of())).toBe('created');
    expect([await balances(payer), await balances(payee)]).toEqual(['0/10 0/0', '0/0 0/10']);
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
    const before = await balances(payer);
    expect(await one(of(changes))).toBe(code);
    expect(await balances(payer)).toBe(before);
    expect(await ledger.audit(tx)).toEqual([]);
  });

  test.each<[string, Partial<TransferInput>]>([
    ['overflows_debits_posted', {}],
    ['overflows_debits_posted', { flags: { pending: true } }],
    ['overflows_credits_posted', { debitAccountId: wallet }],
  ])('is refused as %s beyond 2^63-1: %o', async (code, changes) => {
    expect(await one(of({ amount: amountMax }))).toBe('created');
    expect(await one(of({ amount: 1n, ...changes }))).toBe(code);
  });

  test('is refused when pending amounts, or pending and posted together, pass 2^63-1', async () => {
    await reserved({ amount: amountMax });
    expect(await one(of({ amount: 1n, flags: { pending: true } }))).toBe('overflows_debits_pending');
    expect(await one(of({ amount: 1n, debitAccountId: wallet, flags: { pending: true } }))).toBe(
      'overflows_credits_pending',
    );
    expect(await one(of({ amount: 1n }))).toBe('overflows_debits');
    expect(await one(of({ amount: 1n, debitAccountId: loan }))).toBe('overflows_credits');
  });

  test('is refused when its time-out passes the end of time', async () => {
    const end = Number(amountMax / 1_000_000n) - 500;
    expect(await one(of({ flags: { pending: true }, timeoutSeconds: 1 }), end)).toBe('overflows_timeout');
  });

  test('may use exactly what a limit leaves, and no unit more', async () => {
    await create([of({ creditAccountId: wallet, amount: 30n })]);
    expect(await one(of({ debitAccountId: wallet, amount: 20n }))).toBe('created');
    await reserved({ debitAccountId: wallet, amount: 6n });
    expect(await one(of({ debitAccountId: wallet, amount: 5n }))).toBe('exceeds_credits');
    expect(await one(of({ debitAccountId: wallet, amount: 4n }))).toBe('created');
  });

  test('cannot spend what is only promised', async () => {
    await reserved({ creditAccountId: wallet, amount: 30n });
    expect(await one(of({ debitAccountId: wallet, amount: 1n }))).toBe('exceeds_credits');
  });

  test('when balancing moves at most what is there, and a retry with the same maximum exists', async () => {
    await create([of({ creditAccountId: wallet, amount: 30n })]);
    const sweep = of({ debitAccountId: wallet, amount: amountMax, flags: { balancingDebit: true } });
    expect(await one(sweep)).toBe('created');
    expect(await ledger.lookupTransfers(tx, [sweep.id])).toMatchObject([{ amount: 30n }]);
    expect(await one(sweep)).toBe('exists');
    expect(await one({ ...sweep, amount: 29n })).toBe('exists_with_different_amount');
  });

  test('when balancing the credit side moves at most what is owed', async () => {
    await create([of({ debitAccountId: loan, amount: 25n })]);
    const repay = of({ creditAccountId: loan, amount: 40n, flags: { balancingCredit: true } });
    expect(await one(repay)).toBe('created');
    expect(await balances(loan)).toBe('0/25 0/25');
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
    await one(first);
    expect(await one({ ...first, ...changes })).toBe(code);
    expect(await balances(payer)).toBe('0/10 0/0');
  });

  test('that says the same exists and moves nothing, in the same batch and later', async () => {
    const transfer = of({ userData128: zero, userData64: 0n });
    expect(await create([transfer, transfer])).toEqual(['created', 'exists']);
    expect(await one({ ...transfer, userData128: null, userData64: null }, nowMs + 1)).toBe('exists');
    expect(await balances(payer)).toBe('0/10 0/0');
  });

  test('fails for good when the first failed for want of money', async () => {
    const transfer = of({ debitAccountId: wallet });
    expect(await one(transfer)).toBe('exceeds_credits');
    await create([of({ creditAccountId: wallet })]);
    expect(await one(transfer)).toBe('id_already_failed');
    expect(await one({ ...transfer, id: nextId() })).toBe('created');
  });

  test('may succeed when the first was malformed', async () => {
    const transfer = of({ code: 0 });
    expect(await one(transfer)).toBe('code_must_not_be_zero');
    expect(await one({ ...transfer, code: 7 })).toBe('created');
  });
});

describe('a pending transfer', () => {
  test('reserves, is posted in full without an amount, and cannot be resolved again', async () => {
    const pendingId = await reserved({ userData128: transferId(5), userData64: 5n });
    expect(await balances(payer)).toBe('10/0 0/0');
    const post = { id: nextId(), pendingId, flags: { postPending: true } };
    expect(await one(post)).toBe('created');
    expect([await balances(payer), await balances(payee)]).toEqual(['0/10 0/0', '0/0 0/10']);
    expect(await ledger.lookupTransfers(tx, [post.id])).toMatchObject([
      {
        amount: 10n,
        userData128: transferId(5),
        userData64: 5n,
        ledger: 156,
        code: 7,
        debitAccountId: payer,
      },
    ]);
    expect(await one({ ...post, id: nextId() })).toBe('pending_transfer_already_posted');
    expect(await one({ id: nextId(), pendingId, flags: { voidPending: true } })).toBe(
      'pending_transfer_already_posted',
    );
    expect(await one(post)).toBe('exists');
    expect(await one({ ...post, amount: amountMax })).toBe('exists');
    expect(await one({ ...post, amount: 10n })).toBe('exists');
    expect(await one({ ...post, amount: 9n })).toBe('exists_with_different_amount');
    expect(await one({ ...post, userData64: 6n })).toBe('exists_with_different_user_data_64');
  });

  test('is posted in part, and the rest is free again', async () => {
    const pendingId = await reserved();
    const post = { id: nextId(), pendingId, amount: 4n, flags: { postPending: true } };
    expect(await one(post)).toBe('created');
    expect(await balances(payer)).toBe('0/4 0/0');
    expect(await one({ ...post, amount: undefined })).toBe('exists_with_different_amount');
  });

  test('is voided in full, and cannot be resolved again', async () => {
    const pendingId = await reserved();
    const release = { id: nextId(), pendingId, amount: 0n, flags: { voidPending: true } };
    expect(await one(release)).toBe('created');
    expect(await balances(payer)).toBe('0/0 0/0');
    expect(await one({ id: nextId(), pendingId, flags: { postPending: true } })).toBe(
      'pending_transfer_already_voided',
    );
    expect(await one({ ...release, amount: 10n })).toBe('exists');
    expect(await ledger.lookupResolutions(tx, [pendingId])).toMatchObject([
      { status: 'voided', resolvedBy: release.id },
    ]);
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
    const pendingId = await reserved();
    const post = { id: nextId(), pendingId, flags: { postPending: true } };
    expect(await one({ ...post, ...changes })).toBe(code);
    expect(await balances(payer)).toBe('10/0 0/0');
  });

  test('is the only kind that can be posted', async () => {
    const transfer = of();
    await one(transfer);
    const post = { id: nextId(), pendingId: transfer.id, flags: { postPending: true } };
    expect(await one(post)).toBe('pending_transfer_not_pending');
  });

  test('expires at the end of its time-out and not before, and its money is free again', async () => {
    const pendingId = await reserved({ timeoutSeconds: 60 });
    const later = (ms: number) => nowMs + 60_000 + ms;
    expect(await ledger.expirePending(tx, later(-1), 10)).toEqual([]);
    // Due, but not yet swept: it cannot be posted any more.
    const post = { id: nextId(), pendingId, flags: { postPending: true } };
    expect(await one(post, later(0))).toBe('pending_transfer_expired');
    expect(await balances(payer)).toBe('10/0 0/0');
    expect(await ledger.expirePending(tx, later(0), 10)).toMatchObject([{ id: pendingId }]);
    expect(await balances(payer)).toBe('0/0 0/0');
    expect(await one({ ...post, id: nextId() }, later(1))).toBe('pending_transfer_expired');
    expect(await ledger.expirePending(tx, later(1), 10)).toEqual([]);
  });

  test('can be posted up to the last millisecond', async () => {
    const pendingId = await reserved({ timeoutSeconds: 60 });
    expect(await one({ id: nextId(), pendingId, flags: { postPending: true } }, nowMs + 59_999)).toBe(
      'created',
    );
  });
});

describe('a closing transfer', () => {
  test('closes the account, also without an amount, until it is voided', async () => {
    const pendingId = await reserved({ amount: 0n, flags: { closingDebit: true } });
    expect(await one(of())).toBe('debit_account_already_closed');
    expect(await one(of({ debitAccountId: wallet, creditAccountId: payer }))).toBe(
      'credit_account_already_closed',
    );
    const post = { id: nextId(), pendingId, flags: { postPending: true } };
    expect(await one(post)).toBe('debit_account_already_closed');
    expect(await one({ id: nextId(), pendingId, flags: { voidPending: true } })).toBe('created');
    expect(await one(of())).toBe('created');
  });

  test('lets what was pending before be voided, but not posted', async () => {
    const earlier = await reserved();
    await reserved({
      debitAccountId: wallet,
      creditAccountId: payee,
      amount: 0n,
      flags: { closingCredit: true },
    });
    const resolve = (flags: object) => one({ id: nextId(), pendingId: earlier, flags });
    expect(await resolve({ postPending: true })).toBe('credit_account_already_closed');
    expect(await resolve({ voidPending: true })).toBe('created');
  });
});

describe('a linked chain', () => {
  const linked = { linked: true };

  test('is created whole, each transfer seeing the ones before', async () => {
    const results = await create([
      of({ creditAccountId: wallet, amount: 5n, flags: linked }),
      of({ debitAccountId: wallet, amount: 5n }),
    ]);
    expect(results).toEqual(['created', 'created']);
  });

  test('fails whole: the culprit keeps its code, the others say linked_event_failed', async () => {
    const chain = [of({ flags: linked }), of({ debitAccountId: wallet, flags: linked }), of()];
    expect(await create([of(), ...chain, of()])).toEqual([
      'created',
      'linked_event_failed',
      'exceeds_credits',
      'linked_event_failed',
      'created',
    ]);
    expect(await balances(payer)).toBe('0/20 0/0');
    expect(await ledger.audit(tx)).toEqual([]);
  });

  test('takes back posts and reservations too', async () => {
    const pendingId = await reserved({ timeoutSeconds: 60 });
    const post = { id: nextId(), pendingId, flags: { postPending: true, linked: true } };
    expect(await create([post, of({ flags: { pending: true, linked: true } }), of({ code: 0 })])).toEqual([
      'linked_event_failed',
      'linked_event_failed',
      'code_must_not_be_zero',
    ]);
    expect(await balances(payer)).toBe('10/0 0/0');
    expect(await one({ ...post, flags: { postPending: true } })).toBe('created');
  });

  test('that runs past the end of the batch fails', async () => {
    expect(await create([of(), of({ flags: linked }), of({ flags: linked })])).toEqual([
      'created',
      'linked_event_failed',
      'linked_event_chain_open',
    ]);
    expect(await create([of({ flags: linked })])).toEqual(['linked_event_chain_open']);
    expect(await balances(payer)).toBe('0/10 0/0');
  });

  test('sent again exists at its head, and moves nothing', async () => {
    const chain = [of({ flags: linked }), of()];
    await create(chain);
    expect(await create(chain)).toEqual(['exists', 'linked_event_failed']);
    expect(await balances(payer)).toBe('0/20 0/0');
  });
});

describe('time', () => {
  test('rises on an account within a batch and when the clock of another machine is behind', async () => {
    const batch = [of(), of(), of()];
    await create(batch);
    const late = of();
    await one(late, nowMs - 5_000);
    const stamps = (
      await ledger.lookupTransfers(
        tx,
        [...batch, late].map((t) => t.id),
      )
    ).map((t) => t.timestamp);
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
    await expect(create([of(changes)])).rejects.toThrow(name);
  });
});
