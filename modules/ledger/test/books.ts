import { expect } from 'vitest';
import { type AccountInput, createMemoryLedger, type TransferInput } from '../src/index.ts';
import { accountId, transferId } from './arbitrary.ts';

export const nowMs = Date.UTC(2026, 0, 5, 8);
export const zero = '00000000-0000-0000-0000-000000000000';
export const maximum = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
export const payer = accountId(1);
export const payee = accountId(2);
/** Debits must not exceed credits. */
export const wallet = accountId(3);
/** Credits must not exceed debits. */
export const loan = accountId(4);
export const dollars = accountId(5);
export const shut = accountId(6);
export const absent = accountId(99);

const tx = undefined as never;
let serial = 0;

export function nextId(): string {
  serial += 1;
  return transferId(10_000 + serial);
}

/** A plain transfer of 10 from payer to payee, but for what is said. */
export function of(changes: Partial<TransferInput> = {}): TransferInput {
  const plain = { debitAccountId: payer, creditAccountId: payee, amount: 10n, ledger: 156, code: 7 };
  return { id: nextId(), ...plain, ...changes };
}

/** Books in memory with one account of every sort, and short ways to write and read them. */
export async function openBooks() {
  const ledger = createMemoryLedger();
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
  const create = (batch: TransferInput[], atMs = nowMs) => ledger.createTransfers(tx, batch, atMs);
  const one = async (transfer: TransferInput, atMs = nowMs) => (await create([transfer], atMs))[0];
  return {
    create,
    one,
    /** Reserves 10 from payer to payee. */
    async reserved(changes: Partial<TransferInput> = {}): Promise<string> {
      const hold = of({ ...changes, flags: { ...changes.flags, pending: true } });
      expect(await one(hold)).toBe('created');
      return hold.id;
    },
    /** Debits pending/posted, credits pending/posted. */
    async balances(id: string): Promise<string> {
      const [a] = await ledger.lookupAccounts(tx, [id]);
      return `${a?.debitsPending}/${a?.debitsPosted} ${a?.creditsPending}/${a?.creditsPosted}`;
    },
    transfers: (...ids: string[]) => ledger.lookupTransfers(tx, ids),
    resolutions: (...ids: string[]) => ledger.lookupResolutions(tx, ids),
    expire: (atMs: number) => ledger.expirePending(tx, atMs, 10),
    audit: () => ledger.audit(tx),
  };
}

export type Books = Awaited<ReturnType<typeof openBooks>>;
