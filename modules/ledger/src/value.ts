import type { AccountInput } from './account.ts';
import type { TransferInput } from './transfer.ts';

/** 128-bit zero: "none", never an id. */
export const noneId = '00000000-0000-0000-0000-000000000000';
/** The largest 128-bit number: reserved, never an id. */
export const maximumId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** The largest amount and balance, in minor units. As the amount of a post: all of the pending transfer. */
export const amountMax = 2n ** 63n - 1n;
/** The largest kind of account or transfer. */
export const codeMax = 32_767;
export const ledgerMax = 2_147_483_647;
export const timeoutSecondsMax = 2_147_483_647;

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/*
 * What TigerBeetle's fixed-width types make impossible is a programming error here, so it throws; what they
 * can say but must not is answered with a result code.
 */

export function checkAccountShape(input: AccountInput): void {
  checkId('id', input.id);
  checkInteger('ledger', input.ledger, ledgerMax);
  checkInteger('code', input.code, codeMax);
  checkId('userData128', input.userData128);
  checkBigint('userData64', input.userData64);
}

export function checkTransferShape(input: TransferInput): void {
  checkId('id', input.id);
  checkId('debitAccountId', input.debitAccountId);
  checkId('creditAccountId', input.creditAccountId);
  checkId('pendingId', input.pendingId);
  checkId('userData128', input.userData128);
  checkBigint('amount', input.amount);
  checkBigint('userData64', input.userData64);
  checkInteger('timeoutSeconds', input.timeoutSeconds ?? 0, timeoutSecondsMax);
  checkInteger('ledger', input.ledger ?? 0, ledgerMax);
  checkInteger('code', input.code ?? 0, codeMax);
}

function checkId(name: string, value: string | null | undefined): void {
  if (value === null || value === undefined) {
    if (name === 'id') throw new RangeError('id is missing');
    return;
  }
  if (!uuidForm.test(value)) throw new RangeError(`${name} is not a lower-case UUID`);
}

function checkInteger(name: string, value: number, maximum: number): void {
  if (!Number.isInteger(value) || value < 0 || value > maximum) {
    throw new RangeError(`${name} is not an integer from 0 to ${maximum}`);
  }
}

function checkBigint(name: string, value: bigint | null | undefined): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'bigint' || value < 0n || value > amountMax) {
    throw new RangeError(`${name} is not a bigint from 0 to ${amountMax}`);
  }
}
