import type { PaymentStory } from '@feiqian/contract';
import { describe, expect, it } from 'vitest';
import { sinceStart, storySteps } from './story.ts';

const at = (ms: number) => new Date(Date.UTC(2026, 10, 22, 6, 0, 0, ms)).toISOString();
const account = (id: string) => ({ id, name: id, name_zh: id });

function story(parts: Partial<PaymentStory>): PaymentStory {
  return {
    payment: {} as PaymentStory['payment'],
    refunds: [],
    events: [],
    exchanges: [],
    entries: [],
    forwards: [],
    ...parts,
  };
}

const event = (id: string, type: string, ms: number) => ({
  id,
  type,
  object_id: 'pay_1',
  at: at(ms),
  data: {},
});
const exchange = (id: string, sent: number, received: number | null) => ({
  id,
  kind: 'financial',
  mti: '0200',
  bank: 'yunzhou',
  sent_at: at(sent),
  received_at: received === null ? null : at(received),
  outcome: received === null ? 'time_out' : 'answered',
  response_code: received === null ? null : '00',
  request: [],
  response: null,
});
const entry = (id: string, ms: number, kind = 'post') => ({
  id,
  at: at(ms),
  debit: account('bank'),
  credit: account('merchant'),
  amount: 1800,
  currency: 'CNY',
  kind,
});

describe('the story of a payment', () => {
  it('is told in time order whatever the order of its parts', () => {
    const steps = storySteps(
      story({
        events: [event('e2', 'payment.captured', 40), event('e1', 'payment.created', 0)],
        exchanges: [exchange('x', 10, 30)],
        entries: [entry('l1', 40)],
      }),
    );
    expect(steps.map((step) => step.key)).toEqual([
      'e1',
      'sent x',
      'received x',
      `entries ${at(40)}|post`,
      'e2',
    ]);
  });

  it('puts the cause before the effect when both have the same millisecond', () => {
    const steps = storySteps(
      story({
        events: [event('done', 'payment.captured', 5), event('new', 'payment.created', 5)],
        exchanges: [exchange('x', 5, 5)],
        entries: [entry('l', 5)],
      }),
    );
    expect(steps.map((step) => step.kind)).toEqual(['event', 'sent', 'received', 'entries', 'event']);
    expect(steps[0]?.key).toBe('new');
  });

  it('shows a message without an answer once', () => {
    const steps = storySteps(story({ exchanges: [exchange('lost', 10, null)] }));
    expect(steps.map((step) => step.key)).toEqual(['sent lost']);
  });

  it('says how long the bank took', () => {
    const [, answer] = storySteps(story({ exchanges: [exchange('x', 10, 173)] }));
    expect(answer).toMatchObject({ kind: 'received', tookMs: 163 });
  });

  it('keeps entries committed together in one step and a later refund in another', () => {
    const steps = storySteps(
      story({ entries: [entry('a', 1), entry('b', 1), entry('c', 9, 'refund'), entry('d', 9)] }),
    );
    expect(steps.map((step) => (step.kind === 'entries' ? step.entries.map((e) => e.id) : []))).toEqual([
      ['a', 'b'],
      ['c'],
      ['d'],
    ]);
  });

  it('puts a stored message at its acknowledgement, and one without any instant last', () => {
    const forward = (id: string, next: number | null, done: number | null) => ({
      id,
      kind: 'reversal_advice',
      attempts: 1,
      next_attempt_at: next === null ? null : at(next),
      acknowledged_at: done === null ? null : at(done),
      response_code: null,
      escalated: false,
    });
    const steps = storySteps(
      story({
        forwards: [forward('none', null, null), forward('done', 90, 20), forward('waiting', 90, null)],
        events: [event('e', 'payment.created', 50)],
      }),
    );
    expect(steps.map((step) => step.key)).toEqual(['done', 'e', 'waiting', 'none']);
  });
});

describe('time since the start', () => {
  it.each([
    [0, '+0 ms'],
    [999, '+999 ms'],
    [1240, '+1.24 s'],
    [180_000, '+3 min'],
    [7_200_000, '+2 h'],
    [259_200_000, '+3 d'],
  ])('%i ms is %s', (ms, words) => {
    expect(sinceStart(1000 + ms, 1000)).toBe(words);
  });

  it('is never negative, though clocks of two processes differ', () => {
    expect(sinceStart(990, 1000)).toBe('+0 ms');
  });
});
