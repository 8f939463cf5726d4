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
  #touched = new Set<string>();

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
    for (const operation of this.operations.values()) {
      if (operation.rrn === rrn && kinds.includes(operation.kind as string)) return operation;
    }
    return undefined;
  }

  settle(): void {
    this.books.settle();
    for (const account of this.#touched) this.#compare(account);
    this.#touched = new Set();
  }

  #operation(before: Row | null, after: Row | null): void {
    const row = after ?? (before as Row);
    if (after === null) {
      this.#violate(`an operation was deleted: ${String(row.id)}`);
      return;
    }
    this.operations.set(after.id as string, after);
    if (row.account_id !== null) this.#touched.add(row.account_id as string);
    if (before === null || before.state === after.state) return;
    const moves: Record<string, readonly string[]> = { held: ['posted', 'reversed'], posted: ['reversed'] };
    if (!moves[before.state as string]?.includes(after.state as string)) {
      this.#violate(
        `operation ${String(row.id)} went from ${String(before.state)} to ${String(after.state)}`,
      );
    }
  }

  /** What an account holds must be what its operations have left on it. */
  #compare(account: string): void {
    let balance = this.#opening.get(account) ?? 0n;
    let held = 0n;
    for (const o of this.operations.values()) {
      if (o.account_id !== account || (o.kind !== 'hold' && o.kind !== 'purchase')) continue;
      if (o.state === 'held') held += o.amount as bigint;
      else if (o.state === 'posted') balance -= (o.posted as bigint) - (o.refunded as bigint);
    }
    const figures = this.books.figures(account);
    const found = figures.creditsPosted - figures.debitsPosted;
    if (found !== balance) this.#violate(`account ${account} holds ${found}, its operations say ${balance}`);
    if (figures.debitsPending !== held) {
      this.#violate(`account ${account} has ${figures.debitsPending} on hold, its operations say ${held}`);
    }
  }
}
