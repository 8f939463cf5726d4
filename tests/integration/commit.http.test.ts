import type { Payment, PaymentStory } from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Caller, done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { desk, type Wallet, wallet } from '../support/people.ts';

/*
 * The database is lost during the commit of one step of a purchase: once after it has committed, when only the answer
 * is lost, and once before. The network finds out which it was by reading back, and the caller notices nothing.
 */

let net: TestNetwork;
let payer: Wallet;
let operator: Caller;
let hot: Db;
let lose: ((work: () => Promise<unknown>) => Promise<unknown>) | null = null;

const lost = () => Object.assign(new Error('the connection broke'), { code: '08006' });
const losses: Record<string, (commit: () => Promise<unknown>) => Promise<unknown>> = {
  'after it has taken place': async (commit) => {
    await commit();
    throw lost();
  },
  'before it has taken place': () => Promise.reject(lost()),
};

beforeAll(async () => {
  net = await startTestNetwork();
  payer = await wallet(net, '13800000001');
  operator = await desk(net);
  hot = net.engine.hotDb;
  const { transaction } = hot;
  hot.transaction = ((work, options) => {
    const commit = () => transaction(work, options);
    if (lose === null) return commit();
    return lose(commit);
  }) as Db['transaction'];
});
afterAll(() => net?.stop());

/** Loses the commit whose group has a command of this kind, the first time it comes. */
function loseStep(step: number, how: (commit: () => Promise<unknown>) => Promise<unknown>): void {
  let seen = 0;
  lose = (commit) => {
    seen += 1;
    if (seen !== step) return commit();
    lose = null;
    return how(commit);
  };
}

const steps = { creating: 1, beginning: 2, completing: 3 };
const cases = Object.entries(steps).flatMap(([name, step]) =>
  Object.entries(losses).map(([when, how]) => ({ name, step, when, how })),
);

test.each(cases)('$name: the commit is lost $when', async ({ step, how }) => {
  const before = payer.cards[0];
  loseStep(step, how);
  const body = { amount: 1_700 + step, currency: 'CNY', store_id: net.storeId };
  const key = crypto.randomUUID();
  const created = await net.merchant.post<Payment>('/v1/payments', body, { key });
  expect(told(created)).toBe('201');
  const path = `/v1/wallet/payments/${created.body.id}/pay`;
  const paid = await payer.post<Payment>(path, { card_id: before?.id }, { key });
  expect([told(paid), paid.body.state]).toEqual(['200', 'captured']);
  expect(lose).toBeNull();
  const story = await done(operator.get<PaymentStory>(`/v1/console/payments/${created.body.id}`));
  expect(story.exchanges.map((e) => e.outcome)).toEqual(['answered']);
  expect(story.entries).toHaveLength(1);
  expect(story.events.map((e) => e.type)).toEqual([
    'payment.created',
    'payment.processing',
    'payment.captured',
  ]);
  // The answers are those that are kept under the keys.
  expect((await net.merchant.post('/v1/payments', body, { key })).text).toBe(created.text);
  expect((await payer.post(path, { card_id: before?.id }, { key })).text).toBe(paid.text);
});

test('a commit whose outcome stays unknown is told as that, and the same key gets the truth', async () => {
  lose = async (commit) => {
    await commit();
    throw lost();
  };
  const body = { amount: 900, currency: 'CNY', store_id: net.storeId };
  const key = crypto.randomUUID();
  const first = await net.merchant.post<Payment>('/v1/payments', body, { key });
  expect([told(first), first.headers.get('retry-after')]).toEqual(['503 unknown_outcome', '1']);
  lose = null;
  const again = await net.merchant.post<Payment>('/v1/payments', body, { key });
  expect(told(again)).toBe('201');
  const { data } = await done(net.merchant.get<{ data: Payment[] }>('/v1/payments?limit=5'));
  expect(data.filter((p) => p.amount === 900).map((p) => p.id)).toEqual([again.body.id]);
});

test('the books are right', async () => {
  expect(await differences(net.network.db)).toEqual([]);
});
