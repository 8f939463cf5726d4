import { type AccountState, accountFlagsOfBits, bitsOfAccountFlags } from './account.ts';
import type { ChainScope } from './chain.ts';
import { type Resolution, type Transfer, type TransientCode, timestampOfMs } from './transfer.ts';

/** What a batch is decided on: the accounts, transfers and resolutions it can refer to. */
export interface LedgerState {
  readonly accounts: ReadonlyMap<string, AccountState>;
  readonly transfers: ReadonlyMap<string, Transfer>;
  /** By the id of the pending transfer. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** Ids that are spent by a failure that may pass. */
  readonly failed: ReadonlySet<string>;
}

export interface FailedTransfer {
  readonly id: string;
  readonly reason: TransientCode;
}

/** What a batch writes. Accounts are the new states of those that changed. */
export interface LedgerChanges {
  readonly accounts: readonly AccountState[];
  readonly transfers: readonly Transfer[];
  readonly resolutions: readonly Resolution[];
  readonly failed: readonly FailedTransfer[];
}

/** A state under change: reads fall through to the state it started from, writes stay in the draft. */
export interface Draft {
  account(id: string): AccountState | undefined;
  transfer(id: string): Transfer | undefined;
  resolution(pendingId: string): Resolution | undefined;
  putAccount(account: AccountState): void;
  putTransfer(transfer: Transfer): void;
  putResolution(resolution: Resolution): void;
  /** Later than every earlier transfer of the draft and of both accounts, and not before the batch's time. */
  nextTimestamp(debit: AccountState, credit: AccountState): bigint;
  readonly nowTimestamp: bigint;
}

/** A map of changes over a map that stays as it is, with undo. */
function createOverlay<V>(base: ReadonlyMap<string, V>) {
  const changed = new Map<string, V>();
  let undo: { key: string; before: V | undefined }[] | null = null;
  return {
    get: (key: string): V | undefined => changed.get(key) ?? base.get(key),
    put(key: string, value: V): void {
      undo?.push({ key, before: changed.get(key) });
      changed.set(key, value);
    },
    changed: () => [...changed.values()],
    open(): void {
      undo = [];
    },
    keep(): void {
      undo = null;
    },
    discard(): void {
      for (const { key, before } of (undo ?? []).reverse()) {
        if (before === undefined) changed.delete(key);
        else changed.set(key, before);
      }
      undo = null;
    },
  };
}

/** Opens a draft on a state; the scope undoes what a broken chain did. */
export function createDraft(
  state: LedgerState,
  nowMs: number,
): { draft: Draft; scope: ChainScope; changes(): Omit<LedgerChanges, 'failed'> } {
  const accounts = createOverlay(state.accounts);
  const transfers = createOverlay(state.transfers);
  const resolutions = createOverlay(state.resolutions);
  const overlays = [accounts, transfers, resolutions];
  const nowTimestamp = timestampOfMs(nowMs);
  let next = nowTimestamp;
  return {
    draft: {
      account: accounts.get,
      transfer: transfers.get,
      resolution: resolutions.get,
      putAccount: (account) => accounts.put(account.id, account),
      putTransfer: (transfer) => transfers.put(transfer.id, transfer),
      putResolution: (resolution) => resolutions.put(resolution.pendingId, resolution),
      nextTimestamp(debit, credit) {
        let timestamp = next;
        if (debit.lastTimestamp >= timestamp) timestamp = debit.lastTimestamp + 1n;
        if (credit.lastTimestamp >= timestamp) timestamp = credit.lastTimestamp + 1n;
        next = timestamp + 1n;
        return timestamp;
      },
      nowTimestamp,
    },
    scope: {
      open: () => {
        for (const overlay of overlays) overlay.open();
      },
      keep: () => {
        for (const overlay of overlays) overlay.keep();
      },
      discard: () => {
        for (const overlay of overlays) overlay.discard();
      },
    },
    changes: () => ({
      accounts: accounts.changed(),
      transfers: transfers.changed(),
      resolutions: resolutions.changed(),
    }),
  };
}

/** Takes a reservation off both accounts, adds `posted` to their posted balances and reopens what it closed. */
export function release(
  draft: Draft,
  pending: Transfer,
  debit: AccountState,
  credit: AccountState,
  posted: bigint,
  timestamp: bigint,
): void {
  draft.putAccount({
    ...debit,
    flags: pending.flags.closingDebit ? withClosed(debit, false) : debit.flags,
    debitsPending: debit.debitsPending - pending.amount,
    debitsPosted: debit.debitsPosted + posted,
    lastTimestamp: timestamp,
  });
  draft.putAccount({
    ...credit,
    flags: pending.flags.closingCredit ? withClosed(credit, false) : credit.flags,
    creditsPending: credit.creditsPending - pending.amount,
    creditsPosted: credit.creditsPosted + posted,
    lastTimestamp: timestamp,
  });
}

/** The account's flags with `closed` as given. */
export function withClosed(account: AccountState, closed: boolean): AccountState['flags'] {
  return accountFlagsOfBits(bitsOfAccountFlags({ ...account.flags, closed }));
}
