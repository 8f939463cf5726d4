import type { CreatePayment, Entry, ErrorCode } from '@feiqian/contract';
import { type Answer, ProblemError, type RequestKey, refuseClaim } from '@feiqian/http';
import { findKey } from '@feiqian/idempotency';
import type { IssuerAnswer } from '@feiqian/links';
import type { Merchant, Till } from '@feiqian/merchants';
import { createPipeline } from '@feiqian/pipeline';
import type { TokenWithCard } from '@feiqian/tokens';
import { type Command, type Outcome, runGroup } from './authorise.ts';
import { merchantOf, type PaymentsDeps, refusal } from './deps.ts';
import { insist } from './insist.ts';
import { issuerRequest, outcomeOf } from './message.ts';
import { createOperations } from './operations.ts';
import type { BankOutcome, Payment } from './payment.ts';
import { createRecent } from './recent.ts';
import * as store from './store/payments.ts';
import { paymentView } from './view.ts';

/** Who takes a payment. */
export interface Taker {
  merchantId: string;
  terminal: string;
}
export interface Payer {
  userId: string;
  deviceId: string;
}

/** What came with a payer's request. */
export interface Shown {
  /** Of the signed request; null for payments that come from no request. */
  nonce: string | null;
  /** The largest amount that the payer has verified, or need not, minor units. */
  verifiedUpTo: bigint;
}

const defaultExpirySeconds = 15 * 60;
/** Terminal of payments that no till made (ISO 8583 field 41). */
export const onlineTerminal = 'ONLINE01';
const sweepMax = 200;
/** Groups under way at once: while one waits for its commit the next is loaded and decided. */
const lanes = 2;

/** How long what a caller asks for is tried to be stored while the database is being lost and found again. */
const storeMsMax = 5_000;
/** How long a call takes at the most after the bank was asked; its callers wait longer. */
const callMsMax = 12_000;

export type Payments = ReturnType<typeof createPayments>;

/** Payments: created by a merchant, paid by a person, answered by a bank. */
export function createPayments(deps: PaymentsDeps) {
  const { clock } = deps;
  const hot = { ...deps, db: deps.hotDb };
  const recent = createRecent();
  const pipeline = createPipeline<Command, Outcome>({
    name: 'payments',
    lanes,
    run: (group) => runGroup(hot, recent, group),
  });
  const submit = (command: Command, untilMs: number): Promise<Outcome> =>
    insist((again) => pipeline.submit(again ? { ...command, again } : command), clock.now, untilMs);

  /** Creates a payment at one of the taker's stores. */
  async function create(
    taker: Taker,
    input: CreatePayment & { storeId: string },
    key: RequestKey,
  ): Promise<Answer> {
    const till = await deps.merchants.till(input.storeId);
    if (till === null || till.merchant.id !== taker.merchantId) return refuse(key, 'store_unknown');
    const refused = refuseAt(till, input.currency);
    if (refused !== null) return refuse(key, refused);
    const payment = newPayment(deps, till, {
      amount: input.amount,
      currency: input.currency,
      entry: input.entry ?? 'dynamic_code',
      terminal: input.terminal ?? taker.terminal,
      capture: input.capture ?? 'automatic',
      orderReference: input.order_reference ?? null,
      description: input.description ?? null,
      expirySeconds: input.expires_in_seconds ?? defaultExpirySeconds,
      userId: null,
    });
    return submitCreate(payment, key);
  }

  /** A person types the amount at a store's static code: the payment is theirs alone to pay. */
  async function createAtStore(
    payer: Payer,
    input: { storeId: string; amount: number; currency: string; description: string | null },
    key: RequestKey,
  ): Promise<Answer> {
    const till = await deps.merchants.till(input.storeId);
    if (till === null) return refuse(key, 'store_unknown');
    const refused = refuseAt(till, input.currency);
    if (refused !== null) return refuse(key, refused);
    const payment = newPayment(deps, till, {
      amount: input.amount,
      currency: input.currency,
      entry: 'static_code',
      terminal: onlineTerminal,
      capture: 'automatic',
      orderReference: null,
      description: input.description,
      expirySeconds: defaultExpirySeconds,
      userId: payer.userId,
    });
    return submitCreate(payment, key);
  }

  async function submitCreate(payment: Payment, key: RequestKey): Promise<Answer> {
    const body = JSON.stringify(paymentView(payment, deps.view));
    return answerOf(await submit({ kind: 'create', key, payment, body }, clock.now() + storeMsMax), 201);
  }

  /** The payer pays with one of the cards of the device. Waits for the bank. */
  function pay(
    payer: Payer,
    paymentId: string,
    tokenId: string,
    key: RequestKey,
    shown: Shown,
  ): Promise<Answer> {
    const by = { ...payer, merchantId: null };
    return authorise({
      kind: 'begin',
      key,
      paymentId,
      by,
      tokenId,
      payCode: null,
      reference: deps.references.next(),
      ...shown,
    });
  }

  /** The merchant's till takes the payer's one-time code. Waits for the bank. */
  async function collect(
    merchantId: string,
    paymentId: string,
    digits: string,
    key: RequestKey,
  ): Promise<Answer> {
    const resolved = await deps.wallets.resolvePayCode(digits, merchantId);
    if (!resolved.ok) {
      const code = {
        invalid: 'pay_code_invalid',
        expired: 'pay_code_expired',
        throttled: 'too_many_attempts',
      } as const;
      return refuse(key, code[resolved.reason]);
    }
    const { userId, deviceId, cardId, step, slot, freeMax } = resolved.code;
    const payer = { userId, deviceId, freeMax: freeMax === null ? null : Number(freeMax) };
    return authorise({
      kind: 'begin',
      key,
      paymentId,
      by: { userId, deviceId, merchantId },
      tokenId: cardId,
      payCode: { step, slot },
      reference: deps.references.next(),
      nonce: null,
      verifiedUpTo: deps.verification.freeFor(payer, 'pay_code'),
    });
  }

  /**
   * Refuses before the key is claimed. What is refused now may have been accepted the first time (a pay code is
   * too old a minute later, a merchant is suspended): a repeat still gets the first answer.
   */
  async function refuse(key: RequestKey, code: ErrorCode): Promise<Answer> {
    const known = await findKey(deps.db, key, clock.now());
    if (known === null || known.kind === 'lease_ended') throw new ProblemError(code);
    return known.kind === 'answered' ? { status: known.status, body: known.body } : refuseClaim(known);
  }

  /** Stores that the request is under way, asks the issuer outside any transaction, stores what came of it. */
  async function authorise(command: Extract<Command, { kind: 'begin' }>): Promise<Answer> {
    const begun = await submit(command, clock.now() + storeMsMax);
    if (begun.kind !== 'send') return answerOf(begun, 200);
    const { payment, card } = begun;
    const merchant = await merchantOf(deps, payment);
    const answer = await askIssuer(payment, card, merchant);
    const sentAtMs = payment.sentAtMs ?? clock.now();
    const completed = await submit(
      {
        kind: 'complete',
        key: command.key,
        paymentId: payment.id,
        rrn: payment.rrn as string,
        outcome: outcomeOf(answer),
        exchange: answer.kind === 'not_sent' ? null : answer.exchange,
        merchant,
      },
      sentAtMs + callMsMax,
    );
    return answerOf(completed, 200);
  }

  function askIssuer(payment: Payment, card: TokenWithCard, merchant: Merchant): Promise<IssuerAnswer> {
    const data = { pan: card.pan.reveal(), expiry: card.expiry };
    return deps.links.send(card.issuerId, issuerRequest(payment, merchant, deps.acquirerCode, data));
  }

  /** Takes payments whose process died for unknown, and expires what nobody paid. Bounded; returns how many. */
  async function sweep(): Promise<number> {
    const due = await store.duePayments(deps.db, clock.now(), sweepMax);
    await Promise.all(
      due.map((p) =>
        p.state === 'processing'
          ? finish(p, p.rrn as string, { kind: 'unknown' })
          : operations.expireOne(p.id),
      ),
    );
    return due.length;
  }

  async function finish(p: Payment, rrn: string, outcome: BankOutcome): Promise<void> {
    const merchant = await merchantOf(deps, p);
    await pipeline.submit({
      kind: 'complete',
      key: null,
      paymentId: p.id,
      rrn,
      outcome,
      exchange: null,
      merchant,
    });
  }

  const operations = createOperations(deps);
  return {
    create,
    createAtStore,
    pay,
    collect,
    sweep,
    ...operations,
    drain: () => pipeline.drain(),
    pipeline,
  };
}

function answerOf(outcome: Outcome, status: number): Answer {
  switch (outcome.kind) {
    case 'created':
    case 'completed':
      return { status, body: outcome.body };
    case 'answered':
      return { status: outcome.status, body: outcome.body };
    case 'refused':
      throw refusal(outcome.code);
    case 'in_flight':
    case 'mismatch':
      return refuseClaim({ kind: outcome.kind });
    case 'send':
      throw new Error('a payment was sent where none could be');
  }
}

/** Why a store takes no payment in this currency now, or null when it does. */
function refuseAt(till: Till, currency: string): ErrorCode | null {
  if (till.merchant.status !== 'active') return 'merchant_not_active';
  return till.merchant.currency === currency ? null : 'currency_not_supported';
}

function newPayment(
  deps: PaymentsDeps,
  till: Till,
  input: {
    amount: number;
    currency: string;
    entry: Entry;
    terminal: string;
    capture: 'automatic' | 'manual';
    orderReference: string | null;
    description: string | null;
    expirySeconds: number;
    userId: string | null;
  },
): Payment {
  const nowMs = deps.clock.now();
  const expiresAtMs = nowMs + input.expirySeconds * 1000;
  return {
    id: deps.ids.uuid(),
    version: 1,
    merchantId: till.merchant.id,
    storeId: till.store.id,
    payableAccount: till.merchant.payableAccount,
    merchantName: till.merchant.name,
    storeName: till.store.name,
    state: 'created',
    amount: BigInt(input.amount),
    currency: input.currency,
    authorisedAmount: 0n,
    capturedAmount: 0n,
    refundReserved: 0n,
    refundedAmount: 0n,
    capture: input.capture,
    entry: input.entry,
    orderReference: input.orderReference,
    description: input.description,
    terminal: input.terminal,
    userId: input.userId,
    tokenId: null,
    issuerId: null,
    cardKind: null,
    cardLast4: null,
    declineCode: null,
    responseCode: null,
    stan: null,
    rrn: null,
    approvalCode: null,
    attempts: 0,
    sentAtMs: null,
    dueAtMs: expiresAtMs,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    expiresAtMs,
    completedAtMs: null,
  };
}
