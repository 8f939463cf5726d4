import { randomUUID } from 'node:crypto';
import type { Payment, PaymentStory } from '@feiqian/contract';
import { openPostgres } from '@feiqian/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Answer, type Caller, done } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { desk, look, type Wallet, wallet } from '../support/people.ts';
import { pause } from '../support/until.ts';

/*
 * Connections to the database are cut in the middle of transactions, commits included. Whoever was told nothing, or
 * that the outcome is not known, asks again under the same key; in the end each purchase was made once or not at all.
 */
describe.runIf(process.env.TEST_DATABASE_URL)('connections to the database that are cut under load', () => {
  let net: TestNetwork;
  let payer: Wallet;
  let operator: Caller;
  beforeAll(async () => {
    net = await startTestNetwork();
    payer = await wallet(net, '13800000001');
    operator = await desk(net);
  });
  afterAll(() => net?.stop());

  const buyersCount = 16;
  const cutMs = 4_000;
  const everyMs = 120;
  const triesMax = 200;

  /** Asks until there is a definite answer. */
  async function insist<T>(ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
    for (let i = 0; i < triesMax; i++) {
      const answer = await ask();
      if (answer.status < 500 && answer.headers.get('retry-after') === null) return answer;
      expect([409, 500, 503]).toContain(answer.status);
      await pause(250);
    }
    throw new Error('no definite answer came');
  }

  async function cutEverything(whileLoading: () => boolean): Promise<number> {
    const admin = openPostgres({ url: net.databaseUrl as string, poolMax: 1, applicationName: 'saboteur' });
    let cuts = 0;
    while (whileLoading()) {
      const { rows } = await admin.query<{ cut: boolean }>(
        `select pg_terminate_backend(pid) as cut from pg_stat_activity
         where datname = current_database() and application_name like 'feiqian%'`,
      );
      cuts += rows.length;
      await pause(everyMs);
    }
    await admin.close();
    return cuts;
  }

  test('leave every purchase made once or not at all, and every answer true', async () => {
    let loading = true;
    const bought: Payment[] = [];
    const buyers = Array.from({ length: buyersCount }, async (_, buyer) => {
      for (let i = 0; loading; i++) {
        const body = { amount: 100 + i, currency: 'CNY', store_id: net.storeId };
        const [create, pay] = [randomUUID(), randomUUID()];
        const made = await insist(() => net.merchant.post<Payment>('/v1/payments', body, { key: create }));
        const path = `/v1/wallet/payments/${made.body.id}/pay`;
        const card = { card_id: payer.cards[buyer % 6]?.id };
        const paid = await insist(() => payer.post<Payment>(path, card, { key: pay }));
        expect(paid.status, paid.text).toBe(200);
        bought.push(paid.body);
      }
    });
    const cutting = cutEverything(() => loading);
    await pause(cutMs);
    loading = false;
    const cuts = await cutting;
    await Promise.all(buyers);
    expect(cuts).toBeGreaterThan(50);
    expect(await differences(net.network.db)).toEqual([]);
    for (const told of bought) {
      const now = await look(net, told.id);
      if (told.state === 'captured') expect(now).toEqual(told);
      else
        expect([told.state, now.state]).toEqual([
          told.state,
          told.state === 'declined' ? 'declined' : 'reversed',
        ]);
      const { entries } = await done(operator.get<PaymentStory>(`/v1/console/payments/${told.id}`));
      expect(entries).toHaveLength(now.state === 'captured' ? 1 : 0);
    }
    expect(bought.filter((p) => p.state === 'captured').length).toBeGreaterThan(0);
  });

  test('are told apart from faults of our own', () => {
    const faults = net.heard.filter((h) => h.answer.status === 500);
    expect(faults.map((h) => h.answer.text)).toEqual([]);
  });

  test('are taken up again: the next purchase is as quick as ever', async () => {
    const { id } = await done(
      net.merchant.post<Payment>('/v1/payments', { amount: 1, currency: 'CNY', store_id: net.storeId }),
    );
    const began = performance.now();
    const paid = await done(
      payer.post<Payment>(`/v1/wallet/payments/${id}/pay`, { card_id: payer.cards[0]?.id }),
    );
    expect(paid.state).toBe('captured');
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
