import type { Halt } from '../support/process.ts';

/*
 * Where a process is killed, and what must be true afterwards. A row is a point of the life of one card payment or of
 * one refund; tests/crash/matrix.crash.ts kills a process there at the first try, during the retry and during the
 * recovery, on both engines. TESTING.md shows the table; a test compares the two.
 */

/** How the process is brought to the point. */
export interface Stop {
  /** What must have come over the line first. It is held back there until the process can be stopped. */
  once: 'asked' | 'bank_answered' | 'reversal_answered' | 'refund_answered';
  /**
   * Where in its work with the database it then stops: by parameters that name the request's key or the payment.
   * Null: it is killed while the line still holds back what came.
   */
  halt: { when: Halt['when']; on: 'key' | 'payment' } | null;
}

/** What a payment must have become, at the network and at its bank. */
export interface Outcome {
  state: 'created' | 'captured' | 'reversed' | 'refunded';
  /** What the bank holds of the purchase; null when it must never have heard of it. */
  bank: 'posted' | 'reversed' | 'refused' | null;
  /** Entries that are posted in the network's books. */
  entries: number;
}

export interface Point {
  id: string;
  what: string;
  /** What is asked: to pay; to pay with an answer of the bank that cannot be believed; to refund what was paid. */
  life: 'purchase' | 'disbelieved' | 'refund';
  first: Stop;
  /** Where the retry is stopped: the client's under the same key, or the network's own repeat to the bank. */
  retry: Stop & { by: 'client' | 'network' };
  promised: string;
  /** After the restart, before anybody has repeated anything. */
  before: Outcome;
  /** After the client has repeated its request. */
  after: Outcome;
}

const nothing: Outcome = { state: 'created', bank: null, entries: 0 };
const paid: Outcome = { state: 'captured', bank: 'posted', entries: 1 };
const reversed: Outcome = { state: 'reversed', bank: 'reversed', entries: 0 };
const notYetRefunded = paid;
const refunded: Outcome = { state: 'refunded', bank: 'posted', entries: 2 };

/** The client's retry ends in a saved answer: killed before that is stored. */
const retryAnswers: Point['retry'] = {
  by: 'client',
  once: 'asked',
  halt: { when: 'before_commit', on: 'key' },
};

const claiming: Stop = { once: 'asked', halt: { when: 'before_commit', on: 'key' } };
const parsed: Stop = { once: 'asked', halt: { when: 'before', on: 'key' } };
const claimed: Stop = { once: 'asked', halt: { when: 'after_commit', on: 'key' } };
const reversalUnmarked: Stop = {
  once: 'reversal_answered',
  halt: { when: 'before_commit', on: 'payment' },
};
const refundUnmarked: Stop = { once: 'refund_answered', halt: { when: 'before_commit', on: 'payment' } };

export const points: readonly Point[] = [
  {
    id: 'P0',
    what: 'parsed, nothing stored',
    life: 'purchase',
    first: parsed,
    retry: { by: 'client', ...parsed },
    promised: 'no trace; the retry pays',
    before: nothing,
    after: paid,
  },
  {
    id: 'P1',
    what: 'claim of the key written, its commit (the same as the payment’s) not done',
    life: 'purchase',
    first: claiming,
    retry: { by: 'client', ...claiming },
    promised: 'no trace; the retry pays',
    before: nothing,
    after: paid,
  },
  {
    id: 'P1, refund',
    what: 'claim of the key stored, no refund',
    life: 'refund',
    first: claimed,
    retry: { by: 'client', ...claimed },
    promised: 'the lease ends, the retry refunds once',
    before: notYetRefunded,
    after: refunded,
  },
  {
    id: 'P2',
    what: 'stored as sent, bytes not sent',
    life: 'purchase',
    first: claimed,
    retry: retryAnswers,
    promised: 'reversed; the bank refuses the message should it still come',
    before: { ...reversed, bank: 'refused' },
    after: { ...reversed, bank: 'refused' },
  },
  {
    id: 'P3',
    what: 'bytes sent, no answer read',
    life: 'purchase',
    first: { once: 'bank_answered', halt: null },
    retry: retryAnswers,
    promised: 'reversed; the late answer is recorded and changes nothing',
    before: reversed,
    after: reversed,
  },
  {
    id: 'P3, refund',
    what: 'refund sent, no answer read',
    life: 'refund',
    first: { once: 'refund_answered', halt: null },
    retry: retryAnswers,
    promised: 'sent again, refunded once',
    before: refunded,
    after: refunded,
  },
  {
    id: 'P4',
    what: 'answer read, approval not stored',
    life: 'purchase',
    first: { once: 'bank_answered', halt: { when: 'before', on: 'payment' } },
    retry: retryAnswers,
    promised: 'reversed; the shopper is not charged',
    before: reversed,
    after: reversed,
  },
  {
    id: 'P5',
    what: 'approval, entry and event stored, answer to the client not sent',
    life: 'purchase',
    first: { once: 'bank_answered', halt: { when: 'after_commit', on: 'payment' } },
    retry: { by: 'client', once: 'asked', halt: { when: 'after_commit', on: 'key' } },
    promised: 'paid once; the retry gets the saved answer',
    before: paid,
    after: paid,
  },
  {
    id: 'P6',
    what: 'approval, entry and event written, their commit not done',
    life: 'purchase',
    first: { once: 'bank_answered', halt: { when: 'before_commit', on: 'payment' } },
    retry: retryAnswers,
    promised: 'none of the three is there; reversed',
    before: reversed,
    after: reversed,
  },
  {
    id: 'P10',
    what: 'reversal answered, mark not stored',
    life: 'disbelieved',
    first: reversalUnmarked,
    retry: { by: 'network', ...reversalUnmarked },
    promised: 'sent again, answered again, reversed once',
    before: reversed,
    after: reversed,
  },
  {
    id: 'P10, refund',
    what: 'refund answered, mark not stored',
    life: 'refund',
    first: refundUnmarked,
    retry: { by: 'network', ...refundUnmarked },
    promised: 'sent again, answered again, refunded once',
    before: refunded,
    after: refunded,
  },
];

/**
 * Which points are reached by one process before it is killed: one whose transaction stands still at its point keeps
 * the embedded engine from all others, and one whose group does not end keeps later groups, so it is the last.
 */
export const killedTogether: readonly (readonly string[])[] = [
  ['P3', 'P3, refund', 'P1, refund', 'P2', 'P10, refund'],
  ['P5'],
  ['P10'],
  ['P0'],
  ['P1'],
  ['P4'],
  ['P6'],
];

/** Points of parts that the product does not have yet. Each becomes a row above together with its part. */
export const pointsToCome: readonly { id: string; what: string; promised: string; with: string }[] = [
  {
    id: 'P7',
    what: 'webhook sent, mark not stored',
    promised: 'sent again with the same id',
    with: 'webhooks',
  },
  {
    id: 'P8',
    what: 'capture stored, clearing item not',
    promised: 'impossible: one commit',
    with: 'clearing',
  },
  {
    id: 'P9',
    what: 'settlement window half built',
    promised: 'built again to the same bytes',
    with: 'settlement',
  },
];

/** A step of the recovery, and how it is known that the process is there. */
export interface RecoveryStep {
  what: string;
  reached:
    | { when: Halt['when']; on: 'payment' | 'anything' }
    /** Every reversal's answer is held back on the line; `marking`: it has then come, and is being stored. */
    | { marking: boolean };
}

/** Where the recovery itself is killed, one after the other, with every payment of the table to be recovered. */
export const recoverySteps: readonly RecoveryStep[] = [
  {
    what: 'the process begins, its first commit not done',
    reached: { when: 'before_commit', on: 'anything' },
  },
  {
    what: 'the outcome is taken for unknown, its commit not done',
    reached: { when: 'before_commit', on: 'payment' },
  },
  { what: 'the reversal is stored, not sent', reached: { when: 'after_commit', on: 'payment' } },
  { what: 'the reversal is sent, no answer read', reached: { marking: false } },
  { what: 'the reversal is answered, mark not stored', reached: { marking: true } },
];
