import type { ErrorCode } from '@feiqian/contract';
import type { Tx } from '@feiqian/db';
import type { RequestKey } from '@feiqian/http';
import {
  type Claim,
  type ClaimResult,
  claimKeys,
  releaseKeys,
  type SavedAnswer,
  saveAnswers,
} from '@feiqian/idempotency';
import type { TransferInput } from '@feiqian/ledger';
import { type Exchange, enqueueForwards, type NewForward, recordExchanges } from '@feiqian/links';
import type { Merchant } from '@feiqian/merchants';
import type { NewEvent } from '@feiqian/outbox';
import type { TokenWithCard } from '@feiqian/tokens';
import type { PaymentsDeps } from './deps.ts';
import { reversalOf } from './message.ts';
import { type BankOutcome, begin, complete, type Payment } from './payment.ts';
import { hold, purchase } from './postings.ts';
import type { Recent } from './recent.ts';
import * as store from './store/payments.ts';
import { paymentEvent, paymentView } from './view.ts';

/**
 * The hot path: three commands, decided in groups. A purchase is create, begin (the state "sent" is stored),
 * the bank leg outside any transaction, complete.
 */
export type Command = (CreateCommand | BeginCommand | CompleteCommand) & Again;
interface Again {
  /** The database was lost during the commit of the first try: whether that was stored is read back. */
  again?: boolean;
}

export interface CreateCommand {
  kind: 'create';
  key: RequestKey;
  payment: Payment;
  /** The answer, saved with the claim of the key. */
  body: string;
}
export interface BeginCommand {
  kind: 'begin';
  key: RequestKey;
  paymentId: string;
  by: { userId: string; deviceId: string; merchantId: string | null };
  tokenId: string;
  /** The pay code to use up, when the payer showed one. */
  payCode: { step: number; slot: number } | null;
  reference: { stan: string; rrn: string };
  /** Of a signed request: used up in the group's commit, so that the request acts once. */
  nonce: string | null;
  /** The largest amount for which the payer has shown enough, minor units. */
  verifiedUpTo: bigint;
}
export interface CompleteCommand {
  kind: 'complete';
  key: RequestKey | null;
  paymentId: string;
  rrn: string;
  outcome: BankOutcome;
  exchange: Exchange | null;
  merchant: Merchant;
}

export type Outcome =
  | { kind: 'created'; body: string }
  | { kind: 'send'; payment: Payment; card: TokenWithCard }
  | { kind: 'completed'; payment: Payment; body: string; forwarded: boolean }
  | { kind: 'answered'; status: number; body: string }
  | { kind: 'refused'; code: ErrorCode }
  | { kind: 'in_flight' }
  | { kind: 'mismatch' };

/** Everything one group writes, gathered while its commands are decided. */
class Group {
  readonly inserts: Payment[] = [];
  readonly changed = new Map<string, store.Change>();
  readonly transfers: TransferInput[] = [];
  readonly forwards: NewForward[] = [];
  readonly exchanges: (Exchange & { groupId: string })[] = [];
  readonly events: NewEvent[] = [];
  readonly answers: SavedAnswer[] = [];
  readonly released: { id: string }[] = [];
  /** Payments on which something was refused: the next try looks at them anew. */
  readonly refused: string[] = [];
  readonly usedCodes: { deviceId: string; step: number; slot: number; paymentId: string }[] = [];

  change(before: Payment, after: Payment, type: string): void {
    this.changed.set(after.id, { before: this.changed.get(after.id)?.before ?? before, after });
    this.event(after, type);
  }

  event(p: Payment, type: string, extra: Record<string, unknown> = {}, userId = p.userId): void {
    this.events.push(paymentEvent(p, type, extra, userId));
  }
}

interface Loaded {
  claims: ClaimResult[];
  payments: Map<string, Payment>;
  cards: Map<string, TokenWithCard>;
  /** Nonces that nobody had used before this group. */
  nonces: Set<string>;
}

/**
 * Runs one group: load, decide, write. One outcome for each command, in order. Payments that this process changed last
 * are not read again: what is decided on them is stored only if nobody else has changed them since. Where somebody has,
 * nothing of the group is stored, and it is decided anew on payments that are read and locked.
 */
export async function runGroup(
  deps: PaymentsDeps,
  recent: Recent,
  commands: readonly Command[],
): Promise<Outcome[]> {
  const known = recent.of(commands);
  let outcomes: Outcome[];
  try {
    outcomes = await runOnce(deps, recent, known, commands);
  } catch (error) {
    if (!(error instanceof ChangedElsewhere)) throw error;
    outcomes = await runOnce(deps, recent, new Map(), commands);
  }
  deps.outbox.wake();
  if (outcomes.some((o) => o.kind === 'completed' && o.forwarded)) deps.kickForwarder();
  return outcomes;
}

/** A payment was changed by somebody else after it was read here. */
class ChangedElsewhere extends Error {
  override name = 'ChangedElsewhere';
}

async function runOnce(
  deps: PaymentsDeps,
  recent: Recent,
  known: Map<string, Payment>,
  commands: readonly Command[],
): Promise<Outcome[]> {
  const group = new Group();
  try {
    const outcomes = await deps.db.transaction(async (tx) => {
      const nowMs = deps.clock.now();
      const loaded = await load(deps, tx, known, commands, nowMs);
      const decided = commands.map((command, i) => decide(deps, group, loaded, command, i, nowMs));
      const fresh = await deps.wallets.usePayCodes(tx, group.usedCodes);
      const final = decided.map((d) => d(fresh));
      const standing = await write(deps, tx, group, nowMs);
      return standing.size === 0
        ? final
        : final.map((o, i) => asAnswered(o, commands[i] as Command, standing));
    });
    for (const payment of group.inserts) recent.keep(payment);
    for (const id of group.refused) recent.forget(id);
    for (const { after } of group.changed.values()) recent.keep(after);
    return outcomes;
  } catch (error) {
    // What became of the group is not always known (the connection may have broken during the commit).
    for (const id of group.changed.keys()) recent.forget(id);
    throw error;
  }
}

/** Whoever was late answers what another has answered under the same key. */
function asAnswered(outcome: Outcome, { key }: Command, standing: ReadonlyMap<string, SavedAnswer>): Outcome {
  const saved = key === null ? undefined : standing.get(key.id);
  const answers = outcome.kind === 'completed' || outcome.kind === 'answered';
  return saved !== undefined && answers ? { ...outcome, body: saved.body } : outcome;
}

async function load(
  deps: PaymentsDeps,
  tx: Tx,
  known: Map<string, Payment>,
  commands: readonly Command[],
  nowMs: number,
): Promise<Loaded> {
  const claims: Claim[] = [];
  const lockIds = new Set<string>();
  const tokenIds = new Set<string>();
  const nonces: string[] = [];
  for (const c of commands) {
    if (c.kind === 'create') {
      claims.push({ ...c.key, objectId: c.payment.id, answer: { status: 201, body: c.body } });
    } else if (c.kind === 'begin') {
      claims.push({ ...c.key, objectId: c.paymentId, answer: null });
      lockIds.add(c.paymentId);
      tokenIds.add(c.tokenId);
      if (c.nonce !== null) nonces.push(c.nonce);
    } else lockIds.add(c.paymentId);
  }
  for (const id of known.keys()) lockIds.delete(id);
  // In this order: whoever waits for a key sees what the first try has made of the payment.
  const [fresh, claimed, locked, cards] = await Promise.all([
    deps.signing.use(tx, nonces),
    claimKeys(tx, claims, nowMs),
    store.lockPayments(tx, [...lockIds]),
    deps.tokens.withCards(tx, [...tokenIds]),
  ]);
  const payments = new Map([...known, ...locked]);
  let next = 0;
  const perCommand = commands.map((c): ClaimResult => {
    if (c.kind === 'complete') return { kind: 'claimed' };
    next += 1;
    return claimed[next - 1] as ClaimResult;
  });
  return { claims: perCommand, payments, cards, nonces: fresh };
}

type Deferred = (fresh: Set<string>) => Outcome;

function decide(
  deps: PaymentsDeps,
  group: Group,
  loaded: Loaded,
  command: Command,
  index: number,
  nowMs: number,
): Deferred {
  const claim = loaded.claims[index] as ClaimResult;
  if (command.kind === 'begin' && isReplay(loaded, command)) {
    if (claim.kind === 'claimed') group.released.push({ id: command.key.id });
    return () => ({ kind: 'refused', code: 'nonce_used' });
  }
  if (claim.kind === 'answered') return () => ({ kind: 'answered', status: claim.status, body: claim.body });
  const stored = command.kind === 'begin' && command.again === true && storedBefore(loaded, command);
  if (stored) return () => stored;
  if (claim.kind === 'in_flight' || claim.kind === 'mismatch') return () => ({ kind: claim.kind });
  switch (command.kind) {
    case 'create':
      group.inserts.push(command.payment);
      group.event(command.payment, 'payment.created');
      return () => ({ kind: 'created', body: command.body });
    case 'begin':
      return decideBegin(deps, group, loaded, command, claim.kind === 'lease_ended', nowMs);
    case 'complete': {
      const outcome = decideComplete(deps, group, loaded, command, nowMs);
      return () => outcome;
    }
  }
}

/** A signed request that was sent before. Trying a group again after the database was lost is no replay. */
function isReplay({ nonces }: Loaded, c: BeginCommand & Again): boolean {
  return c.nonce !== null && c.again !== true && !nonces.delete(c.nonce);
}

/** The first try of this very command was committed after all: its reference, made once, is on the payment. */
function storedBefore({ payments, cards }: Loaded, c: BeginCommand): Outcome | false {
  const payment = payments.get(c.paymentId);
  const card = cards.get(c.tokenId);
  const ours = payment?.state === 'processing' && payment.rrn === c.reference.rrn;
  return ours && card !== undefined && { kind: 'send', payment, card };
}

function decideBegin(
  deps: PaymentsDeps,
  group: Group,
  loaded: Loaded,
  c: BeginCommand,
  again: boolean,
  nowMs: number,
): Deferred {
  const before = loaded.payments.get(c.paymentId);
  // The first try died after it was sent: its payment's state is the answer, nothing is sent a second time.
  if (again && before !== undefined && before.attempts > 0 && before.userId === c.by.userId) {
    if (before.state === 'processing') return () => ({ kind: 'in_flight' });
    const body = JSON.stringify(paymentView(before, deps.view));
    group.answers.push({ id: c.key.id, status: 200, body });
    return () => ({ kind: 'answered', status: 200, body });
  }
  const card = loaded.cards.get(c.tokenId);
  const payer = card && {
    tokenId: card.id,
    userId: card.userId,
    issuerId: card.issuerId,
    kind: card.kind,
    last4: card.last4,
    usable: card.status === 'active' && card.deviceId === c.by.deviceId,
  };
  const decision = begin(before, payer, c.by, c.reference, nowMs);
  const refuse = (code: ErrorCode): Deferred => {
    group.released.push({ id: c.key.id });
    group.refused.push(c.paymentId);
    return () => ({ kind: 'refused', code });
  };
  if (!decision.ok) return refuse(decision.code);
  if (decision.payment.amount > c.verifiedUpTo) {
    if (c.by.merchantId === null) return refuse('verification_required');
    // A code says that its payer is there, not that the payer knows of so much: the phone asks.
    group.event(before as Payment, 'payment.confirmation_asked', {}, c.by.userId);
    return refuse('payer_must_confirm');
  }
  const { payment } = decision;
  loaded.payments.set(payment.id, payment);
  const send = (): Outcome => ({ kind: 'send', payment, card: card as TokenWithCard });
  if (c.payCode === null) {
    group.change(before as Payment, payment, 'payment.processing');
    return send;
  }
  const used = { deviceId: c.by.deviceId, ...c.payCode, paymentId: payment.id };
  group.usedCodes.push(used);
  return (fresh) => {
    if (fresh.has(`${used.deviceId} ${used.step} ${used.slot} ${used.paymentId}`)) {
      group.change(before as Payment, payment, 'payment.processing');
      return send();
    }
    if (before !== undefined) loaded.payments.set(payment.id, before);
    group.released.push({ id: c.key.id });
    return { kind: 'refused', code: 'pay_code_used' };
  };
}

/**
 * The first try of this very command was committed after all, with everything that belongs to it: the payment waits no
 * longer, and it was not the sweeper who has taken it for unknown meanwhile.
 */
function completedBefore(p: Payment, c: CompleteCommand): boolean {
  if (p.state === 'processing' && p.rrn === c.rrn) return false;
  const swept = p.rrn === c.rrn && (p.state === 'unknown' || p.state === 'reversed');
  return !swept || c.outcome.kind === 'unknown';
}

function decideComplete(
  deps: PaymentsDeps,
  group: Group,
  loaded: Loaded,
  c: CompleteCommand & Again,
  nowMs: number,
): Outcome {
  const before = loaded.payments.get(c.paymentId);
  if (before === undefined) throw new Error(`payment ${c.paymentId} is missing`);
  if (c.again === true && completedBefore(before, c)) {
    const body = JSON.stringify(paymentView(before, deps.view));
    if (c.key !== null) group.answers.push({ id: c.key.id, status: 200, body });
    return { kind: 'completed', payment: before, body, forwarded: false };
  }
  if (c.exchange !== null) group.exchanges.push({ ...c.exchange, groupId: before.id });
  const decision = complete(before, c.rrn, c.outcome, nowMs);
  let after = before;
  if (decision.kind === 'late') {
    group.event(before, 'payment.late_answer', { answer: c.outcome.kind, answer_rrn: c.rrn });
  } else {
    after = decision.payment;
    loaded.payments.set(after.id, after);
    group.change(before, after, `payment.${after.state}`);
    const books = deps.booksOf(after);
    if (decision.kind === 'reverse') {
      const numbered = { id: deps.ids.uuid(), ...deps.references.next(), atMs: nowMs };
      group.forwards.push(reversalOf(after, c.merchant, deps.acquirerCode, numbered));
    } else if (decision.book === 'purchase') group.transfers.push(purchase(after, books));
    else if (decision.book === 'hold') group.transfers.push(hold(after, books));
  }
  const body = JSON.stringify(paymentView(after, deps.view));
  if (c.key !== null) group.answers.push({ id: c.key.id, status: 200, body });
  return { kind: 'completed', payment: after, body, forwarded: decision.kind === 'reverse' };
}

/** Stores what the group has come to; gives the answers that were saved before it. */
async function write(
  deps: PaymentsDeps,
  tx: Tx,
  group: Group,
  nowMs: number,
): Promise<ReadonlyMap<string, SavedAnswer>> {
  // All travel together; the ledger comes last, so that its accounts are locked briefly.
  const changes = [...group.changed.values()];
  const [updated, standing] = await Promise.all([
    store.updatePayments(tx, changes),
    saveAnswers(tx, group.answers),
    store.insertPayments(tx, group.inserts),
    group.exchanges.length > 0 ? recordExchanges(tx, group.exchanges) : undefined,
    group.forwards.length > 0 ? enqueueForwards(tx, group.forwards) : undefined,
    deps.outbox.publish(tx, group.events),
    releaseKeys(tx, group.released),
    post(deps, tx, group.transfers, nowMs),
  ]);
  if (updated !== changes.length) throw new ChangedElsewhere('a payment was changed by somebody else');
  return standing;
}

/** Books transfers; anything but "created" is a bug here and rolls the group back. */
export async function post(
  deps: PaymentsDeps,
  tx: Tx,
  transfers: readonly TransferInput[],
  nowMs: number,
): Promise<void> {
  if (transfers.length === 0) return;
  const results = await deps.ledger.createTransfers(tx, transfers, nowMs, { fresh: true });
  const bad = results.findIndex((r) => r !== 'created');
  if (bad >= 0)
    throw Object.assign(new Error(`ledger: ${results[bad]} for ${transfers[bad]?.id}`), { code: 'FQL01' });
}
