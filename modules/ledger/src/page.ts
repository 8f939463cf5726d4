import type { Sql } from '@feiqian/db';
import type { TransferStore } from './store/transfers.ts';
import type { Transfer } from './transfer.ts';
import { amountMax } from './value.ts';

/** Transfers in one answer. */
export const pageTransfersMax = 1_000;

/** Balance after one transfer, of posted amounts. */
export interface AccountBalance {
  readonly transfer: Transfer;
  readonly debitsPosted: bigint;
  readonly creditsPosted: bigint;
}

export interface AccountPage {
  /** How many at most, 1 to `pageTransfersMax`. */
  readonly limit: number;
  /** Only transfers with a smaller `timestamp`: that of the last one of the page before. */
  readonly before?: bigint;
}

/** Transfers of an account, newest first. */
export async function accountTransfers(
  transfers: TransferStore,
  sql: Sql,
  accountId: string,
  page: AccountPage,
): Promise<Transfer[]> {
  const limit = Math.max(1, Math.min(page.limit, pageTransfersMax));
  return transfers.ofAccount(sql, accountId, page.before ?? amountMax, limit);
}

/** As `accountTransfers`, each with the posted balance after it. */
export async function accountHistory(
  transfers: TransferStore,
  sql: Sql,
  accountId: string,
  page: AccountPage,
): Promise<AccountBalance[]> {
  const found = await accountTransfers(transfers, sql, accountId, page);
  const newest = found[0];
  if (!newest) return [];
  let { debits, credits } = await transfers.postedUpTo(sql, accountId, newest.timestamp);
  const balances: AccountBalance[] = [];
  for (const transfer of found) {
    balances.push({ transfer, debitsPosted: debits, creditsPosted: credits });
    if (transfer.flags.pending || transfer.flags.voidPending) continue;
    if (transfer.debitAccountId === accountId) debits -= transfer.amount;
    else credits -= transfer.amount;
  }
  return balances;
}
