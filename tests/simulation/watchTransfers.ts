import type { Books } from './books.ts';
import type { IssuerRows } from './issuerRows.ts';

type Row = Record<string, unknown>;

/** The transitions of a transfer, written down again for the auditor's sake (docs/states.md). */
const transitions: Record<string, readonly string[]> = {
  scheduled: ['debiting', 'declined', 'cancelled'],
  debiting: ['crediting', 'declined', 'unknown'],
  crediting: ['completed', 'confirming', 'returning'],
  confirming: ['completed', 'returning'],
  unknown: ['returned'],
  returning: ['returned'],
  completed: [],
  declined: [],
  returned: [],
  cancelled: [],
};
/** Somebody must still look at these. */
const waiting = ['scheduled', 'debiting', 'crediting', 'confirming'];
/** The payer's bank gives back, or has given back. */
const backwards = ['unknown', 'returning', 'returned'];
/** The payee's bank may have given in these. */
const forwards = ['crediting', 'confirming', 'completed'];
const fixed = ['amount', 'currency', 'payer_member', 'payee_member', 'payer_token', 'payee_pan'];

export interface WatchedTransfer {
  row: Row;
  /** Every state it has been in. */
  history: Set<string>;
  /** Numbers under which its legs were sent: more than one each would be a new identity. */
  debits: Set<string>;
  credits: Set<string>;
}

/** What the watch of transfers needs to know of the city. */
export interface TransferGround {
  /** Position accounts of the members, in the network's ledger. */
  positions: ReadonlyMap<string, string>;
  /** Numbers of the members among the banks. */
  banks: ReadonlyMap<string, number>;
  /** Which account at its bank a number of the vault means. */
  accounts: ReadonlyMap<string, string>;
}

interface TransferWatchDeps {
  ground: TransferGround;
  network: Books;
  issuers: readonly IssuerRows[];
  /** Stored messages of one transfer. */
  messagesOf(id: string): readonly Row[];
  eachCommit: boolean;
  violate(what: string): void;
}

/**
 * Watches transfers: what was taken is given or comes back, never both, never twice; and what the network says of it
 * is what both banks hold. From rows alone.
 */
export class TransferWatch {
  readonly transfers = new Map<string, WatchedTransfer>();
  /** When somebody must look at a transfer, by its id. */
  readonly dues = new Map<string, Row>();
  readonly #byRrn = new Map<string, string>();
  readonly #deps: TransferWatchDeps;
  readonly #touched = new Set<string>();
  readonly #moved = new Set<string>();

  constructor(deps: TransferWatchDeps) {
    this.#deps = deps;
  }

  transfer(before: Row | null, after: Row | null): void {
    const { violate, eachCommit } = this.#deps;
    if (after === null) {
      violate(`P7 a transfer was deleted: ${String(before?.id)}`);
      return;
    }
    const id = after.id as string;
    const state = after.state as string;
    this.#touched.add(id);
    let known = this.transfers.get(id);
    if (known === undefined) {
      known = { row: after, history: new Set(), debits: new Set(), credits: new Set() };
      this.transfers.set(id, known);
    }
    if (before === null) {
      if (eachCommit && state !== 'scheduled' && state !== 'debiting')
        violate(`P7 transfer ${id} began as ${state}`);
      this.#moved.add(id);
    } else this.#moves(id, before, after);
    known.row = after;
    known.history.add(state);
    this.#number(id, known.debits, after.debit_rrn);
    this.#number(id, known.credits, after.credit_rrn);
  }

  due(before: Row | null, after: Row | null): void {
    const id = ((after ?? before) as Row).transfer_id as string;
    if (after === null) this.dues.delete(id);
    else this.dues.set(id, after);
    this.#touched.add(id);
  }

  /** Something that belongs to a transfer has changed. True when there is such a transfer. */
  touch(id: string): boolean {
    if (!this.transfers.has(id)) return false;
    this.#touched.add(id);
    return true;
  }

  /** @param told ids of what events were stored about */
  settle(told: ReadonlySet<string>): void {
    const { issuers, violate, eachCommit } = this.#deps;
    for (const issuer of issuers) {
      for (const rrn of issuer.takeLegs()) {
        const id = this.#byRrn.get(rrn);
        if (id === undefined) violate(`P2 bank ${issuer.id} has a leg ${rrn} that the network does not know`);
        else this.#touched.add(id);
      }
    }
    if (eachCommit) {
      for (const id of this.#moved) if (!told.has(id)) violate(`L7 transfer ${id} changed without an event`);
    }
    this.#moved.clear();
    for (const id of this.#touched) this.judge(id);
    this.#touched.clear();
  }

  #moves(id: string, before: Row, after: Row): void {
    const { violate, eachCommit } = this.#deps;
    const [from, to] = [before.state as string, after.state as string];
    if (from !== to) {
      this.#moved.add(id);
      const legal = eachCommit ? transitions[from]?.includes(to) : leadsTo(from, to);
      if (!legal) violate(`P7 transfer ${id} went from ${from} to ${to}`);
    }
    for (const name of fixed)
      if (before[name] !== after[name]) violate(`P7 ${name} of transfer ${id} changed`);
    if ((after.version as number) < (before.version as number))
      violate(`P7 the version of transfer ${id} went back`);
  }

  #number(id: string, numbers: Set<string>, rrn: unknown): void {
    if (rrn === null) return;
    numbers.add(rrn as string);
    const owner = this.#byRrn.get(rrn as string) ?? id;
    if (owner !== id) this.#deps.violate(`P5 the number ${String(rrn)} names two transfers`);
    this.#byRrn.set(rrn as string, id);
  }

  /** What a transfer, its messages, its entry and its legs at both banks must be to one another. */
  judge(id: string): void {
    const known = this.transfers.get(id);
    const { violate } = this.#deps;
    if (known === undefined) {
      violate(`P1 something belongs to transfer ${id}, which is not there`);
      return;
    }
    const state = known.row.state as string;
    if (waiting.includes(state) !== this.dues.has(id))
      violate(`P1 transfer ${id} is ${state}, ${this.dues.has(id) ? 'and' : 'and not'} to be looked at`);
    if (known.debits.size > 1 || known.credits.size > 1) violate(`C a leg of transfer ${id} was sent anew`);
    this.#judgeReturn(id, state);
    this.#judgeEntry(id, known.row, state);
    this.#judgeLegs(id, known, state);
  }

  #judgeReturn(id: string, state: string): void {
    const { violate } = this.#deps;
    const own = this.#deps.messagesOf(id).filter((f) => f.kind === 'reversal_advice');
    const done = own.filter((f) => f.acknowledged_at !== null && f.outcome === 'accepted').length;
    if (!backwards.includes(state)) {
      if (own.length > 0) violate(`P3 transfer ${id} is ${state} and its debit leg is reversed`);
    } else if (own.length !== 1)
      violate(`P3 transfer ${id} is ${state} and ${own.length} messages return it`);
    else if ((state === 'returned') !== (done === 1))
      violate(`P3 transfer ${id} is ${state}, and its bank has acknowledged ${done} returns`);
  }

  #judgeEntry(id: string, row: Row, state: string): void {
    const { network, ground, violate } = this.#deps;
    const entry = network.transfers.get(id);
    const crosses = row.payer_member !== row.payee_member;
    if (state !== 'completed' || !crosses) {
      if (entry !== undefined) violate(`L7 transfer ${id} is ${state} and booked`);
      return;
    }
    const right =
      entry !== undefined &&
      entry.amount === row.amount &&
      entry.debit_account_id === ground.positions.get(row.payer_member as string) &&
      entry.credit_account_id === ground.positions.get(row.payee_member as string);
    if (!right) violate(`L7 transfer ${id} is completed and not booked as it is`);
  }

  #judgeLegs(id: string, { row, debits, credits }: WatchedTransfer, state: string): void {
    const { violate, ground } = this.#deps;
    const taken = this.#postedAt(row.payer_member, debits, 'transfer_out');
    const given = this.#postedAt(row.payee_member, credits, 'transfer_in');
    for (const o of [...taken, ...given])
      if (o.posted !== row.amount) violate(`P2 a bank moved ${String(o.posted)} for transfer ${id}`);
    if (taken.length > 1) violate(`P4 transfer ${id} was taken ${taken.length} times`);
    if (given.length > 1) violate(`P4 transfer ${id} was given ${given.length} times`);
    if (given.length > 0 && !forwards.includes(state))
      violate(`P4 transfer ${id} was given, and is ${state}: both would have the money`);
    if (given.length > 0 && taken.length === 0) violate(`P4 transfer ${id} was given and not taken`);
    const holds = forwards.includes(state)
      ? 1
      : ['debiting', 'unknown', 'returning'].includes(state)
        ? null
        : 0;
    if (holds !== null && taken.length !== holds)
      violate(`P2 transfer ${id} is ${state}, and its bank has taken it ${taken.length} times`);
    if (state === 'completed' && given.length !== 1) violate(`P2 transfer ${id} is completed and not given`);
    const account = ground.accounts.get(row.payee_pan as string);
    for (const o of given)
      if (account !== undefined && o.account_id !== account)
        violate(`P2 transfer ${id} went to another account`);
  }

  /** What stands at a bank of the legs sent under these numbers. */
  #postedAt(member: unknown, rrns: ReadonlySet<string>, kind: string): Row[] {
    const bank = this.#deps.ground.banks.get(member as string);
    const issuer = bank === undefined ? undefined : this.#deps.issuers[bank];
    const found: Row[] = [];
    for (const rrn of rrns) {
      const operation = issuer?.byRrn(rrn, [kind]);
      if (operation?.state === 'posted') found.push(operation);
    }
    return found;
  }
}

/** True for a transfer that has come to its end. */
export const hasEnded = (state: unknown): boolean =>
  ['completed', 'declined', 'returned', 'cancelled'].includes(state as string);

function leadsTo(from: string, to: string): boolean {
  return from === to || (transitions[from] ?? []).some((next) => leadsTo(next, to));
}
