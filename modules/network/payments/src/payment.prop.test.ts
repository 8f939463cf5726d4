import type { PaymentState } from '@feiqian/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  authorisationMs,
  type BankOutcome,
  begin,
  cancel,
  capture,
  complete,
  expire,
  outcomeMsMax,
  type PayerCard,
  type Payment,
  type Refund,
  reserveRefund,
  reversed,
  settleRefund,
} from './payment.ts';
import { transitions } from './state.ts';

/*
 * Any sequence of commands, in any order and at any time, against a naive second opinion: a few sums and flags that
 * know nothing of the state machine. What the two say must always agree.
 */

const start = Date.UTC(2026, 0, 5, 1, 0, 0);
const users = ['u1', 'u2'] as const;
const merchants = ['m1', 'm2'] as const;

const cardOf = (userId: string, usable: boolean): PayerCard => ({
  tokenId: `t-${userId}`,
  userId,
  issuerId: `i-${userId}`,
  kind: 'debit',
  last4: '0019',
  usable,
});

function created(
  amount: bigint,
  mode: 'automatic' | 'manual',
  expirySeconds: number,
  userId: string | null,
): Payment {
  return {
    id: 'p1',
    version: 1,
    merchantId: 'm1',
    storeId: 's1',
    payableAccount: 'a1',
    merchantName: 'm',
    storeName: 's',
    state: 'created',
    amount,
    currency: 'CNY',
    authorisedAmount: 0n,
    capturedAmount: 0n,
    refundReserved: 0n,
    refundedAmount: 0n,
    capture: mode,
    entry: userId === null ? 'dynamic_code' : 'static_code',
    orderReference: null,
    description: null,
    terminal: 'ONLINE01',
    userId,
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
    dueAtMs: start + expirySeconds * 1000,
    createdAtMs: start,
    updatedAtMs: start,
    expiresAtMs: start + expirySeconds * 1000,
    completedAtMs: null,
  };
}

/** The second opinion: what a bookkeeper with a slip of paper would know. */
class Slip {
  /** Message the payment waits for; null when for none. */
  waitingFor: string | null = null;
  holds = 0n;
  taken = 0n;
  promisedBack = 0n;
  givenBack = 0n;
  /** Said no, cancelled, expired, or undone: nothing more will come of it. */
  over = false;
  undoing = false;
  payer: string | null;
  open: Refund[] = [];
  n = 0;

  constructor(
    readonly amount: bigint,
    readonly manual: boolean,
    readonly expiresAtMs: number,
    payer: string | null,
  ) {
    this.payer = payer;
  }

  get idle(): boolean {
    return this.waitingFor === null && this.holds === 0n && this.taken === 0n && !this.over && !this.undoing;
  }
}

interface Table {
  real: Payment;
  slip: Slip;
  now: number;
  states: PaymentState[];
}

type Step = (t: Table) => void;

/** A step that prints itself in a counterexample. */
const step = (name: string, take: Step): Step => Object.assign(take, { [fc.toStringMethod]: () => name });

function become(t: Table, next: Payment): void {
  if (next.state !== t.real.state) t.states.push(next.state);
  t.real = next;
}

function stepBegin(user: string, throughMerchant: string | null, usable: boolean): Step {
  return (t) => {
    const { slip } = t;
    const rrn = `R${++slip.n}`;
    const by = { userId: user, merchantId: throughMerchant };
    const decision = begin(t.real, cardOf(user, usable), by, { stan: '000001', rrn }, t.now);
    const mayTry =
      throughMerchant === null ? slip.payer === null || slip.payer === user : throughMerchant === 'm1';
    expect(decision.ok).toBe(mayTry && usable && slip.idle && t.now < slip.expiresAtMs);
    if (!decision.ok) return;
    slip.payer = user;
    slip.waitingFor = rrn;
    become(t, decision.payment);
  };
}

function stepComplete(kind: BankOutcome['kind'], back: number): Step {
  return (t) => {
    const { slip } = t;
    // The message it waits for, or one of long ago.
    const rrn = `R${slip.n - back}`;
    const outcome: BankOutcome =
      kind === 'approved'
        ? { kind, responseCode: '00', approvalCode: 'A00001' }
        : kind === 'declined'
          ? { kind, responseCode: '51', declineCode: 'insufficient_funds' }
          : kind === 'not_sent'
            ? { kind, declineCode: 'issuer_unavailable' }
            : { kind };
    const decision = complete(t.real, rrn, outcome, t.now);
    if (slip.waitingFor !== rrn) {
      expect(decision.kind).toBe('late');
      return;
    }
    slip.waitingFor = null;
    if (decision.kind === 'late') throw new Error('an answer that was waited for was called late');
    if (kind === 'approved') {
      expect(decision).toMatchObject({ kind: 'settled', book: slip.manual ? 'hold' : 'purchase' });
      if (slip.manual) slip.holds = slip.amount;
      else slip.taken = slip.amount;
    } else if (kind === 'unknown') {
      expect(decision.kind).toBe('reverse');
      slip.undoing = true;
    } else expect(decision).toMatchObject({ kind: 'settled', book: null });
    become(t, decision.payment);
  };
}

const stepReversed: Step = (t) => {
  if (!t.slip.undoing) {
    if (t.real.state !== 'unknown') return void expect(() => reversed(t.real, t.now)).toThrow();
    throw new Error('the payment is unknown and nothing is being undone');
  }
  t.slip.undoing = false;
  t.slip.over = true;
  become(t, reversed(t.real, t.now));
};

function stepCapture(part: bigint | null): Step {
  return (t) => {
    const { slip } = t;
    const amount = part === null ? null : (slip.amount * part) / 100n + 1n;
    const decision = capture(t.real, amount, t.now);
    expect(decision.ok).toBe(slip.holds > 0n && (amount ?? 0n) <= slip.holds);
    if (!decision.ok) return;
    slip.taken = amount ?? slip.holds;
    slip.holds = 0n;
    become(t, decision.payment);
  };
}

const stepCancel: Step = (t) => {
  const { slip } = t;
  const decision = cancel(t.real, t.now);
  expect(decision.ok).toBe(slip.idle || slip.holds > 0n);
  if (!decision.ok) return;
  expect(decision.release).toBe(slip.holds > 0n);
  slip.holds = 0n;
  slip.over = true;
  become(t, decision.payment);
};

const stepExpire: Step = (t) => {
  const { slip } = t;
  const due = slip.holds > 0n ? (t.real.completedAtMs ?? 0) + authorisationMs : slip.expiresAtMs;
  const expired = expire(t.real, t.now);
  expect(expired !== null).toBe((slip.idle || slip.holds > 0n) && t.now >= due);
  if (!expired) return;
  expect(expired.release).toBe(slip.holds > 0n);
  slip.holds = 0n;
  slip.over = true;
  become(t, expired.payment);
};

function stepRefund(part: bigint | null): Step {
  return (t) => {
    const { slip } = t;
    const left = slip.taken - slip.promisedBack;
    const amount = part === null ? null : (slip.amount * part) / 100n + 1n;
    const decision = reserveRefund(t.real, amount, t.now);
    expect(decision.ok).toBe(slip.taken > slip.givenBack && left > 0n && (amount ?? 1n) <= left);
    if (!decision.ok) return;
    expect(decision.amount).toBe(amount ?? left);
    slip.promisedBack += decision.amount;
    slip.open.push(refundOf(`f${slip.open.length}`, decision.amount, t.now));
    become(t, decision.payment);
  };
}

function refundOf(id: string, amount: bigint, atMs: number): Refund {
  return {
    id,
    paymentId: 'p1',
    amount,
    currency: 'CNY',
    reason: 'x',
    state: 'pending',
    rrn: 'X',
    stan: '000002',
    createdAtMs: atMs,
    completedAtMs: null,
  };
}

function stepSettleRefund(which: number, accepted: boolean): Step {
  return (t) => {
    const { slip } = t;
    const refund = slip.open[which % Math.max(1, slip.open.length)];
    if (!refund) return;
    slip.open = slip.open.filter((r) => r !== refund);
    if (accepted) slip.givenBack += refund.amount;
    else slip.promisedBack -= refund.amount;
    const settled = settleRefund(t.real, refund, accepted, t.now);
    expect(settled.refund.state).toBe(accepted ? 'succeeded' : 'failed');
    become(t, settled.payment);
  };
}

const stepWait =
  (ms: number): Step =>
  (t) => {
    t.now += ms;
  };

const part = fc.option(fc.bigInt({ min: 0n, max: 120n }), { nil: null });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...users),
        fc.option(fc.constantFrom(...merchants), { nil: null }),
        fc.constantFrom(false, false, false, true),
      )
      .map(([user, merchant, spoilt]) =>
        step(`begin ${user} ${merchant} ${spoilt}`, stepBegin(user, merchant, !spoilt)),
      ),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          'approved',
          'approved',
          'approved',
          'declined',
          'not_sent',
          'unknown',
        ) as fc.Arbitrary<BankOutcome['kind']>,
        fc.constantFrom(0, 0, 0, 1, 2),
      )
      .map(([kind, back]) => step(`complete ${kind} -${back}`, stepComplete(kind, back))),
  },
  { weight: 1, arbitrary: fc.constant(step('reversed', stepReversed)) },
  { weight: 2, arbitrary: part.map((n) => step(`capture ${n} %`, stepCapture(n))) },
  { weight: 1, arbitrary: fc.constant(step('cancel', stepCancel)) },
  { weight: 1, arbitrary: fc.constant(step('expire', stepExpire)) },
  { weight: 3, arbitrary: part.map((n) => step(`refund ${n} %`, stepRefund(n))) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(5), fc.boolean())
      .map(([i, ok]) => step(`settle refund ${i} ${ok}`, stepSettleRefund(i, ok))),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(1, 1_000, outcomeMsMax, 60_000, authorisationMs, -1_000)
      .map((ms) => step(`wait ${ms}`, stepWait(ms))),
  },
);

/** Where sequences begin, so that the far states are visited often. */
const paid = [stepBegin('u1', null, true), stepComplete('approved', 0), stepCapture(null)];
const openings: readonly (readonly Step[])[] = [
  [],
  [stepBegin('u1', null, true)],
  [stepBegin('u1', null, true), stepComplete('approved', 0)],
  [...paid, stepRefund(50n)],
  [...paid, stepRefund(null), stepSettleRefund(0, true)],
  [stepBegin('u1', 'm1', true), stepComplete('unknown', 0)],
  [stepBegin('u1', 'm1', true), stepComplete('unknown', 0), stepReversed],
  [stepBegin('u2', null, true), stepComplete('declined', 0)],
  [stepWait(86_400_000), stepExpire],
];

/** What must hold of every payment at every time, whatever has happened. */
function invariants({ real, slip, states }: Table): void {
  expect(real.authorisedAmount <= real.amount).toBe(true);
  expect(real.capturedAmount <= real.authorisedAmount).toBe(true);
  expect(real.refundReserved <= real.capturedAmount).toBe(true);
  expect(real.refundedAmount <= real.refundReserved).toBe(true);
  expect(real.capturedAmount).toBe(slip.taken);
  expect(real.refundReserved).toBe(slip.promisedBack);
  expect(real.refundedAmount).toBe(slip.givenBack);
  // Somebody looks again at whatever is not finished.
  if (['created', 'declined', 'processing', 'authorised'].includes(real.state))
    expect(real.dueAtMs).not.toBeNull();
  for (let i = 1; i < states.length; i++) {
    const [from, to] = [states[i - 1] as PaymentState, states[i] as PaymentState];
    expect(transitions[from]).toContain(to);
  }
  // From an unknown outcome nothing but the reversal follows: a late approval is never a payment.
  const unknown = states.indexOf('unknown');
  if (unknown >= 0) expect(states.slice(unknown + 1).every((s) => s === 'reversed')).toBe(true);
}

describe('a payment', () => {
  test('in any order of commands goes only where its table lets it, and its sums stay within one another', () => {
    const reached = new Set<PaymentState>();
    fc.assert(
      fc.property(
        fc.record({
          amount: fc.bigInt({ min: 1n, max: 999_999_999_999n }),
          manual: fc.boolean(),
          expirySeconds: fc.constantFrom(30, 900, 86_400),
          poster: fc.constantFrom(true, false, false),
          opening: fc.constantFrom(...openings),
          steps: fc.array(anyStep, { minLength: 1, maxLength: 40 }),
        }),
        ({ amount, manual, expirySeconds, poster, opening, steps }) => {
          const payer = poster ? 'u1' : null;
          const real = created(amount, manual ? 'manual' : 'automatic', expirySeconds, payer);
          const table: Table = {
            real,
            slip: new Slip(amount, manual, real.expiresAtMs, payer),
            now: start,
            states: [real.state],
          };
          for (const take of [...opening, ...steps]) {
            const { updatedAtMs } = table.real;
            take(table);
            // Clocks step back; a payment's history does not.
            expect(table.real.updatedAtMs).toBeGreaterThanOrEqual(updatedAtMs);
            invariants(table);
          }
          for (const state of table.states) reached.add(state);
        },
      ),
      { numRuns: 400 },
    );
    // A test that never gets anywhere proves nothing.
    expect([...reached].sort()).toEqual(Object.keys(transitions).sort());
  });
});
