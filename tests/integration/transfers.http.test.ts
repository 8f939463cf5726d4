import type { Card, Transfer, TransferPage } from '@feiqian/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Answer, done, told } from '../support/caller.ts';
import { openEvents } from '../support/events.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { cardFor, tester, type Wallet, wallet } from '../support/people.ts';
import { until } from '../support/until.ts';
import { prepared, setPin, withPin } from '../support/verify.ts';

/* Transfers over the API, the links and the reference banks. */

let net: TestNetwork;
let payer: Wallet;
let holder: Wallet;
beforeAll(async () => {
  net = await startTestNetwork({ linkWaitMs: 1_500 });
  payer = await wallet(net, '13800000001');
  holder = await wallet(net, tester);
});
afterAll(() => net?.stop());

const debitAt = (who: Wallet, bank: string) =>
  who.cards.find((c) => c.bank.id === bank && c.kind === 'debit') as Card;
const available = async (who: Wallet, card: Card) =>
  (await done(who.get<{ available: number }>(`/v1/wallet/cards/${card.id}/balance`))).available;
const bodyOf = (from: Card | undefined, to: Card | undefined, amount: number) => ({
  from_card_id: from?.id,
  to: { card_id: to?.id },
  amount,
  currency: 'CNY',
  repeat_confirmed: true,
});
const send = (who: Wallet, from: Card | undefined, to: Card | undefined, amount: number, change = {}) =>
  who.post<Transfer>('/v1/wallet/transfers', { ...bodyOf(from, to, amount), ...change });
const last = async (who: Wallet, id: string) => done(who.get<Transfer>(`/v1/wallet/transfers/${id}`));

test('money goes from a card at one bank to a card at another at once, and the stream tells it', async () => {
  const [from, to] = [debitAt(payer, 'yunzhou'), debitAt(payer, 'yanhu')];
  const before = [await available(payer, from), await available(payer, to)] as const;
  const stream = await openEvents(payer, '/v1/wallet/stream');
  const sent = await send(payer, from, to, 12_34, { note: '房租' });
  expect(sent.status).toBe(201);
  expect(sent.body).toMatchObject({
    state: 'completed',
    direction: 'own',
    amount: 12_34,
    note: '房租',
    debit: { state: 'done', bank_name_en: 'Bank of Yunzhou' },
    credit: { state: 'done', bank_name_en: 'Yanhu Rural Credit' },
  });
  expect(await available(payer, from)).toBe(before[0] - 12_34);
  expect(await available(payer, to)).toBe(before[1] + 12_34);
  const heard = () => stream.events.filter((e) => e.payment.id === sent.body.id).map((e) => e.type);
  await until(() => heard().length === 3, 5_000);
  expect(heard()).toEqual(['transfer.debiting', 'transfer.crediting', 'transfer.completed']);
  stream.close();
  const list = await done(payer.get<TransferPage>('/v1/wallet/transfers'));
  expect(list.data[0]).toEqual(sent.body);
  expect(await last(payer, sent.body.id)).toEqual(sent.body);
});

test('within one bank too, without an entry between banks', async () => {
  const [from, to] = [cardFor(net, holder, 'approve'), cardFor(net, holder, 'do_not_honour')];
  const sent = await done(send(holder, from, to, 500));
  expect(sent.state).toBe('completed');
});

test('what the payer’s bank refuses is declined with its reason, and nothing moves', async () => {
  const to = cardFor(net, holder, 'approve');
  const before = await available(holder, to);
  const poor = await done(send(holder, cardFor(net, holder, 'insufficient_funds'), to, 700));
  expect(poor).toMatchObject({
    state: 'declined',
    decline: { code: 'insufficient_funds', response_code: '51' },
  });
  const lost = await done(send(holder, cardFor(net, holder, 'lost_card'), to, 700));
  expect(lost).toMatchObject({ state: 'declined', decline: { code: 'lost_or_stolen' } });
  expect(await available(holder, to)).toBe(before);
});

test('a credit card neither sends nor takes a transfer', async () => {
  const credit = payer.cards.find((c) => c.kind === 'credit');
  expect(told(await send(payer, credit, debitAt(payer, 'yanhu'), 100))).toBe('409 card_not_usable');
  expect(told(await send(payer, debitAt(payer, 'yanhu'), credit, 100))).toBe('422 payee_not_permitted');
});

test('the same key sends once, an unsigned request and one signed for another body not at all', async () => {
  const [from, to] = [debitAt(payer, 'yunzhou'), debitAt(payer, 'haigang')];
  const body = { from_card_id: from.id, to: { card_id: to.id }, amount: 4_321, currency: 'CNY' };
  const before = await available(payer, from);
  const both = await Promise.all(
    [1, 2].map(() => payer.post<Transfer>('/v1/wallet/transfers', body, { key: 'once' })),
  );
  expect(both.filter((a) => a.status === 201).length).toBeGreaterThan(0);
  expect(both.every((a) => a.status === 201 || told(a) === '409 request_in_flight')).toBe(true);
  const again = await payer.post<Transfer>('/v1/wallet/transfers', body, { key: 'once' });
  expect(again.body).toEqual(both.find((a) => a.status === 201)?.body);
  expect(told(await payer.post('/v1/wallet/transfers', body, { signed: false }))).toBe(
    '403 signature_required',
  );
  expect(told(await payer.post('/v1/wallet/transfers', { ...body, amount: 1 }, { key: 'once' }))).toBe(
    '422 idempotency_key_reused',
  );
  expect(await available(payer, from)).toBe(before - 4_321);
});

test('the same amount to the same card within minutes is asked about once', async () => {
  const [from, to] = [debitAt(payer, 'yunzhou'), debitAt(payer, 'haigang')];
  const first = { repeat_confirmed: false };
  await done(send(payer, from, to, 888, first));
  expect(told(await send(payer, from, to, 888, first))).toBe('409 transfer_repeated');
  expect((await done(send(payer, from, to, 888, { repeat_confirmed: true }))).state).toBe('completed');
});

test('twenty at once from one balance together take no more than there is', async () => {
  const from = debitAt(payer, 'haigang');
  const to = debitAt(payer, 'yunzhou');
  const [rich, before] = [await available(payer, from), await available(payer, to)];
  const amount = Math.floor(rich / 7) - 1;
  await setPin(net, payer);
  const sends: (() => Promise<Answer<Transfer>>)[] = [];
  // One PIN after another: each is counted as a try before it is looked at.
  for (let i = 0; i < 20; i++)
    sends.push(
      await prepared<Transfer>(payer, 'POST', '/v1/wallet/transfers', bodyOf(from, to, amount), (v) =>
        done(withPin(payer, v)),
      ),
    );
  const answers = await Promise.all(sends.map((send) => done(send())));
  expect(answers.filter((t) => t.state === 'completed')).toHaveLength(7);
  expect(answers.filter((t) => t.decline?.code === 'insufficient_funds')).toHaveLength(13);
  expect(await available(payer, from)).toBe(rich - 7 * amount);
  expect(await available(payer, to)).toBe(before + 7 * amount);
});

test('a transfer for later moves nothing, can be taken back once, and only by its payer', async () => {
  const [from, to] = [debitAt(payer, 'yunzhou'), debitAt(payer, 'yanhu')];
  const before = await available(payer, from);
  const scheduled_at = new Date(Date.now() + 3_600_000).toISOString();
  const sent = await done(send(payer, from, to, 300, { scheduled_at }));
  expect(sent).toMatchObject({ state: 'scheduled', scheduled_at, debit: { state: 'waiting' } });
  const path = `/v1/wallet/transfers/${sent.id}/cancel`;
  expect(told(await holder.post(path, {}))).toBe('404 not_found');
  expect((await done(payer.post<Transfer>(path, {}))).state).toBe('cancelled');
  expect(told(await payer.post(path, {}))).toBe('409 transfer_begun');
  expect(await available(payer, from)).toBe(before);
  for (const at of [new Date(Date.now() - 1_000), new Date(Date.now() + 400 * 86_400_000)])
    expect(told(await send(payer, from, to, 300, { scheduled_at: at.toISOString() }))).toBe(
      '422 time_not_allowed',
    );
});

test('a transfer for later begins at its time', async () => {
  const [from, to] = [debitAt(payer, 'yunzhou'), debitAt(payer, 'yanhu')];
  const before = await available(payer, to);
  const scheduled_at = new Date(Date.now() + 1_000).toISOString();
  const sent = await done(send(payer, from, to, 310, { scheduled_at }));
  await until(async () => (await last(payer, sent.id)).state === 'completed', 10_000);
  expect(await available(payer, to)).toBe(before + 310);
});

test('somebody else’s transfer is not there', async () => {
  const sent = await done(send(payer, debitAt(payer, 'yunzhou'), debitAt(payer, 'yanhu'), 77));
  expect(told(await holder.get(`/v1/wallet/transfers/${sent.id}`))).toBe('404 not_found');
  const list = await done(holder.get<TransferPage>('/v1/wallet/transfers'));
  expect(list.data.map((t) => t.id)).not.toContain(sent.id);
});

test('a payer’s bank that does not answer, or too late, charges nobody in the end', async () => {
  const to = cardFor(net, holder, 'approve');
  const before = await available(holder, to);
  for (const outcome of ['time_out', 'late_answer']) {
    const card = cardFor(net, holder, outcome);
    const had = await available(holder, card);
    const sent = await done(send(holder, card, to, 1_500));
    expect(sent).toMatchObject({ state: 'unknown', debit: { state: 'unknown' } });
    await until(async () => (await last(holder, sent.id)).state === 'returned', 20_000);
    expect(await available(holder, card)).toBe(had);
  }
  expect(await available(holder, to)).toBe(before);
});

test('the auditor finds nothing', async () => {
  expect(await differences(net.network.db)).toEqual([]);
});
