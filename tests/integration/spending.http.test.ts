import type { Spending, SpendingPaymentPage, Transfer } from '@feiqian/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, cardFor, tester, type Wallet, wallet } from '../support/people.ts';

/* What a person has spent in a month, and means to spend. The first merchant is a coffee shop (5814). */

let net: TestNetwork;
let payer: Wallet;
let other: Wallet;
beforeAll(async () => {
  net = await startTestNetwork();
  payer = await wallet(net, tester);
  other = await wallet(net, '13800000001');
});
afterAll(() => net?.stop());

const month = (who: Wallet, query = '') => done(who.get<Spending>(`/v1/wallet/spending${query}`));
const setBudget = (body: unknown) => payer.send<Spending>('PUT', '/v1/wallet/budget', { body });

test('payments count by what the merchant sells, less refunds; what failed and what was sent does not', async () => {
  const empty = await month(payer);
  expect(empty).toMatchObject({ total: 0, payments: 0, budget: null, categories: [] });
  expect(empty.trend).toHaveLength(12);
  expect(empty.trend.at(-1)?.month).toBe(empty.month);
  const card = cardFor(net, payer, 'approve');
  const first = await buy(net, payer, card, 2_000);
  await buy(net, payer, card, 1_500);
  await buy(net, payer, cardFor(net, payer, 'do_not_honour'), 900);
  await buy(net, other, other.cards[0], 700);
  await done(net.merchant.post(`/v1/payments/${first.id}/refunds`, { amount: 500, reason: 'returned' }));
  const own = { from_card_id: card.id, to: { card_id: cardFor(net, payer, 'late_answer').id } };
  await done(payer.post<Transfer>('/v1/wallet/transfers', { ...own, amount: 400, currency: 'CNY' }));
  const spent = await month(payer);
  expect(spent).toMatchObject({
    total: 3_000,
    payments: 2,
    refunded: 500,
    categories: [{ category: 'dining', amount: 3_000, payments: 2, budget: null }],
  });
  expect(spent.trend.at(-1)).toEqual({ month: spent.month, amount: 3_000 });
  const list = await done(
    payer.get<SpendingPaymentPage>(`/v1/wallet/spending/payments?category=dining&limit=1`),
  );
  expect(list.data).toMatchObject([{ mcc: '5814', category: 'dining', payment: { amount: 1_500 } }]);
  const rest = await done(
    payer.get<SpendingPaymentPage>(
      `/v1/wallet/spending/payments?category=dining&limit=1&cursor=${list.next_cursor}`,
    ),
  );
  expect([rest.data.map((d) => d.payment.id), rest.next_cursor]).toEqual([[first.id], null]);
  const none = await done(payer.get<SpendingPaymentPage>('/v1/wallet/spending/payments?category=travel'));
  expect(none.data).toEqual([]);
});

test('a budget shows what is left, can be overspent, and is one’s own', async () => {
  const set = await done(setBudget({ total: 5_000, categories: [{ category: 'dining', amount: 2_500 }] }));
  expect(set.budget).toEqual({ amount: 5_000, left: 2_000 });
  expect(set.categories[0]).toMatchObject({ category: 'dining', budget: { amount: 2_500, left: -500 } });
  expect(await month(payer)).toEqual(set);
  expect((await month(other)).budget).toBeNull();
  expect((await month(payer, '?month=2020-01')).budget).toBeNull();
  expect((await month(payer, '?month=2099-01')).budget?.amount).toBe(5_000);
  const none = await done(setBudget({ total: null, categories: [] }));
  expect([none.budget, none.categories[0]?.budget]).toEqual([null, null]);
});

test('a budget of nothing, of a category that is none, and a month that is none are refused', async () => {
  expect(told(await setBudget({ total: 0, categories: [] }))).toBe('400 invalid_request');
  const unknown = { total: null, categories: [{ category: 'yachts', amount: 1 }] };
  expect(told(await setBudget(unknown))).toBe('400 invalid_request');
  expect(told(await payer.get('/v1/wallet/spending?month=2026-13'))).toBe('400 invalid_request');
});
