import { randomUUID } from 'node:crypto';
import type { ApiKey, MemberView, Payment, PaymentStory, Refund } from '@feiqian/contract';
import { toUuid } from '@feiqian/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Answer, type Caller, done, told } from '../support/caller.ts';
import { setDue } from '../support/due.ts';
import { openEvents } from '../support/events.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, codeOf, desk, look, order, till, type Wallet, wallet } from '../support/people.ts';
import { until } from '../support/until.ts';

/*
 * Two networks on one database, each with its own connections, caches, links and workers, as two processes have
 * them. The embedded engine has one process only, so this is for PostgreSQL.
 */
describe.runIf(process.env.TEST_DATABASE_URL)('two processes on one database', () => {
  let one: TestNetwork;
  let two: TestNetwork;
  let payer: Wallet;
  let friend: Wallet;
  let operator: Caller;
  beforeAll(async () => {
    one = await startTestNetwork();
    two = await startTestNetwork({
      databaseUrl: one.databaseUrl as string,
      env: { FEIQIAN_WITH_BANKS: 'false' },
    });
    payer = await wallet(one, '13800000001');
    friend = await wallet(two, '13800000002');
    operator = await desk(one);
  });
  afterAll(async () => {
    await two?.stop();
    await one?.stop();
  });

  /** The same caller at each process in turn. */
  const at = (caller: Caller, i: number): Caller => caller.at((i % 2 === 0 ? one : two).url);
  const times = <T>(n: number, work: (i: number) => Promise<T>) =>
    Promise.all(Array.from({ length: n }, (_, i) => work(i)));
  const payPath = (id: string) => `/v1/wallet/payments/${id}/pay`;
  const storyOf = (id: string) => done(operator.get<PaymentStory>(`/v1/console/payments/${id}`));
  const successes = (answers: readonly Answer[]) => answers.filter((a) => a.status < 300);

  test('an order that is paid at both at the same moment is paid once', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await order(round % 2 === 0 ? one : two, 1_000 + round);
      const answers = await Promise.all([
        at(payer, round).post<Payment>(payPath(id), { card_id: payer.cards[0]?.id }),
        at(friend, round + 1).post<Payment>(payPath(id), { card_id: friend.cards[0]?.id }),
        at(payer, round + 1).post<Payment>(payPath(id), { card_id: payer.cards[1]?.id }),
      ]);
      expect(successes(answers)).toHaveLength(1);
      const { entries, exchanges, payment } = await storyOf(id);
      expect([payment.state, entries.length, exchanges.length]).toEqual(['captured', 1, 1]);
    }
  });

  test('a request under one key at both is done once', async () => {
    const key = randomUUID();
    const body = { amount: 500, currency: 'CNY', store_id: one.storeId };
    const made = await times(20, (i) => at(one.merchant, i).post<Payment>('/v1/payments', body, { key }));
    expect(new Set(successes(made).map((a) => a.text)).size).toBe(1);
    const [{ body: created }] = successes(made) as [Answer<Payment>];
    const { id } = created;
    const paid = await times(20, (i) =>
      at(payer, i).post<Payment>(payPath(id), { card_id: payer.cards[0]?.id }, { key }),
    );
    expect(new Set(successes(paid).map((a) => a.text)).size).toBe(1);
    for (const a of [...made, ...paid]) expect(['200', '201', '409 request_in_flight']).toContain(told(a));
    expect((await storyOf(id)).entries).toHaveLength(1);
  });

  test('a pay code that is shown at tills of both pays once', async () => {
    const code = codeOf(payer, payer.cards[2] as Wallet['cards'][0]);
    const orders = await times(10, (i) => order(i % 2 === 0 ? one : two, 700 + i));
    const answers = await times(10, (i) =>
      at(one.merchant, i).post(`/v1/payments/${orders[i]?.id}/collect`, { pay_code: code }),
    );
    expect(answers.map(told).sort()).toEqual(['200', ...Array(9).fill('409 pay_code_used')]);
  });

  test('refunds at both never give back more than was taken', async () => {
    const { id } = await buy(one, payer, payer.cards[0], 1_000);
    const began = performance.now();
    const answers = await times(20, (i) =>
      at(one.merchant, i).post<Refund>(`/v1/payments/${id}/refunds`, { amount: 100, reason: `${i}` }),
    );
    expect(successes(answers)).toHaveLength(10);
    // Whichever process has sent the message to the bank, the one that was asked hears of the end.
    expect(successes(answers).map((a) => (a.body as Refund).state)).toEqual(Array(10).fill('succeeded'));
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(await look(one, id)).toMatchObject({ state: 'refunded', refunded_amount: 1_000 });
    const { exchanges } = await storyOf(id);
    expect(exchanges.filter((e) => e.kind === 'refund_advice')).toHaveLength(10);
  });

  test('a capture at one and a void at the other: one of them', async () => {
    for (let i = 0; i < 6; i++) {
      const { id } = await buy(one, payer, payer.cards[0], 900, { capture: 'manual' });
      const answers = await Promise.all([
        at(one.merchant, i).post(`/v1/payments/${id}/capture`, {}),
        at(one.merchant, i + 1).post(`/v1/payments/${id}/cancel`),
      ]);
      expect(successes(answers)).toHaveLength(1);
    }
  });

  test('what expires is ended once, though both look', async () => {
    const made = await times(10, () => order(one, 300));
    await setDue(
      one.network.db,
      made.map((p) => toUuid(p.id, 'pay')),
      Date.now() - 1_000,
    );
    await until(
      async () => (await Promise.all(made.map((p) => look(two, p.id)))).every((p) => p.state === 'expired'),
      8_000,
    );
    for (const { id } of made) {
      expect((await storyOf(id)).events.filter((e) => e.type === 'payment.expired')).toHaveLength(1);
    }
  });

  test('a till at one hears within a second of what was paid at the other', async () => {
    const cashier = await till(two, '100102');
    const stream = await openEvents(cashier, '/v1/till/stream');
    try {
      const { id } = await order(one, 1_234);
      const paid = await done(at(payer, 0).post<Payment>(payPath(id), { card_id: payer.cards[0]?.id }));
      const answered = performance.now();
      const heard = await stream.reached(id, 'captured');
      expect(heard.atMs - answered).toBeLessThan(1_000);
      expect(heard.payment).toEqual(paid);
    } finally {
      stream.close();
    }
  });

  test('a key revoked at one is refused at the other within two seconds', async () => {
    const { merchant } = await order(one, 1);
    const body = { merchant_id: merchant.id, name: 'short' };
    const { key, secret } = await done(
      operator.post<{ key: ApiKey; secret: string }>('/v1/console/api-keys', body),
    );
    const by = two.anyone.as(secret);
    expect((await by.get('/v1/payments')).status).toBe(200);
    await done(operator.delete(`/v1/console/api-keys/${key.id}`));
    await until(async () => (await by.get('/v1/payments')).status === 401, 2_000, 'the refusal');
  });

  test('keys of a link change at one while the other pays on', async () => {
    const { data } = await done(operator.get<{ data: MemberView[] }>('/v1/console/members'));
    const bank = data.find((m) => m.code === 'yunzhou');
    const card = friend.cards.find((c) => c.bank.id === 'yunzhou');
    const buying = times(20, (i) => buy(i % 2 === 0 ? one : two, at(friend, i), card, 100 + i));
    const changed = await done(
      operator.post<{ ok: boolean }>(`/v1/console/members/${bank?.id}/link`, { action: 'exchange_keys' }),
    );
    expect(changed).toMatchObject({ ok: true });
    const first = await buying;
    // The other process may lose the messages that were on their way with the old key: they are reversed, not lost.
    await until(async () => {
      const states = await Promise.all(first.map(async (p) => (await look(one, p.id)).state));
      return states.every((s) => s === 'captured' || s === 'reversed');
    }, 20_000);
    expect((await buy(two, friend, card, 99)).state).toBe('captured');
  });

  test('no two payments share the reference of a bank message', async () => {
    const paid = await times(60, (i) =>
      buy(i % 2 === 0 ? one : two, at(payer, i), payer.cards[i % 6], 100 + i),
    );
    expect(paid.every((p) => p.state === 'captured')).toBe(true);
    expect(new Set(paid.map((p) => p.rrn)).size).toBe(60);
  });

  test('neither failed, and the books are right in the end', async () => {
    expect([...one.heard, ...two.heard].filter((h) => h.answer.status >= 500)).toEqual([]);
    expect(await differences(one.network.db)).toEqual([]);
  });
});
