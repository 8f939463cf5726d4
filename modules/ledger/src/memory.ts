import { type Account, type AccountState, applyAccounts } from './account.ts';
import type { LedgerProblem } from './audit.ts';
import { applyExpiry, applyTransfers } from './batch.ts';
import type { LedgerChanges, LedgerState } from './draft.ts';
import type { Ledger } from './ledger.ts';
import { pageTransfersMax } from './page.ts';
import { expiresAt, type Resolution, type Transfer, timestampOfMs } from './transfer.ts';
import { amountMax } from './value.ts';

/**
 * The same ledger without a database, for simulations and quick tests: the same decisions on maps. It ignores
 * the transaction it is handed: what is created stays, also when the caller rolls back.
 */
export function createMemoryLedger(): Ledger {
  const accounts = new Map<string, Account>();
  const transfers = new Map<string, Transfer>();
  const resolutions = new Map<string, Resolution>();
  const failed = new Set<string>();
  const state = { accounts, transfers, resolutions, failed };

  function commit(changes: LedgerChanges): void {
    for (const changed of changes.accounts) {
      const account = accounts.get(changed.id);
      if (account) accounts.set(changed.id, { ...account, ...changed });
    }
    for (const transfer of changes.transfers) transfers.set(transfer.id, transfer);
    for (const resolution of changes.resolutions) resolutions.set(resolution.pendingId, resolution);
    for (const { id } of changes.failed) failed.add(id);
  }

  function ofAccount(accountId: string, before: bigint, limit: number): Transfer[] {
    return [...transfers.values()]
      .filter((t) => t.debitAccountId === accountId || t.creditAccountId === accountId)
      .filter((t) => t.timestamp < before)
      .sort((a, b) => byTimestamp(b, a))
      .slice(0, Math.max(1, Math.min(limit, pageTransfersMax)));
  }

  return {
    migrations: { schema: 'memory', scripts: [] },
    async createAccounts(_tx, inputs, nowMs) {
      const { results, created } = applyAccounts(accounts, inputs, nowMs);
      for (const account of created) accounts.set(account.id, account);
      return results;
    },
    async createTransfers(_tx, inputs, nowMs) {
      const { results, changes } = applyTransfers(state, inputs, nowMs);
      commit(changes);
      return results;
    },
    lookupAccounts: async (_sql, ids) => known(accounts, ids),
    lookupTransfers: async (_sql, ids) => known(transfers, ids),
    lookupResolutions: async (_sql, ids) => known(resolutions, ids),
    async transfersByGroup(_sql, groupId) {
      return [...transfers.values()].filter((t) => t.userData128 === groupId).sort(byTimestamp);
    },
    accountTransfers: async (_sql, accountId, page) =>
      ofAccount(accountId, page.before ?? amountMax, page.limit),
    async accountHistory(_sql, accountId, page) {
      return ofAccount(accountId, page.before ?? amountMax, page.limit).map((transfer) => {
        const upTo = [...transfers.values()].filter((t) => t.timestamp <= transfer.timestamp);
        const { debitsPosted, creditsPosted } = balanceOf(accountId, upTo, new Map());
        return { transfer, debitsPosted, creditsPosted };
      });
    },
    async expirePending(_tx, nowMs, limit) {
      const { expired, changes } = applyExpiry(state, dueIds(state, nowMs).slice(0, limit), nowMs);
      commit(changes);
      return expired;
    },
    async audit() {
      const all = [...transfers.values()];
      return [...accounts.values()].flatMap((account) => problemsOf(account, all, resolutions));
    },
  };
}

/** Pending transfers whose time is up, the longest overdue first; of those that end together, the lower id first. */
function dueIds({ transfers, resolutions }: LedgerState, nowMs: number): string[] {
  const now = timestampOfMs(nowMs);
  return [...transfers.values()]
    .filter((t) => t.flags.pending && !resolutions.has(t.id) && (expiresAt(t) ?? now + 1n) <= now)
    .sort((a, b) => Number((expiresAt(a) ?? 0n) - (expiresAt(b) ?? 0n)) || (a.id < b.id ? -1 : 1))
    .map((t) => t.id);
}

function known<T>(map: ReadonlyMap<string, T>, ids: readonly string[]): T[] {
  return [...new Set(ids)].flatMap((id) => map.get(id) ?? []);
}

function byTimestamp(a: Transfer, b: Transfer): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

type Balance = Pick<AccountState, 'debitsPending' | 'debitsPosted' | 'creditsPending' | 'creditsPosted'>;

/** The balance of an account, counted from the transfers alone. */
function balanceOf(
  accountId: string,
  transfers: readonly Transfer[],
  resolutions: ReadonlyMap<string, Resolution>,
): Balance {
  const sums = { debitsPending: 0n, debitsPosted: 0n, creditsPending: 0n, creditsPosted: 0n };
  for (const { id, debitAccountId, creditAccountId, amount, flags } of transfers) {
    if (flags.voidPending || (flags.pending && resolutions.has(id))) continue;
    if (debitAccountId === accountId) sums[flags.pending ? 'debitsPending' : 'debitsPosted'] += amount;
    if (creditAccountId === accountId) sums[flags.pending ? 'creditsPending' : 'creditsPosted'] += amount;
  }
  return sums;
}

function problemsOf(
  account: Account,
  transfers: readonly Transfer[],
  resolutions: ReadonlyMap<string, Resolution>,
): LedgerProblem[] {
  const right = balanceOf(account.id, transfers, resolutions);
  const text = (b: Balance) => [b.debitsPending, b.debitsPosted, b.creditsPending, b.creditsPosted].join('/');
  if (text(right) === text(account)) return [];
  return [
    {
      code: 'balance_differs_from_transfers',
      schema: 'memory',
      ledger: account.ledger,
      accountId: account.id,
      transferId: null,
      expected: text(right),
      found: text(account),
    },
  ];
}
