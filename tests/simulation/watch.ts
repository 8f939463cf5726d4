import { Books } from './books.ts';
import { IssuerRows } from './issuerRows.ts';
import { type TransferGround, TransferWatch } from './watchTransfers.ts';

type Row = Record<string, unknown>;

/** One committed change of one row. */
export interface Change {
  table: string;
  before: Row | null;
  after: Row | null;
}

/** The transitions of a payment, written down again for the auditor's sake (docs/states.md). */
const transitions: Record<string, readonly string[]> = {
  created: ['processing', 'cancelled', 'expired'],
  processing: ['authorised', 'captured', 'declined', 'unknown'],
  authorised: ['captured', 'cancelled', 'expired'],
  captured: ['partially_refunded', 'refunded'],
  declined: ['processing', 'cancelled', 'expired'],
  unknown: ['reversed'],
  partially_refunded: ['partially_refunded', 'refunded'],
  cancelled: [],
  expired: [],
  reversed: [],
  refunded: [],
};
/** Tables of the network's ledger and the banks', and what the banks did. */
const ledgerTable = /^(bank_[a-z]+_)?ledger\./;
const operationTable = /^bank_[a-z]+_authorisation\.operation$/;
/** States in which the network has money of the issuer, or a hold. */
export const taken = ['captured', 'partially_refunded', 'refunded'];

export interface WatchedPayment {
  row: Row;
  /** Every state it has been in. */
  history: Set<string>;
  /** References under which it was sent to banks. */
  rrns: Set<string>;
}

/**
 * Watches what is committed, and says what must never be. It sees rows alone and shares no code with what writes
 * them. With the memory engine it sees each commit; with PGlite what several commits have come to.
 */
export class Watch {
  readonly payments = new Map<string, WatchedPayment>();
  readonly paymentByRrn = new Map<string, string>();
  readonly refunds = new Map<string, Row>();
  readonly forwards = new Map<string, Row>();
  readonly events: { position: bigint; id: string; objectId: string; type: string; atStep: number }[] = [];
  readonly network: Books;
  readonly issuers: IssuerRows[];
  readonly transfers: TransferWatch;
  readonly violations: string[] = [];
  /** One commit at a time, or what several came to. */
  readonly eachCommit: boolean;
  readonly #dues = new Map<string, Map<string, number>>();
  /** Stored messages by what they belong to, and refunds by their payment. */
  readonly #messages = new Map<string, Map<string, Row>>();
  readonly #refundsOf = new Map<string, Map<string, Row>>();
  readonly #usedCodes = new Map<string, string>();
  readonly #paidByCode = new Set<string>();
  readonly #step: () => number;
  readonly #judges: Record<string, (before: Row | null, after: Row | null) => void> = {
    'payments.payment': (before, after) => this.#payment(before, after),
    'payments.refund': (before, after) => this.#refund(before, after),
    'payments.due': (before, after) => this.#due(before, after),
    'transfers.transfer': (before, after) => this.transfers.transfer(before, after),
    'transfers.due': (before, after) => this.transfers.due(before, after),
    'links.forward': (before, after) => this.#forward(before, after),
    'outbox.event': (before, after) => this.#event(before, after),
    'idempotency.key': (before, after) => this.#key(before, after),
    'wallets.used_pay_code': (before, after) => this.#usedCode(before, after),
  };
  #touched = new Set<string>();
  #moved = new Set<string>();
  #told = new Set<string>();

  /** @param options.base the city as it stood before anybody paid */
  constructor(options: {
    banks: readonly string[];
    transfers: TransferGround;
    eachCommit: boolean;
    step: () => number;
    base?: Watch;
  }) {
    this.eachCommit = options.eachCommit;
    this.#step = options.step;
    this.network = new Books('network ledger', (what) => this.violate(what), options.base?.network);
    this.issuers = options.banks.map(
      (id, i) => new IssuerRows(id, (what) => this.violate(what), options.base?.issuers[i]),
    );
    this.transfers = new TransferWatch({
      ground: options.transfers,
      network: this.network,
      issuers: this.issuers,
      messagesOf: (id) => [...(this.#messages.get(id)?.values() ?? [])],
      eachCommit: options.eachCommit,
      violate: (what) => this.violate(what),
    });
  }

  /** True for a table whose changes it looks at. */
  reads(table: string): boolean {
    return table in this.#judges || ledgerTable.test(table) || operationTable.test(table);
  }

  violate(what: string): void {
    this.violations.push(what);
  }

  /** Takes changes and judges what they have come to. */
  saw(changes: readonly Change[]): void {
    for (const { table, before, after } of changes) this.#change(table, before, after);
    for (const group of this.network.settle()) this.#touched.add(group);
    for (const issuer of this.issuers) issuer.settle();
    for (const id of this.#touched) if (!this.transfers.touch(id)) this.#judgePayment(id);
    this.transfers.settle(this.#told);
    if (this.eachCommit) {
      for (const id of this.#moved)
        if (!this.#told.has(id)) this.violate(`L7 payment ${id} changed without an event`);
    }
    this.#touched = new Set();
    this.#moved = new Set();
    this.#told = new Set();
  }

  #change(table: string, before: Row | null, after: Row | null): void {
    const [schema, name] = table.split('.') as [string, string];
    if (schema === 'ledger') {
      this.network.change(name, before, after);
      return;
    }
    if (schema.startsWith('bank_')) {
      for (const issuer of this.issuers) issuer.change(schema, name, before, after);
      return;
    }
    this.#judges[table]?.(before, after);
  }

  #payment(before: Row | null, after: Row | null): void {
    if (after === null) {
      this.violate(`P7 a payment was deleted: ${String(before?.id)}`);
      return;
    }
    const id = after.id as string;
    this.#touched.add(id);
    const known = this.payments.get(id) ?? {
      row: after,
      history: new Set<string>(),
      rrns: new Set<string>(),
    };
    const state = after.state as string;
    if (before === null) {
      if (this.eachCommit && state !== 'created') this.violate(`P7 payment ${id} began as ${state}`);
      this.#moved.add(id);
    } else {
      this.#moves(id, before, after);
    }
    known.row = after;
    known.history.add(state);
    if (after.rrn !== null) {
      known.rrns.add(after.rrn as string);
      this.paymentByRrn.set(after.rrn as string, id);
    }
    this.payments.set(id, known);
  }

  #moves(id: string, before: Row, after: Row): void {
    const from = before.state as string;
    const to = after.state as string;
    if (from !== to || before.refund_reserved !== after.refund_reserved) this.#moved.add(id);
    const legal = this.eachCommit ? transitions[from]?.includes(to) : leadsTo(from, to);
    if (from !== to && !legal) this.violate(`P7 payment ${id} went from ${from} to ${to}`);
    for (const fixed of ['amount', 'merchant_id', 'currency', 'payable_account']) {
      if (before[fixed] !== after[fixed]) this.violate(`P7 ${fixed} of payment ${id} changed`);
    }
    if (((after.version as number | undefined) ?? 1) < ((before.version as number | undefined) ?? 0)) {
      this.violate(`P7 the version of payment ${id} went back`);
    }
  }

  #refund(before: Row | null, after: Row | null): void {
    const row = after ?? (before as Row);
    if (after === null) this.violate(`P7 a refund was deleted: ${String(row.id)}`);
    else {
      this.refunds.set(after.id as string, after);
      inGroup(this.#refundsOf, after.payment_id as string).set(after.id as string, after);
    }
    if (before !== null && before.state !== 'pending' && before.state !== after?.state) {
      this.violate(
        `P7 refund ${String(row.id)} went from ${String(before.state)} to ${String(after?.state)}`,
      );
    }
    this.#touched.add(row.payment_id as string);
  }

  #due(before: Row | null, after: Row | null): void {
    for (const [row, by] of [
      [before, -1],
      [after, 1],
    ] as const) {
      if (row === null) continue;
      const payment = row.payment_id as string;
      const all = this.#dues.get(payment) ?? new Map<string, number>();
      const at = (row.at as Date).toISOString();
      const count = (all.get(at) ?? 0) + by;
      if (count === 0) all.delete(at);
      else all.set(at, count);
      this.#dues.set(payment, all);
      this.#touched.add(payment);
    }
  }

  #forward(before: Row | null, after: Row | null): void {
    const row = after ?? (before as Row);
    const id = row.id as string;
    if (after === null) {
      this.violate(`P3 a stored message was deleted: ${id}`);
      this.forwards.delete(id);
      this.#messages.get(row.group_id as string)?.delete(id);
      return;
    }
    if (before !== null) {
      if (before.acknowledged_at !== null && after.acknowledged_at === null) {
        this.violate(`P3 message ${id} is no longer answered`);
      }
      if (JSON.stringify(before.payload) !== JSON.stringify(after.payload)) {
        this.violate(`C message ${id} is repeated with other content`);
      }
    }
    this.forwards.set(id, after);
    inGroup(this.#messages, row.group_id as string).set(id, after);
    this.#touched.add(row.group_id as string);
  }

  #event(before: Row | null, after: Row | null): void {
    if (after === null || before !== null) {
      this.violate('W1 an event was changed or removed');
      return;
    }
    this.#told.add(after.object_id as string);
    this.events.push({
      position: after.position as bigint,
      id: after.id as string,
      objectId: after.object_id as string,
      type: after.type as string,
      atStep: this.#step(),
    });
  }

  #key(before: Row | null, after: Row | null): void {
    if (before === null || after === null) return;
    if (before.fingerprint !== after.fingerprint) this.violate('B a key was given to another request');
    if (before.status !== null && (before.status !== after.status || before.answer !== after.answer)) {
      this.violate(
        `B the saved answer of a key changed from ${String(before.answer)} to ${String(after.answer)}`,
      );
    }
  }

  #usedCode(before: Row | null, after: Row | null): void {
    if (after === null || before !== null) return;
    const code = `${String(after.device_id)} ${String(after.step)} ${String(after.slot)}`;
    if (this.#usedCodes.has(code)) this.violate(`I pay code ${code} was used twice`);
    this.#usedCodes.set(code, after.payment_id as string);
    this.#paidByCode.add(after.payment_id as string);
  }

  /** What a payment, its refunds, its messages and its entries must be to one another. */
  #judgePayment(id: string): void {
    const payment = this.payments.get(id);
    if (payment === undefined) {
      this.violate(`L7 something belongs to payment ${id}, which is not there`);
      return;
    }
    const p = payment.row;
    const amount = (name: string) => p[name] as bigint;
    if (amount('captured_amount') > amount('authorised_amount'))
      this.violate(`P6 payment ${id} captured too much`);
    if (amount('refunded_amount') > amount('captured_amount'))
      this.violate(`P6 payment ${id} refunded too much`);
    if (p.entry === 'pay_code' && (p.attempts as number) > 0 && !this.#paidByCode.has(id)) {
      this.violate(`I payment ${id} was paid by a code that it has not used up`);
    }
    this.#judgeDue(id, p);
    this.#judgeMessages(id, p);
    const refunds = [...(this.#refundsOf.get(id)?.values() ?? [])];
    const sum = (state: string) =>
      refunds.filter((r) => r.state === state).reduce((total, r) => total + (r.amount as bigint), 0n);
    if (sum('succeeded') !== amount('refunded_amount'))
      this.violate(`P6 payment ${id} and its refunds disagree`);
    if (sum('pending') !== amount('refund_reserved') - amount('refunded_amount')) {
      this.violate(`P6 what payment ${id} reserves is not what its refunds need`);
    }
    this.#judgeEntries(id, p, sum('succeeded'), sum('pending'));
  }

  #judgeDue(id: string, p: Row): void {
    const due = [...(this.#dues.get(id)?.keys() ?? [])];
    const wanted = p.due_at === null ? [] : [(p.due_at as Date).toISOString()];
    if (due.join() !== wanted.join())
      this.violate(`P1 payment ${id} is due at ${wanted.join()}, listed ${due.join()}`);
  }

  #judgeMessages(id: string, p: Row): void {
    const own = [...(this.#messages.get(id)?.values() ?? [])];
    const live = (kind: string) => own.filter((f) => f.kind === kind && f.acknowledged_at === null);
    const state = p.state as string;
    if (state === 'unknown' && live('reversal_advice').length === 0) {
      this.violate(`P3 payment ${id} is unknown and nothing reverses it`);
    }
    for (const refund of this.#refundsOf.get(id)?.values() ?? []) {
      if (refund.state !== 'pending') continue;
      if (!live('refund_advice').some((f) => f.id === refund.id)) {
        this.violate(`P3 refund ${String(refund.id)} is pending and nobody tells the bank`);
      }
    }
    const held = (p.authorised_amount as bigint) > 0n && p.capture === 'manual';
    const kind = taken.includes(state) ? 'completion_advice' : 'reversal_advice';
    if (held && state !== 'authorised' && !own.some((f) => f.kind === kind)) {
      this.violate(`P3 payment ${id} is ${state} and no ${kind} tells the bank`);
    }
  }

  #judgeEntries(id: string, p: Row, refunded: bigint, refunding: bigint): void {
    const group = this.network.groups.get(id);
    const none = { posted: 0n, held: 0n };
    const payable = p.payable_account as string;
    const back = group?.get(payable) ?? none;
    const sales = [...(group ?? [])].filter(([debit]) => debit !== payable).map(([, sum]) => sum);
    const sold = sales.reduce((total, s) => total + s.posted, 0n);
    const held = sales.reduce((total, s) => total + s.held, 0n);
    if (sold !== p.captured_amount)
      this.violate(`L7 payment ${id} captured ${String(p.captured_amount)}, booked ${sold}`);
    const holds = p.state === 'authorised' ? (p.authorised_amount as bigint) : 0n;
    if (held !== holds) this.violate(`L7 payment ${id} holds ${holds}, booked ${held}`);
    if (back.posted !== refunded)
      this.violate(`L7 payment ${id} refunded ${refunded}, booked ${back.posted}`);
    if (back.held !== refunding)
      this.violate(`L7 payment ${id} is refunding ${refunding}, booked ${back.held}`);
  }
}

function inGroup(groups: Map<string, Map<string, Row>>, id: string): Map<string, Row> {
  let group = groups.get(id);
  if (group === undefined) {
    group = new Map();
    groups.set(id, group);
  }
  return group;
}

function leadsTo(from: string, to: string, seen = new Set<string>()): boolean {
  if (from === to) return true;
  seen.add(from);
  return (transitions[from] ?? []).some((next) => !seen.has(next) && leadsTo(next, to, seen));
}
