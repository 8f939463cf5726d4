import type { Payment, PaymentStory } from '@feiqian/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Caller, done } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { cardFor, desk, look, order, tester, type Wallet, wallet } from '../support/people.ts';
import { pause, until } from '../support/until.ts';

/** Long enough for a busy machine's good answers, short enough to wait for the bad ones. */
const linkWaitMs = 2_000;
const amount = 4_321;

/** What each published test card leads to: the answer to the payer, and what it is in the end. */
const expected: Record<string, { at: string; end: string; code?: string; response?: string }> = {
  approve: { at: 'captured', end: 'captured' },
  insufficient_funds: { at: 'declined', end: 'declined', code: 'insufficient_funds', response: '51' },
  do_not_honour: { at: 'declined', end: 'declined', code: 'do_not_honour', response: '05' },
  lost_card: { at: 'declined', end: 'declined', code: 'lost_or_stolen', response: '41' },
  time_out: { at: 'unknown', end: 'reversed' },
  late_answer: { at: 'unknown', end: 'reversed' },
  duplicate_answer: { at: 'captured', end: 'captured' },
  wrong_amount: { at: 'unknown', end: 'reversed' },
  bad_mac: { at: 'unknown', end: 'reversed' },
};

let net: TestNetwork;
let holder: Wallet;
let operator: Caller;
/** What the payer was answered, by outcome of the card. */
const answered = new Map<string, Payment>();
const before = new Map<string, number>();

const spendable = async (outcome: string): Promise<number> => {
  const path = `/v1/wallet/cards/${cardFor(net, holder, outcome).id}/balance`;
  return (await done(holder.get<{ available: number }>(path))).available;
};
const storyOf = (id: string) => done(operator.get<PaymentStory>(`/v1/console/payments/${id}`));

beforeAll(async () => {
  net = await startTestNetwork({ linkWaitMs });
  holder = await wallet(net, tester);
  operator = await desk(net);
  await Promise.all(
    Object.keys(expected).map(async (outcome) => {
      before.set(outcome, await spendable(outcome));
      const { id } = await order(net, amount, { order_reference: outcome });
      const body = { card_id: cardFor(net, holder, outcome).id };
      answered.set(outcome, await done(holder.post<Payment>(`/v1/wallet/payments/${id}/pay`, body)));
    }),
  );
});
afterAll(() => net?.stop());

test('every outcome that the sandbox publishes has its expectation here', () => {
  expect(Object.keys(expected).sort()).toEqual(
    [...new Set(net.guide.test_cards.map((c) => c.outcome))].sort(),
  );
});

test.each(Object.entries(expected))('the card for %s', async (outcome, { at, end, code, response }) => {
  const first = answered.get(outcome) as Payment;
  expect(first.state).toBe(at);
  if (code !== undefined) expect(first.decline).toMatchObject({ code, response_code: response });
  await until(async () => (await look(net, first.id)).state === end, 15_000, `${end} after ${at}`);
  const last = await look(net, first.id);
  const taken = end === 'captured' ? amount : 0;
  expect(last).toMatchObject({ captured_amount: taken, authorised_amount: taken, refunded_amount: 0 });
  expect(await spendable(outcome)).toBe((before.get(outcome) as number) - taken);
  const story = await storyOf(first.id);
  expect(story.entries.map((e) => e.amount)).toEqual(taken === 0 ? [] : [amount]);
  if (end === 'reversed') {
    expect(story.exchanges.map((e) => e.mti)).toContain('0420');
    expect(story.forwards).toMatchObject([
      { kind: 'reversal_advice', response_code: '00', escalated: false },
    ]);
  }
});

test('a late approval is recorded with its payment and moves nothing', async () => {
  const { id } = answered.get('late_answer') as Payment;
  await until(
    async () => (await storyOf(id)).exchanges.some((e) => e.outcome === 'late'),
    linkWaitMs * 3,
    'the record of the late answer',
  );
  const story = await storyOf(id);
  expect(story.exchanges.find((e) => e.outcome === 'late')).toMatchObject({ response_code: '00' });
  expect(story.payment).toMatchObject({ state: 'reversed', captured_amount: 0 });
  expect(story.entries).toEqual([]);
  expect(await spendable('late_answer')).toBe(before.get('late_answer'));
});

test('an answer that cannot be believed says why in the story', async () => {
  const reasons = { time_out: 'time_out', wrong_amount: 'mismatch', bad_mac: 'bad_mac' };
  for (const [outcome, reason] of Object.entries(reasons)) {
    const { exchanges } = await storyOf((answered.get(outcome) as Payment).id);
    expect(exchanges[0], outcome).toMatchObject({ kind: 'financial', mti: '0200', outcome: reason });
  }
});

test('a payment whose outcome is not known can neither be paid again nor cancelled nor refunded', async () => {
  const { id } = await order(net, amount);
  const card_id = cardFor(net, holder, 'time_out').id;
  const first = holder.post<Payment>(`/v1/wallet/payments/${id}/pay`, { card_id });
  await pause(linkWaitMs / 2);
  const again = await holder.post(`/v1/wallet/payments/${id}/pay`, {
    card_id: cardFor(net, holder, 'approve').id,
  });
  expect([again.status, again.body]).toMatchObject([409, { code: 'payment_in_progress' }]);
  expect(again.headers.get('retry-after')).toBe('1');
  const given = await net.merchant.post(`/v1/payments/${id}/cancel`);
  expect([given.status, given.body]).toMatchObject([409, { code: 'payment_in_progress' }]);
  const refunded = await net.merchant.post(`/v1/payments/${id}/refunds`, { reason: '退款' });
  expect([refunded.status, refunded.body]).toMatchObject([409, { code: 'not_refundable' }]);
  expect((await done(first)).state).toBe('unknown');
  await until(async () => (await look(net, id)).state === 'reversed', 10_000, 'the reversal');
});

test('the books are right in the end', async () => {
  expect(await differences(net.network.db)).toEqual([]);
});
