import type { Card, MoneyRequest, MoneyRequestPage, Split, Transfer, TransferPage } from '@feiqian/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { done, essence, told } from '../support/caller.ts';
import { openEvents } from '../support/events.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, type Wallet, wallet } from '../support/people.ts';
import { until } from '../support/until.ts';
import { setPin, verified, withPin } from '../support/verify.ts';

/* Asking for money and splitting a bill, over the API and the reference banks. */

let net: TestNetwork;
let asker: Wallet;
let friend: Wallet;
const friendMobile = '13800000003';
const nobody = '13999999999';

beforeAll(async () => {
  net = await startTestNetwork();
  asker = await wallet(net, '13800000001');
  friend = await wallet(net, friendMobile);
  await setPin(net, friend);
});
afterAll(() => net?.stop());

const debitAt = (who: Wallet, bank: string) =>
  who.cards.find((c) => c.bank.id === bank && c.kind === 'debit') as Card;
const available = async (who: Wallet, card: Card) =>
  (await done(who.get<{ available: number }>(`/v1/wallet/cards/${card.id}/balance`))).available;
const ask = (mobile: string, amount: number, change = {}) =>
  asker.post<MoneyRequest>('/v1/wallet/requests', { mobile, amount, currency: 'CNY', ...change });
const pay = (id: string) =>
  verified<Transfer>(
    friend,
    'POST',
    `/v1/wallet/requests/${id}/pay`,
    { from_card_id: debitAt(friend, 'yunzhou').id },
    (v) => done(withPin(friend, v)),
  );
const seenBy = (who: Wallet, id: string) => who.get<MoneyRequest>(`/v1/wallet/requests/${id}`);

test('who receives nothing cannot ask, and nobody asks oneself', async () => {
  expect(told(await ask(friendMobile, 100))).toBe('409 receiving_needed');
  const body = { card_id: debitAt(asker, 'yanhu').id };
  await done(asker.send('PUT', '/v1/wallet/receiving', { body }));
  expect(told(await ask('13800000001', 100))).toBe('422 payee_is_payer');
});

test('an unknown number is answered like a known one, and only who is asked sees it', async () => {
  const shape = (a: MoneyRequest) => ({
    ...a,
    id: '',
    asked: '',
    created_at: '',
    updated_at: '',
    expires_at: '',
  });
  const unknown = await done(ask(nobody, 500, { name: '老李' }));
  const known = await done(ask(friendMobile, 500, { name: '小王' }));
  expect(shape(known)).toEqual(shape(unknown));
  expect(unknown).toMatchObject({ state: 'asked', asked: { name: '老李', mobile: '139****9999' } });
  expect(told(await seenBy(friend, unknown.id))).toBe('404 not_found');
  const { data } = await done(friend.get<MoneyRequestPage>('/v1/wallet/requests?direction=in'));
  expect(data).toMatchObject([{ id: known.id, direction: 'in', asked: { name: null }, amount: 500 }]);
  expect(data[0]?.asker).toMatchObject({ mobile: '138****0001' });
  expect(told(await friend.post(`/v1/wallet/requests/${known.id}/withdraw`))).toBe('404 not_found');
  expect((await done(friend.post<MoneyRequest>(`/v1/wallet/requests/${known.id}/decline`))).state).toBe(
    'declined',
  );
  const withdraw = `/v1/wallet/requests/${unknown.id}/withdraw`;
  expect((await done(asker.post<MoneyRequest>(withdraw))).state).toBe('withdrawn');
  expect(told(await asker.post(withdraw))).toBe('409 request_ended');
});

test('the person who is asked hears of it at once, pays it, and the asker hears of that', async () => {
  const [mine, theirs] = [
    await openEvents(asker, '/v1/wallet/stream'),
    await openEvents(friend, '/v1/wallet/stream'),
  ];
  const before = await available(asker, debitAt(asker, 'yanhu'));
  const asked = await done(ask(friendMobile, 12_50, { note: '电影票' }));
  const heard = (stream: typeof mine) => () =>
    stream.events.filter((e) => e.payment.id === asked.id).map((e) => e.type);
  await until(() => heard(theirs)().length === 1, 5_000);
  const paid = await done(pay(asked.id));
  expect(paid).toMatchObject({
    state: 'completed',
    amount: 12_50,
    note: '电影票',
    payee: { via: 'request' },
  });
  expect(await available(asker, debitAt(asker, 'yanhu'))).toBe(before + 12_50);
  expect(await done(seenBy(asker, asked.id))).toMatchObject({ state: 'paid', transfer_id: paid.id });
  await until(() => heard(mine)().includes('money_request.paid'), 5_000);
  expect(heard(mine)()).toEqual(['money_request.asked', 'money_request.paying', 'money_request.paid']);
  mine.close();
  theirs.close();
  const [received] = (await done(asker.get<TransferPage>('/v1/wallet/transfers'))).data;
  expect(received).toMatchObject({ id: paid.id, direction: 'in' });
  expect(told(await pay(asked.id))).toBe('409 request_ended');
});

test('paid twice at once with two keys it is paid once', async () => {
  const asked = await done(ask(friendMobile, 900));
  const before = await available(friend, debitAt(friend, 'yunzhou'));
  const both = await Promise.all([pay(asked.id), pay(asked.id)]);
  const answers = both.map((a) => (a.status === 201 ? a.body.state : told(a)));
  expect(answers.filter((a) => a === 'completed')).toHaveLength(1);
  expect(
    answers.every((a) => ['completed', '409 request_in_progress', '409 request_ended'].includes(a)),
  ).toBe(true);
  expect(await available(friend, debitAt(friend, 'yunzhou'))).toBe(before - 900);
});

test('a bill is split to the fen, from a payment of one’s own alone, and each part is followed', async () => {
  const people = [{ mobile: friendMobile, name: '小王' }, { mobile: nobody }];
  const body = { total: 1_000, currency: 'CNY', own_part: true, people, note: '晚饭' };
  const bought = await buy(net, asker, debitAt(asker, 'yunzhou'), 1_000);
  const split = await done(asker.post<Split>('/v1/wallet/splits', { ...body, payment_id: bought.id }));
  expect(split).toMatchObject({ own_amount: 334, paid_amount: 0, payment_id: bought.id });
  expect(split.requests.map((r) => r.amount)).toEqual([333, 333]);
  await done(pay(split.requests[0]?.id ?? ''));
  const now = await done(asker.get<Split>(`/v1/wallet/splits/${split.id}`));
  expect(now).toMatchObject({ paid_amount: 333, requests: [{ state: 'paid' }, { state: 'asked' }] });
  expect(told(await friend.get(`/v1/wallet/splits/${split.id}`))).toBe('404 not_found');
  const wrong = async (change: object) => told(await asker.post('/v1/wallet/splits', { ...body, ...change }));
  expect(await wrong({ payment_id: bought.id, total: 1_001 })).toBe('422 amount_too_large');
  expect(await wrong({ payment_id: (await buy(net, friend, debitAt(friend, 'yunzhou'), 1_000)).id })).toBe(
    '404 not_found',
  );
  expect(await wrong({ people: [people[0], people[0]] })).toBe('422 split_not_exact');
  expect(await wrong({ people: [{ ...people[0], amount: 1_001 }] })).toBe('422 split_not_exact');
});

test('asking is counted as looking for a payee is, whoever has the number', async () => {
  const answers: string[] = [];
  for (let i = 0; i < 25; i++) answers.push(told(await ask(nobody, 100 + i)));
  expect(answers.at(-1)).toBe('429 too_many_requests');
  expect(essence(await ask(nobody, 100)).status).toBe(429);
  expect(await differences(net.network.db)).toEqual([]);
});
