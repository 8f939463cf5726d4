/*
 * One ledger, counted anew from its transfers. Knows nothing of the code that keeps it: flags are read from the row
 * (2 pending, 4 post, 8 void; on an account 2 debits must not exceed credits, 4 the reverse).
 */

type Row = Record<string, unknown>;

export interface Figures {
  debitsPending: bigint;
  debitsPosted: bigint;
  creditsPending: bigint;
  creditsPosted: bigint;
}

interface Counted {
  /** What was sold: posted to the other side, and held open. */
  posted: bigint;
  held: bigint;
}

/** The entries of one business event, by the account they debit. */
export type Group = Map<string, Counted>;

const pendingFlag = 2;
const postFlag = 4;
const voidFlag = 8;
const expired = 3;

export class Books {
  readonly name: string;
  readonly accounts = new Map<string, Row>();
  readonly transfers = new Map<string, Row>();
  readonly groups = new Map<string, Group>();
  readonly #figures = new Map<string, Figures>();
  readonly #resolved = new Map<string, Row>();
  readonly #violate: (what: string) => void;
  #newTransfers: Row[] = [];
  #newResolutions: Row[] = [];
  #touched = new Set<string>();

  /** @param base books to begin with, as they stand */
  constructor(name: string, violate: (what: string) => void, base?: Books) {
    this.name = name;
    this.#violate = (what) => violate(`${name}: ${what}`);
    if (base === undefined) return;
    for (const [id, row] of base.accounts) this.accounts.set(id, row);
    for (const [id, row] of base.transfers) this.transfers.set(id, row);
    for (const [id, figures] of base.#figures) this.#figures.set(id, { ...figures });
  }

  change(table: string, before: Row | null, after: Row | null): void {
    const id = ((after ?? before) as Row).id as string;
    if (table === 'accounts') {
      if (after === null) this.#violate(`L5 account ${id} is gone`);
      else this.accounts.set(id, after);
      this.#touched.add(id);
      return;
    }
    if (before !== null) {
      if (table !== 'timeouts') this.#violate(`L5 a row of ${table} was changed or removed: ${id}`);
      return;
    }
    if (after === null) return;
    if (table === 'transfers') this.#newTransfers.push(after);
    else if (table === 'resolutions') this.#newResolutions.push(after);
  }

  /** Counts what has come, and compares. Gives the business events that were touched. */
  settle(): Set<string> {
    const groups = new Set<string>();
    if (this.#newTransfers.length === 0 && this.#newResolutions.length === 0 && this.#touched.size === 0)
      return groups;
    this.#newTransfers.sort((a, b) => ((a.timestamp as bigint) < (b.timestamp as bigint) ? -1 : 1));
    for (const t of this.#newTransfers) this.#count(t, groups);
    for (const r of this.#newResolutions) this.#resolve(r, groups);
    this.#newTransfers = [];
    this.#newResolutions = [];
    for (const id of this.#touched) this.#compare(id);
    this.#touched = new Set();
    return groups;
  }

  figures(account: string): Figures {
    const known = this.#figures.get(account);
    if (known) return known;
    const fresh = { debitsPending: 0n, debitsPosted: 0n, creditsPending: 0n, creditsPosted: 0n };
    this.#figures.set(account, fresh);
    return fresh;
  }

  #count(t: Row, groups: Set<string>): void {
    this.transfers.set(t.id as string, t);
    const flags = t.flags as number;
    const amount = t.amount as bigint;
    if (amount <= 0n && (flags & 200) === 0) this.#violate(`L6 transfer ${String(t.id)} of ${amount}`);
    if ((flags & postFlag) !== 0 || (flags & voidFlag) !== 0) {
      const pending = this.transfers.get(t.pending_id as string);
      if (pending === undefined) {
        this.#violate(`L3 transfer ${String(t.id)} resolves one that is not there`);
        return;
      }
      this.#move(pending, -(pending.amount as bigint), true, groups);
      if ((flags & postFlag) !== 0) this.#move(t, amount, false, groups);
      return;
    }
    this.#move(t, amount, (flags & pendingFlag) !== 0, groups);
  }

  #resolve(r: Row, groups: Set<string>): void {
    const id = r.pending_id as string;
    if (this.#resolved.has(id)) this.#violate(`L3 ${id} is resolved twice`);
    this.#resolved.set(id, r);
    const pending = this.transfers.get(id);
    if (r.status === expired && pending) this.#move(pending, -(pending.amount as bigint), true, groups);
  }

  /** Both sides of one entry. */
  #move(t: Row, amount: bigint, pending: boolean, groups: Set<string>): void {
    const debit = t.debit_account_id as string;
    const credit = t.credit_account_id as string;
    const d = this.figures(debit);
    const c = this.figures(credit);
    if (pending) {
      d.debitsPending += amount;
      c.creditsPending += amount;
    } else {
      d.debitsPosted += amount;
      c.creditsPosted += amount;
    }
    this.#touched.add(debit).add(credit);
    for (const account of [debit, credit]) {
      if (this.accounts.get(account)?.ledger !== t.ledger)
        this.#violate(`L6 ${String(t.id)} in another currency`);
    }
    const group = t.user_data_128 as string | null;
    if (group === null) {
      this.#violate(`L7 transfer ${String(t.id)} belongs to nothing`);
      return;
    }
    groups.add(group);
    const sums = this.groups.get(group) ?? new Map<string, Counted>();
    this.groups.set(group, sums);
    const sum = sums.get(debit) ?? { posted: 0n, held: 0n };
    sums.set(debit, sum);
    if (pending) sum.held += amount;
    else sum.posted += amount;
  }

  #compare(id: string): void {
    const row = this.accounts.get(id);
    const counted = this.figures(id);
    if (row === undefined) {
      this.#violate(`L3 entries of an account that is not there: ${id}`);
      return;
    }
    const stored = [row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted];
    const found = [
      counted.debitsPending,
      counted.debitsPosted,
      counted.creditsPending,
      counted.creditsPosted,
    ];
    if (stored.some((value, i) => value !== found[i])) {
      this.#violate(`L3 account ${id} holds ${stored.join('/')}, its entries say ${found.join('/')}`);
    }
    const flags = row.flags as number;
    if ((flags & 2) !== 0 && counted.debitsPending + counted.debitsPosted > counted.creditsPosted) {
      this.#violate(`L4 account ${id} is below its floor`);
    }
    if ((flags & 4) !== 0 && counted.creditsPending + counted.creditsPosted > counted.debitsPosted) {
      this.#violate(`L4 account ${id} is above its ceiling`);
    }
  }
}
