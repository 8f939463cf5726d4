import type { Payment, Refund } from '@feiqian/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences, settled } from '../support/books.ts';
import { type Answer, type Caller, done } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { look, order, type Wallet, wallet } from '../support/people.ts';

/*
 * Hundreds of requests in no order at all, many at once, to a few payments: whatever they do to one another, what the
 * callers were told adds up to what the payments say, the payments to what the cards have paid, and the books balance.
 */

const paymentsCount = 12;
const requests = 300;
const atOnce = 12;

let net: TestNetwork;
let payer: Wallet;
let friend: Wallet;
beforeAll(async () => {
  net = await startTestNetwork();
  payer = await wallet(net, '13800000001');
  friend = await wallet(net, '13800000002');
});
afterAll(() => net?.stop());

interface Doing {
  payment: number;
  what: 'pay' | 'friend pays' | 'capture' | 'capture part' | 'cancel' | 'refund' | 'refund part';
  card: number;
}
const doing: fc.Arbitrary<Doing> = fc.record({
  payment: fc.nat(paymentsCount - 1),
  what: fc.constantFrom(
    'pay',
    'pay',
    'friend pays',
    'capture',
    'capture part',
    'cancel',
    'refund',
    'refund part',
    'refund part',
  ),
  card: fc.nat(3),
});

function act(id: string, { what, card }: Doing): Promise<Answer> {
  const pay = (by: Caller, cards: Wallet['cards']) =>
    by.post(`/v1/wallet/payments/${id}/pay`, { card_id: cards[card]?.id });
  const merchant = (action: string, body?: unknown) =>
    net.merchant.post(`/v1/payments/${id}/${action}`, body);
  switch (what) {
    case 'pay':
      return pay(payer, payer.cards);
    case 'friend pays':
      return pay(friend, friend.cards);
    case 'capture':
      return merchant('capture', {});
    case 'capture part':
      return merchant('capture', { amount: 400 });
    case 'cancel':
      return merchant('cancel');
    case 'refund':
      return merchant('refunds', { reason: 'all' });
    case 'refund part':
      return merchant('refunds', { amount: 150, reason: 'part' });
  }
}

/** What can be spent with all cards of both. */
async function spendable(): Promise<number> {
  let sum = 0;
  for (const owner of [payer, friend]) {
    for (const card of owner.cards) {
      const path = `/v1/wallet/cards/${card.id}/balance`;
      sum += (await done(owner.get<{ available: number }>(path))).available;
    }
  }
  return sum;
}

test('any mixture of requests adds up', async () => {
  const seed = Number(process.env.FEIQIAN_TEST_SEED ?? Date.now() % 1_000_000);
  const plan = fc.sample(doing, { seed, numRuns: requests });
  const before = await spendable();
  const ids: string[] = [];
  for (let i = 0; i < paymentsCount; i++) {
    ids.push((await order(net, 1_000 + i, { capture: i % 2 === 0 ? 'manual' : 'automatic' })).id);
  }
  const told = new Map<string, { captured: number; refunds: Refund[] }>(
    ids.map((id) => [id, { captured: 0, refunds: [] }]),
  );
  const queue = [...plan];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const id = ids[next.payment] as string;
      const answer = await act(id, next);
      expect([200, 201, 404, 409, 422], `seed ${seed}: ${next.what} ${answer.text}`).toContain(answer.status);
      if (answer.status >= 300) continue;
      const one = told.get(id) as { captured: number; refunds: Refund[] };
      if (next.what.startsWith('refund')) one.refunds.push(answer.body as Refund);
      else one.captured = Math.max(one.captured, (answer.body as Payment).captured_amount);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await settled(net.network.db);
  let moved = 0;
  for (const [id, { captured, refunds }] of told) {
    const now = await look(net, id);
    const back = refunds.reduce((sum, r) => sum + r.amount, 0);
    expect([seed, id, now.captured_amount, now.refunded_amount]).toEqual([seed, id, captured, back]);
    expect(back).toBeLessThanOrEqual(captured);
    moved += captured - back;
    if (now.state === 'authorised') {
      await done(net.merchant.post(`/v1/payments/${id}/cancel`));
    }
  }
  await settled(net.network.db);
  expect(before - (await spendable()), `seed ${seed}`).toBe(moved);
  expect(await differences(net.network.db)).toEqual([]);
  expect(net.heard.filter((h) => h.answer.status >= 500)).toEqual([]);
});
