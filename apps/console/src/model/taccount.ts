import type { StoryEntry } from './story.ts';

/** One line on one side of an account. `mark` ties it to its counterpart: (a) here is (a) there. */
export interface TLine {
  mark: string;
  kind: string;
  /** Minor units. */
  amount: bigint;
}

/** An account with its two sides, as a bookkeeper draws it. */
export interface TAccountView {
  id: string;
  name: string;
  nameZh: string;
  debits: TLine[];
  credits: TLine[];
  debitTotal: bigint;
  creditTotal: bigint;
}

/** Kinds of entry that move no money: a hold promises it, a release gives the promise back. */
const memoKinds = new Set(['hold', 'refund_hold', 'void', 'release']);

/** True when the entry is a promise rather than a posting, so it takes no part in the totals. */
export function isMemo(kind: string): boolean {
  return memoKinds.has(kind);
}

/** `a` to `z`, then `aa`, `ab` …: the letters that tie a debit to its credit. */
export function markOf(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : markOf(Math.floor(index / 26) - 1) + letter;
}

/**
 * Draws entries as accounts, in the order in which the accounts first appear. Totals are of what is posted:
 * holds and voids are shown and not added.
 */
export function tAccounts(entries: readonly StoryEntry[]): TAccountView[] {
  const accounts = new Map<string, TAccountView>();
  const open = (side: StoryEntry['debit']): TAccountView => {
    const known = accounts.get(side.id);
    if (known) return known;
    const made: TAccountView = {
      id: side.id,
      name: side.name,
      nameZh: side.name_zh,
      debits: [],
      credits: [],
      debitTotal: 0n,
      creditTotal: 0n,
    };
    accounts.set(side.id, made);
    return made;
  };
  entries.forEach((entry, index) => {
    const line: TLine = { mark: markOf(index), kind: entry.kind, amount: BigInt(entry.amount) };
    const posted = isMemo(entry.kind) ? 0n : line.amount;
    const debit = open(entry.debit);
    debit.debits.push(line);
    debit.debitTotal += posted;
    const credit = open(entry.credit);
    credit.credits.push(line);
    credit.creditTotal += posted;
  });
  return [...accounts.values()];
}
