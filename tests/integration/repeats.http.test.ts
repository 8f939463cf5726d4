import { randomUUID } from 'node:crypto';
import type { Payment, PaymentStory, Refund } from '@feiqian/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Answer, type Caller, done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, codeOf, desk, look, order, till, type Wallet, wallet } from '../support/people.ts';

let net: TestNetwork;
let payer: Wallet;
let friend: Wallet;
let operator: Caller;
beforeAll(async () => {
  net = await startTestNetwork();
  payer = await wallet(net, '13800000001');
  friend = await wallet(net, '13800000002');
  operator = await desk(net);
});
afterAll(() => net?.stop());

const storyOf = (id: string) => done(operator.get<PaymentStory>(`/v1/console/payments/${id}`));
const newOrder = (amount: number) => ({ amount, currency: 'CNY', store_id: net.storeId });
const times = <T>(n: number, work: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, i) => work(i)));
const payPath = (id: string) => `/v1/wallet/payments/${id}/pay`;

/** A pay code that nobody has shown yet: of another card each time. */
let shown = 0;
function freshCode(): string {
  const of = shown++ % 2 === 0 ? payer : friend;
  return codeOf(of, of.cards[Math.floor(shown / 2) % of.cards.length] as Wallet['cards'][0]);
}

/** A write, and the same write with another body. */
interface Write {
  by: Caller;
  path: string;
  body: unknown;
  other: unknown;
}

/** One write of each kind, ready to be sent. */
const writes: Record<string, () => Promise<Write>> = {
  'creates a payment': async () => ({
    by: net.merchant,
    path: '/v1/payments',
    body: newOrder(100),
    other: newOrder(101),
  }),
  'creates a payment at a poster': async () => ({
    by: payer,
    path: '/v1/wallet/payments',
    body: newOrder(100),
    other: newOrder(101),
  }),
  pays: async () => ({
    by: payer,
    path: payPath((await order(net, 200)).id),
    body: { card_id: payer.cards[0]?.id },
    other: { card_id: payer.cards[1]?.id },
  }),
  'collects a pay code': async () => ({
    by: net.merchant,
    path: `/v1/payments/${(await order(net, 300)).id}/collect`,
    body: { pay_code: freshCode() },
    other: { pay_code: freshCode() },
  }),
  captures: async () => ({
    by: net.merchant,
    path: `/v1/payments/${(await held(400)).id}/capture`,
    body: { amount: 300 },
    other: {},
  }),
  refunds: async () => ({
    by: net.merchant,
    path: `/v1/payments/${(await buy(net, payer, payer.cards[0], 500)).id}/refunds`,
    body: { amount: 100, reason: 'one' },
    other: { amount: 100, reason: 'two' },
  }),
  'adds a member of staff': async () => {
    const { merchant } = await order(net, 1);
    const body = { store_id: net.storeId, name: '新人', role: 'cashier', pin: '112233' };
    const path = `/v1/console/merchants/${merchant.id}/staff`;
    return { by: operator, path, body, other: { ...body, pin: '332211' } };
  },
};
const held = (amount: number) => buy(net, payer, payer.cards[0], amount, { capture: 'manual' });

describe.each(Object.entries(writes))('a request that %s', (_, prepare) => {
  test('has the same answer every time under the same key, and none under it with another body', async () => {
    const { by, path, body, other } = await prepare();
    const key = randomUUID();
    const first = await by.post(path, body, { key });
    expect(first.status).toBeLessThan(300);
    for (let i = 0; i < 3; i++) {
      const again = await by.post(path, body, { key });
      expect([again.status, again.text]).toEqual([first.status, first.text]);
    }
    expect(told(await by.post(path, other, { key }))).toBe('422 idempotency_key_reused');
    const after = await by.post(path, body, { key });
    expect([after.status, after.text]).toEqual([first.status, first.text]);
  });

  test('is done once when it comes fifty times at once', async () => {
    const { by, path, body } = await prepare();
    const key = randomUUID();
    const answers = await times(50, () => by.post(path, body, { key }));
    const made = answers.filter((a) => a.status < 300);
    const waiting = answers.filter((a) => a.status >= 300);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map((a) => a.text)).size).toBe(1);
    expect(new Set(waiting.map(told))).toEqual(
      waiting.length > 0 ? new Set(['409 request_in_flight']) : new Set(),
    );
    for (const a of waiting) expect(Number(a.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await by.post(path, body, { key })).text).toBe(made[0]?.text);
  });
});

test('a key is its caller’s own: the same one of another caller means another request', async () => {
  const key = randomUUID();
  const supervisor = await till(net, '100101');
  const made = await Promise.all(
    [net.merchant, supervisor].map((by) => done(by.post<Payment>('/v1/payments', newOrder(700), { key }))),
  );
  expect(made[0]?.id).not.toBe(made[1]?.id);
  const stores = await times(2, (i) =>
    done([payer, friend][i]?.post<Payment>('/v1/wallet/payments', newOrder(701), { key }) as never),
  );
  expect((stores[0] as Payment).id).not.toBe((stores[1] as Payment).id);
});

test('a key is for one object: the same one for another payment is refused', async () => {
  const key = randomUUID();
  const [a, b] = [await buy(net, payer, payer.cards[0], 100), await buy(net, payer, payer.cards[0], 100)];
  const body = { reason: 'x' };
  expect(told(await net.merchant.post(`/v1/payments/${a.id}/refunds`, body, { key }))).toBe('201');
  expect(told(await net.merchant.post(`/v1/payments/${b.id}/refunds`, body, { key }))).toBe(
    '422 idempotency_key_reused',
  );
});

test('a request that was refused leaves its key free', async () => {
  const { id } = await buy(net, payer, payer.cards[0], 100);
  const key = randomUUID();
  const path = `/v1/payments/${id}/refunds`;
  expect(told(await net.merchant.post(path, { amount: 101, reason: 'x' }, { key }))).toBe(
    '422 amount_too_large',
  );
  expect(told(await net.merchant.post(path, { amount: 100, reason: 'x' }, { key }))).toBe('201');
});

test('a write without a key is refused and does nothing', async () => {
  const { id } = await order(net, 100);
  expect(told(await payer.post(payPath(id), { card_id: payer.cards[0]?.id }, { key: null }))).toBe(
    '400 idempotency_key_missing',
  );
  expect((await look(net, id)).state).toBe('created');
});

test('a pay code that has become invalid since still has its first answer', async () => {
  const device = await wallet(net, '13800000001');
  const card = device.cards[0] as Wallet['cards'][0];
  const { id } = await order(net, 450);
  const key = randomUUID();
  const collect = (body: unknown) => net.merchant.post(`/v1/payments/${id}/collect`, body, { key });
  const code = { pay_code: codeOf(device, card) };
  const first = await collect(code);
  expect(first.status).toBe(200);
  await done(device.delete(`/v1/wallet/cards/${card.id}`));
  expect((await collect(code)).text).toBe(first.text);
  expect(told(await net.merchant.post(`/v1/payments/${id}/collect`, code))).toBe('422 pay_code_invalid');
});

test('a merchant who was suspended since still has its first answer', async () => {
  const other = await till(net, '100104');
  const { store, merchant } = other.session.me;
  const review = (decision: string) =>
    done(operator.post(`/v1/console/merchants/${merchant.id}/review`, { decision }));
  const key = randomUUID();
  const body = { amount: 100, currency: 'CNY', store_id: store.id };
  const first = await other.post('/v1/payments', body, { key });
  await review('suspend');
  try {
    expect((await other.post('/v1/payments', body, { key })).text).toBe(first.text);
    expect(told(await other.post('/v1/payments', body))).toBe('422 merchant_not_active');
  } finally {
    await review('approve');
  }
});

describe('a claim whose process died before its answer was saved', () => {
  /** The claim whose answer names this object, the latest if there are several. */
  const claimOf = async (objectId: string): Promise<string> => {
    const { rows } = await net.network.db.query<{ id: string }>(
      "select id from idempotency.key where answer like '%' || $1 || '%' order by created_at desc limit 1",
      [objectId],
    );
    return rows[0]?.id ?? 'none';
  };
  const forget = (claim: string, leaseEndsMs: number) =>
    net.network.db.query(
      'update idempotency.key set status = null, answer = null, leased_until = $2 where id = $1',
      [claim, new Date(Date.now() + leaseEndsMs)],
    );

  test('blocks its repeats until its lease ends, then gives the payment as it stands', async () => {
    const { id } = await order(net, 800);
    const key = randomUUID();
    const pay = () => payer.post<Payment>(payPath(id), { card_id: payer.cards[0]?.id }, { key });
    const first = await done(pay());
    const claim = await claimOf(id);
    await forget(claim, 5_000);
    expect(told(await pay())).toBe('409 request_in_flight');
    await forget(claim, -1);
    expect(await done(pay())).toEqual(first);
    const { entries, exchanges } = await storyOf(id);
    expect([entries.length, exchanges.length]).toEqual([1, 1]);
  });

  test('finds the refund that it made', async () => {
    const { id } = await buy(net, payer, payer.cards[0], 900);
    const key = randomUUID();
    const refund = () =>
      net.merchant.post<Refund>(`/v1/payments/${id}/refunds`, { amount: 300, reason: 'x' }, { key });
    const first = await done(refund());
    await forget(await claimOf(first.id), -1);
    expect(await done(refund())).toEqual(first);
    expect((await look(net, id)).refunded_amount).toBe(300);
  });
});

describe('at the same moment', () => {
  const codes = (answers: readonly Answer[]) => answers.map(told).sort();

  test('two people and three devices pay one order: it is paid once, by one of them', async () => {
    const second = await wallet(net, '13800000001');
    const { id } = await order(net, 1_500);
    const payers = [payer, friend, second];
    const answers = await Promise.all(
      payers.map((p) => p.post<Payment>(payPath(id), { card_id: p.cards[0]?.id })),
    );
    expect(answers.filter((a) => a.status === 200)).toHaveLength(1);
    for (const a of answers.filter((x) => x.status !== 200)) {
      expect(['409 payment_in_progress', '409 payment_not_payable', '404 not_found']).toContain(told(a));
    }
    const { entries, exchanges, payment } = await storyOf(id);
    expect(payment).toMatchObject({ state: 'captured', captured_amount: 1_500 });
    expect([entries.length, exchanges.length]).toEqual([1, 1]);
  });

  test('twenty refunds of a tenth each: ten go through', async () => {
    const { id } = await buy(net, payer, payer.cards[0], 1_000);
    const answers = await times(20, (i) =>
      net.merchant.post<Refund>(`/v1/payments/${id}/refunds`, { amount: 100, reason: `part ${i}` }),
    );
    expect(answers.filter((a) => a.status === 201)).toHaveLength(10);
    const refused = new Set(codes(answers.filter((a) => a.status !== 201)));
    expect([...refused].every((c) => c === '422 amount_too_large' || c === '409 not_refundable')).toBe(true);
    expect(await look(net, id)).toMatchObject({ state: 'refunded', refunded_amount: 1_000 });
  });

  test('ten captures: one', async () => {
    const { id } = await held(1_000);
    const answers = await times(10, (i) =>
      net.merchant.post(`/v1/payments/${id}/capture`, { amount: 100 + i }),
    );
    expect(codes(answers)).toEqual(['200', ...Array(9).fill('409 not_capturable')]);
    expect((await storyOf(id)).entries).toHaveLength(2);
  });

  test('a capture and a void: one of them', async () => {
    const won = new Set<string>();
    for (let i = 0; i < 6; i++) {
      const { id } = await held(1_000);
      const capture = () => net.merchant.post(`/v1/payments/${id}/capture`, {});
      const cancel = () => net.merchant.post(`/v1/payments/${id}/cancel`);
      const answers = await Promise.all(i % 2 === 0 ? [capture(), cancel()] : [cancel(), capture()]);
      expect(answers.filter((a) => a.status === 200)).toHaveLength(1);
      const { state, captured_amount } = await look(net, id);
      expect(['captured', 'cancelled']).toContain(state);
      expect(captured_amount).toBe(state === 'captured' ? 1_000 : 0);
      won.add(state);
    }
  });

  test('a payer and a merchant who gives up: paid or cancelled, never both', async () => {
    for (let i = 0; i < 6; i++) {
      const { id } = await order(net, 1_000);
      const pay = () => payer.post<Payment>(payPath(id), { card_id: payer.cards[0]?.id });
      const cancel = () => net.merchant.post<Payment>(`/v1/payments/${id}/cancel`);
      const [paid, cancelled] =
        i % 2 === 0 ? await Promise.all([pay(), cancel()]) : (await Promise.all([cancel(), pay()])).reverse();
      const { state } = await look(net, id);
      // Who gives up while the bank is asked hears another reason than who comes after its answer.
      const late = expect.stringMatching(/^409 (payment_in_progress|not_cancellable)$/);
      expect([told(paid as Answer), told(cancelled as Answer)]).toEqual(
        state === 'captured' ? ['200', late] : ['409 payment_not_payable', '200'],
      );
    }
  });
});

test('the books are right in the end', async () => {
  expect(await differences(net.network.db)).toEqual([]);
});
