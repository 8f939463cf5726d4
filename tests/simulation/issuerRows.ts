import { Books } from './books.ts';

type Row = Record<string, unknown>;

/** One bank as its rows say: its operations, and the accounts of its ledger. */
export class IssuerRows {
  readonly id: string;
  readonly operations = new Map<string, Row>();
  readonly books: Books;
  readonly #violate: (what: string) => void;
  /** What was on the accounts before anybody paid. */
  readonly #opening: ReadonlyMap<string, bigint>;
  /** Ids of operations by the number of their message, and by their account. */
  readonly #byRrn = new Map<string, string[]>();
  readonly #byAccount = new Map<string, string[]>();
  #touched = new Set<string>();
  #legs: string[] = [];

  /** @param base the bank as it stood before anybody paid */
  constructor(id: string, violate: (what: string) => void, base?: IssuerRows) {
    this.id = id;
    this.#violate = (what) => violate(`bank ${id}: ${what}`);
    this.books = new Books(`bank ${id} ledger`, violate, base?.books);
    this.#opening = base?.balances() ?? new Map();
  }

  /** What is on each account. */
  balances(): Map<string, bigint> {
    const found = new Map<string, bigint>();
    for (const id of this.books.accounts.keys()) {
      const { creditsPosted, debitsPosted } = this.books.figures(id);
      found.set(id, creditsPosted - debitsPosted);
    }
    return found;
  }

  change(schema: string, table: string, before: Row | null, after: Row | null): void {
    if (schema === `bank_${this.id}_ledger`) this.books.change(table, before, after);
    else if (schema === `bank_${this.id}_authorisation` && table === 'operation')
      this.#operation(before, after);
  }

  /** The operation that a message of the network made, or that stands in for it. */
  byRrn(rrn: string, kinds: readonly string[]): Row | undefined {
    for (const id of this.#byRrn.get(rrn) ?? []) {
      const operation = this.operations.get(id);
      if (operation !== undefined && kinds.includes(operation.kind as string)) return operation;
    }
    return undefined;
  }

  settle(): void {
    this.books.settle();
    for (const account of this.#touched) this.#compare(account);
    this.#touched = new Set();
  }

  /** Numbers of the messages whose legs of transfers have changed since it was asked last. */
  takeLegs(): readonly string[] {
    if (this.#legs.length === 0) return this.#legs;
    const legs = this.#legs;
    this.#legs = [];
    return legs;
  }

  #operation(before: Row | null, after: Row | null): void {
    const row = after ?? (before as Row);
    if (after === null) {
      this.#violate(`an operation was deleted: ${String(row.id)}`);
      return;
    }
    const id = after.id as string;
    if (!this.operations.has(id)) {
      listed(this.#byRrn, after.rrn as string).push(id);
      if (after.account_id !== null) listed(this.#byAccount, after.account_id as string).push(id);
    }
    this.operations.set(id, after);
    if (isLeg(after)) this.#legs.push(after.rrn as string);
    if (row.account_id !== null) this.#touched.add(row.account_id as string);
    if (before === null || before.state === after.state) return;
    const moves: Record<string, readonly string[]> = { held: ['posted', 'reversed'], posted: ['reversed'] };
    if (!moves[before.state as string]?.includes(after.state as string)) {
      this.#violate(
        `operation ${String(row.id)} went from ${String(before.state)} to ${String(after.state)}`,
      );
    } else if (after.kind === 'transfer_in') {
      this.#violate(`C the credit leg ${String(row.rrn)} was taken back`);
    }
  }

  /** What an account holds must be what its operations have left on it. */
  #compare(account: string): void {
    let balance = this.#opening.get(account) ?? 0n;
    let held = 0n;
    for (const id of this.#byAccount.get(account) ?? []) {
      const o = this.operations.get(id) as Row;
      if (o.kind === 'transfer_in') balance += o.posted as bigint;
      else if (o.state === 'held') held += o.amount as bigint;
      else if (o.state === 'posted' && takes.includes(o.kind as string))
        balance -= (o.posted as bigint) - (o.refunded as bigint);
    }
    const figures = this.books.figures(account);
    const found = figures.creditsPosted - figures.debitsPosted;
    if (found !== balance) this.#violate(`account ${account} holds ${found}, its operations say ${balance}`);
    if (figures.debitsPending !== held) {
      this.#violate(`account ${account} has ${figures.debitsPending} on hold, its operations say ${held}`);
    }
  }
}

/** Operations that take from an account. */
const takes: readonly string[] = ['hold', 'purchase', 'transfer_out'];

export const isLeg = (o: Row): boolean => o.kind === 'transfer_out' || o.kind === 'transfer_in';

function listed(lists: Map<string, string[]>, name: string): string[] {
  let list = lists.get(name);
  if (list === undefined) {
    list = [];
    lists.set(name, list);
  }
  return list;
}
