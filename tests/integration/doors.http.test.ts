import type { Payment, Poster, Receipt, ScanResult } from '@feiqian/contract';
import { payCodeToCpm, readFeiqianMpm } from '@feiqian/emvqr';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { codeOf, look, order, till, type Wallet, wallet } from '../support/people.ts';

let net: TestNetwork;
let payer: Wallet;
let friend: Wallet;
beforeAll(async () => {
  net = await startTestNetwork();
  payer = await wallet(net, '13800000001');
  friend = await wallet(net, '13800000002');
});
afterAll(() => net?.stop());

const scan = (by: Wallet, text: string) => by.post<ScanResult>('/v1/wallet/scans', { text });
const pay = (by: Wallet, id: string) =>
  by.post<Payment>(`/v1/wallet/payments/${id}/pay`, { card_id: by.cards[0]?.id });
const collect = (id: string, pay_code: string) =>
  net.merchant.post<Payment>(`/v1/payments/${id}/collect`, { pay_code });

test('a dynamic code carries amount and order, is scanned, and is paid', async () => {
  const made = await order(net, 1880, { order_reference: 'A-17', description: '拿铁' });
  expect(made).toMatchObject({ state: 'created', entry: 'dynamic_code', card: null, rrn: null });
  const read = readFeiqianMpm(made.code as string);
  expect(read).toMatchObject({
    ok: true,
    code: { payment: made.id, merchant: net.storeId, amount: '18.80', currency: '156' },
  });
  const found = await done(scan(payer, made.code as string));
  expect(found).toEqual({ kind: 'payment', payment: made });
  const paid = await done(pay(payer, made.id));
  expect(paid).toMatchObject({
    id: made.id,
    state: 'captured',
    authorised_amount: 1880,
    captured_amount: 1880,
    refunded_amount: 0,
    order_reference: 'A-17',
    card: { bank_id: payer.cards[0]?.bank.id, last4: payer.cards[0]?.last4 },
    decline: null,
    code: null,
    link: null,
  });
  expect(paid.rrn).toMatch(/^[0-9A-Z]{12}$/);
  expect(paid.approval_code).toMatch(/^[0-9A-Z]{6}$/);
  expect(await look(net, made.id)).toEqual(paid);
});

test('a poster names the store; the payer types the amount and the payment is nobody else’s', async () => {
  const cashier = await till(net);
  const poster = await done(cashier.get<Poster>(`/v1/stores/${net.storeId}/poster`));
  const found = await done(scan(payer, poster.code));
  expect(found).toMatchObject({ kind: 'store', store: { id: net.storeId }, currency: 'CNY' });
  const body = { store_id: net.storeId, amount: 650, currency: 'CNY', description: '两个包子' };
  const made = await done(payer.post<Payment>('/v1/wallet/payments', body));
  expect(made).toMatchObject({ state: 'created', entry: 'static_code', amount: 650 });
  expect(told(await pay(friend, made.id))).toBe('404 not_found');
  expect(told(await scan(friend, made.code as string))).toBe('404 not_found');
  expect((await done(pay(payer, made.id))).state).toBe('captured');
  expect((await look(net, made.id)).captured_amount).toBe(650);
});

test('a pay code made by the device alone pays at the till', async () => {
  const { id } = await order(net, 900, { entry: 'pay_code' });
  const paid = await done(collect(id, codeOf(payer, payer.cards[1] as Wallet['cards'][0])));
  expect(paid).toMatchObject({
    state: 'captured',
    entry: 'pay_code',
    card: { last4: payer.cards[1]?.last4 },
  });
});

test('a code made offline half a minute ago still pays, one of two minutes ago does not', async () => {
  const card = payer.cards[2] as Wallet['cards'][0];
  const fresh = await order(net, 910, { entry: 'pay_code' });
  const now = Date.now();
  expect((await done(collect(fresh.id, codeOf(payer, card, now - 30_000)))).state).toBe('captured');
  const stale = await order(net, 911, { entry: 'pay_code' });
  expect(told(await collect(stale.id, codeOf(payer, card, now - 120_000)))).toBe('422 pay_code_expired');
  expect(told(await collect(stale.id, codeOf(payer, card, now + 60_000)))).toBe('422 pay_code_invalid');
  expect((await look(net, stale.id)).state).toBe('created');
});

test('the consumer-presented QR and typed groups of digits are the same code', async () => {
  const card = payer.cards[3] as Wallet['cards'][0];
  const digits = codeOf(payer, card);
  const typed = await order(net, 920, { entry: 'pay_code' });
  expect((await done(collect(typed.id, digits.replace(/(.{4})/g, '$1 ')))).state).toBe('captured');
  const scanned = await order(net, 921, { entry: 'pay_code' });
  expect(told(await collect(scanned.id, payCodeToCpm(digits)))).toBe('409 pay_code_used');
  const other = codeOf(payer, payer.cards[4] as Wallet['cards'][0]);
  expect((await done(collect(scanned.id, payCodeToCpm(other)))).state).toBe('captured');
});

test('a pay code shown to twenty tills at once pays one of them', async () => {
  const code = codeOf(friend, friend.cards[0] as Wallet['cards'][0]);
  const orders = await Promise.all(Array.from({ length: 20 }, (_, i) => order(net, 1_000 + i)));
  const answers = await Promise.all(orders.map((o) => collect(o.id, code)));
  expect(answers.map(told).sort()).toEqual(['200', ...Array(19).fill('409 pay_code_used')].sort());
  const states = await Promise.all(orders.map(async (o) => (await look(net, o.id)).state));
  expect(states.filter((s) => s === 'captured')).toHaveLength(1);
  expect(states.filter((s) => s === 'created')).toHaveLength(19);
});

test('a payment link opens the wallet on the payment', async () => {
  const made = await order(net, 3_900, { entry: 'link' });
  expect(made.link).toMatch(new RegExp(`/wallet/pay/${made.id}$`));
  const found = await done(scan(payer, made.link as string));
  expect(found).toMatchObject({ kind: 'payment', payment: { id: made.id, entry: 'link' } });
  expect((await done(pay(payer, made.id))).state).toBe('captured');
});

test('both sides have the same receipt', async () => {
  const { id } = await order(net, 2_600);
  const paid = await done(pay(payer, id));
  const merchants = await done(net.merchant.get<Receipt>(`/v1/payments/${id}/receipt`));
  const payers = await done(payer.get<Receipt>(`/v1/wallet/payments/${id}/receipt`));
  expect(payers).toEqual(merchants);
  expect(merchants).toMatchObject({ payment: paid, refunds: [], number: paid.rrn, merchant_city: 'YUNZHOU' });
  expect(told(await friend.get(`/v1/wallet/payments/${id}/receipt`))).toBe('404 not_found');
});

test('what was paid is in the payer’s records and at the merchant, newest first', async () => {
  const first = await order(net, 101);
  await done(pay(friend, first.id));
  const second = await order(net, 102);
  await done(pay(friend, second.id));
  const records = await done(friend.get<{ data: Payment[] }>('/v1/wallet/payments?limit=2'));
  expect(records.data.map((p) => p.id)).toEqual([second.id, first.id]);
  const sales = await done(net.merchant.get<{ data: Payment[] }>('/v1/payments?limit=2'));
  expect(sales.data.map((p) => p.id)).toEqual([second.id, first.id]);
});

test('a text that is no code of this network is refused', async () => {
  for (const text of ['hello', 'https://example.org/pay', '000201']) {
    expect(told(await scan(payer, text))).toBe('422 code_unreadable');
  }
});
