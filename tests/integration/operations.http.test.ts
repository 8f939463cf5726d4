import type { FeiqianEvent, Payment, PaymentStory, Receipt, Refund } from '@feiqian/contract';
import { toUuid } from '@feiqian/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, done, told } from '../support/caller.ts';
import { setDue } from '../support/due.ts';
import { openEvents } from '../support/events.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, cardFor, desk, look, order, tester, till, type Wallet, wallet } from '../support/people.ts';
import { pause, until } from '../support/until.ts';

let net: TestNetwork;
let payer: Wallet;
let operator: Caller;
beforeAll(async () => {
  net = await startTestNetwork();
  payer = await wallet(net, '13800000001');
  operator = await desk(net);
});
afterAll(() => net?.stop());

const capture = (id: string, amount?: number) =>
  net.merchant.post<Payment>(`/v1/payments/${id}/capture`, amount === undefined ? {} : { amount });
const cancel = (id: string) => net.merchant.post<Payment>(`/v1/payments/${id}/cancel`);
const refund = (id: string, amount?: number) =>
  net.merchant.post<Refund>(`/v1/payments/${id}/refunds`, {
    reason: '退货',
    ...(amount === undefined ? {} : { amount }),
  });
const authorise = (amount: number) => buy(net, payer, payer.cards[0], amount, { capture: 'manual' });
const storyOf = (id: string) => done(operator.get<PaymentStory>(`/v1/console/payments/${id}`));

/** What the bank says the first card has to spend. */
async function available(): Promise<number> {
  const path = `/v1/wallet/cards/${payer.cards[0]?.id}/balance`;
  return (await done(payer.get<{ available: number }>(path))).available;
}
/** What the network owes the first merchant. */
async function payable(): Promise<number> {
  const found = await done(
    operator.get<{ data: { name: string; payable: number }[] }>('/v1/console/merchants'),
  );
  return found.data.find((m) => m.name === net.guide.demo_key.merchant)?.payable ?? Number.NaN;
}
/** Waits until the banks have acknowledged everything that must reach them. */
const banksTold = (id: string) =>
  until(
    async () => (await storyOf(id)).forwards.every((f) => f.acknowledged_at !== null),
    5_000,
    'the advice',
  );

describe('an authorisation', () => {
  test('holds the money at the bank and at the network; a capture in full takes it', async () => {
    const [spendable, owed] = [await available(), await payable()];
    const held = await authorise(5_000);
    expect(held).toMatchObject({ state: 'authorised', authorised_amount: 5_000, captured_amount: 0 });
    expect([await available(), await payable()]).toEqual([spendable - 5_000, owed]);
    expect(await done(capture(held.id))).toMatchObject({ state: 'captured', captured_amount: 5_000 });
    expect(await payable()).toBe(owed + 5_000);
    await banksTold(held.id);
    expect(await available()).toBe(spendable - 5_000);
  });

  test('captured in part gives the rest back', async () => {
    const [spendable, owed] = [await available(), await payable()];
    const { id } = await authorise(8_000);
    expect(told(await capture(id, 8_001))).toBe('422 amount_too_large');
    expect(await done(capture(id, 3_000))).toMatchObject({ state: 'captured', captured_amount: 3_000 });
    expect(told(await capture(id, 1_000))).toBe('409 not_capturable');
    await banksTold(id);
    expect([await available(), await payable()]).toEqual([spendable - 3_000, owed + 3_000]);
  });

  test('voided gives everything back and can no longer be captured', async () => {
    const [spendable, owed] = [await available(), await payable()];
    const { id } = await authorise(7_000);
    expect((await done(cancel(id))).state).toBe('cancelled');
    await banksTold(id);
    expect([await available(), await payable()]).toEqual([spendable, owed]);
    expect(told(await capture(id))).toBe('409 not_capturable');
    expect(told(await cancel(id))).toBe('409 not_cancellable');
  });

  test('that nobody captures in time is released', async () => {
    const spendable = await available();
    const { id } = await authorise(4_000);
    await overdue(id);
    await until(async () => (await look(net, id)).state === 'expired', 5_000, 'the end of the hold');
    await banksTold(id);
    expect(await available()).toBe(spendable);
    expect(told(await capture(id))).toBe('409 not_capturable');
  });
});

/** Puts the end of a payment's time into the past. */
function overdue(id: string): Promise<void> {
  return setDue(net.network.db, [toUuid(id, 'pay')], Date.now() - 1_000);
}

describe('a payment nobody has paid', () => {
  test('is cancelled by its merchant and cannot be paid after', async () => {
    const { id } = await order(net, 1_000);
    expect((await done(cancel(id))).state).toBe('cancelled');
    expect(told(await payer.post(`/v1/wallet/payments/${id}/pay`, { card_id: payer.cards[0]?.id }))).toBe(
      '409 payment_not_payable',
    );
    expect(told(await cancel(id))).toBe('409 not_cancellable');
  });

  test('expires, and is refused from the instant of its expiry on', async () => {
    const { id } = await order(net, 1_000, { expires_in_seconds: 30 });
    // Not `overdue`: the sweeper is not to come first.
    await net.network.db.query(
      'update payments.payment set expires_at = $2, version = version + 1 where id = $1',
      [toUuid(id, 'pay'), new Date(Date.now() - 1)],
    );
    expect(told(await payer.post(`/v1/wallet/payments/${id}/pay`, { card_id: payer.cards[0]?.id }))).toBe(
      '409 payment_expired',
    );
    await overdue(id);
    await until(async () => (await look(net, id)).state === 'expired', 5_000, 'the expiry');
  });
});

describe('refunds', () => {
  test('go back in parts until all is back, and never more', async () => {
    const [spendable, owed] = [await available(), await payable()];
    const { id } = await buy(net, payer, payer.cards[0], 6_000);
    expect(await done(refund(id, 1_000))).toMatchObject({
      state: 'succeeded',
      amount: 1_000,
      payment_id: id,
    });
    expect(await look(net, id)).toMatchObject({ state: 'partially_refunded', refunded_amount: 1_000 });
    expect(told(await refund(id, 5_001))).toBe('422 amount_too_large');
    expect(await done(refund(id, 2_000))).toMatchObject({ state: 'succeeded', amount: 2_000 });
    expect(await done(refund(id))).toMatchObject({ state: 'succeeded', amount: 3_000 });
    expect(await look(net, id)).toMatchObject({ state: 'refunded', refunded_amount: 6_000 });
    expect(told(await refund(id, 1))).toBe('409 not_refundable');
    expect([await available(), await payable()]).toEqual([spendable, owed]);
    const { data } = await done(net.merchant.get<{ data: Refund[] }>(`/v1/payments/${id}/refunds`));
    expect(data.map((r) => [r.amount, r.state])).toEqual([
      [1_000, 'succeeded'],
      [2_000, 'succeeded'],
      [3_000, 'succeeded'],
    ]);
    const receipt = await done(payer.get<Receipt>(`/v1/wallet/payments/${id}/receipt`));
    expect(receipt.refunds).toEqual(data);
  });

  test('need something captured', async () => {
    const { id } = await order(net, 1_000);
    expect(told(await refund(id, 100))).toBe('409 not_refundable');
    const held = await authorise(1_000);
    expect(told(await refund(held.id, 100))).toBe('409 not_refundable');
    await done(cancel(held.id));
  });

  test('at a till are the supervisor’s alone', async () => {
    const { id } = await buy(net, payer, payer.cards[0], 1_500);
    const [supervisor, cashier] = [await till(net, '100101'), await till(net, '100102')];
    const body = { amount: 500, reason: '退款' };
    expect(told(await cashier.post(`/v1/payments/${id}/refunds`, body))).toBe('403 forbidden');
    expect(told(await supervisor.post(`/v1/payments/${id}/refunds`, body))).toBe('201');
  });
});

test('a merchant that nothing was heard of for a while is served as well', async () => {
  const [held, paid] = [await authorise(1_200), await buy(net, payer, payer.cards[0], 1_300)];
  // Longer than a store is kept in memory: each of these must find it within its own transaction.
  await pause(1_100);
  expect((await done(capture(held.id))).state).toBe('captured');
  await pause(1_100);
  expect((await done(refund(paid.id))).state).toBe('succeeded');
});

test('a declined payer takes another card and the payment is paid once', async () => {
  const holder = await wallet(net, tester);
  const { id } = await order(net, 2_345);
  const pay = (outcome: string) =>
    done(
      holder.post<Payment>(`/v1/wallet/payments/${id}/pay`, { card_id: cardFor(net, holder, outcome).id }),
    );
  expect(await pay('insufficient_funds')).toMatchObject({
    state: 'declined',
    decline: { code: 'insufficient_funds', response_code: '51' },
    captured_amount: 0,
  });
  expect(await pay('approve')).toMatchObject({ state: 'captured', decline: null, captured_amount: 2_345 });
  const { events, entries } = await storyOf(id);
  expect(events.map((e) => e.type)).toEqual([
    'payment.created',
    'payment.processing',
    'payment.declined',
    'payment.processing',
    'payment.captured',
  ]);
  expect(entries).toHaveLength(1);
});

test('till and wallet are told within a second', async () => {
  const cashier = await till(net, '100102');
  const tillStream = await openEvents(cashier, '/v1/till/stream');
  const walletStream = await openEvents(payer, '/v1/wallet/stream');
  const other = await openEvents(await till(net, '100103'), '/v1/till/stream');
  try {
    const { id } = await order(net, 1_111);
    const asked = performance.now();
    const paid = await done(
      payer.post<Payment>(`/v1/wallet/payments/${id}/pay`, { card_id: payer.cards[0]?.id }),
    );
    const answered = performance.now();
    const atTill = await tillStream.reached(id, 'captured');
    const atWallet = await walletStream.reached(id, 'captured');
    for (const { atMs, payment } of [atTill, atWallet]) {
      expect(atMs - answered).toBeLessThan(1_000);
      expect(atMs).toBeGreaterThan(asked);
      expect(payment).toEqual(paid);
    }
    await done(refund(id, 111));
    expect((await tillStream.reached(id, 'partially_refunded')).payment.refunded_amount).toBe(111);
    await walletStream.reached(id, 'partially_refunded');
    expect(tillStream.events.filter((e) => e.payment.id === id).map((e) => e.type)).toEqual([
      'payment.created',
      'payment.processing',
      'payment.captured',
      'payment.refund_pending',
      'payment.partially_refunded',
    ]);
    expect(other.events).toEqual([]);
  } finally {
    for (const s of [tillStream, walletStream, other]) s.close();
  }
});

test('the story of a payment tells every message, entry and event in time order', async () => {
  const { id } = await authorise(9_000);
  await done(capture(id, 6_000));
  await done(refund(id, 1_000));
  await banksTold(id);
  const story = await storyOf(id);
  expect(story.exchanges.map((e) => [e.kind, e.mti, e.outcome, e.response_code])).toEqual([
    ['authorisation', '0100', 'answered', '00'],
    ['completion_advice', '0220', 'answered', '00'],
    ['refund_advice', '0220', 'answered', '00'],
  ]);
  expect(story.entries.map((e) => [e.kind, e.amount])).toEqual([
    ['hold', 9_000],
    ['post', 6_000],
    ['refund_hold', 1_000],
    ['post', 1_000],
  ]);
  expect(story.refunds).toHaveLength(1);
  const merchants = await done(net.merchant.get<{ data: FeiqianEvent[] }>(`/v1/payments/${id}/events`));
  expect(merchants.data).toEqual(story.events);
  expect(story.events.map((e) => e.at)).toEqual(story.events.map((e) => e.at).sort());
});
