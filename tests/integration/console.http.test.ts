import type { MemberView, Payment, Today } from '@feiqian/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, desk, order, type Wallet, wallet } from '../support/people.ts';
import { pause, until } from '../support/until.ts';
import { setPin, verified, withPinAndCode } from '../support/verify.ts';

let net: TestNetwork;
let payer: Wallet;
let operator: Caller;
beforeAll(async () => {
  net = await startTestNetwork();
  payer = await wallet(net, '13800000001');
  operator = await desk(net);
});
afterAll(() => net?.stop());

const find = (query: string, by = operator) =>
  done(by.get<{ data: Payment[]; next_cursor: string | null }>(`/v1/console/payments${query}`));
const ids = async (query: string) => (await find(query)).data.map((p) => p.id);
const cardOf = (bank: string, kind = 'debit') =>
  payer.cards.find((c) => c.bank.id === bank && c.kind === kind);
const members = async () => (await done(operator.get<{ data: MemberView[] }>('/v1/console/members'))).data;
const member = async (code: string) => (await members()).find((m) => m.code === code) as MemberView;

describe('a search', () => {
  test('finds a payment by its id, its order and its bank reference', async () => {
    const paid = await buy(net, payer, cardOf('yunzhou'), 1_000, { order_reference: 'FIND-ME' });
    for (const q of [paid.id, 'FIND-ME', paid.rrn]) expect(await ids(`?q=${q}`)).toEqual([paid.id]);
    expect(await ids('?q=find-me')).toEqual([]);
    expect(await ids(`?q=${encodeURIComponent("' or 1=1 --")}`)).toEqual([]);
  });

  test('narrows by state, bank, door, merchant and time', async () => {
    const paid = await buy(net, payer, cardOf('haigang'), 1_100, { entry: 'link' });
    const open = await order(net, 1_200);
    expect(await ids('?bank=haigang&state=captured&entry=link')).toEqual([paid.id]);
    expect(await ids('?state=created')).toContain(open.id);
    expect(await ids(`?merchant_id=${paid.merchant.id}&bank=haigang`)).toEqual([paid.id]);
    expect(await ids(`?from=${encodeURIComponent(open.created_at)}`)).toContain(open.id);
    expect(await ids(`?to=${encodeURIComponent(paid.created_at)}`)).not.toContain(paid.id);
    expect(
      await ids(`?from=${encodeURIComponent(paid.created_at)}&to=${encodeURIComponent(paid.created_at)}`),
    ).toEqual([]);
  });

  test('gives every payment once, page by page', async () => {
    await Promise.all(Array.from({ length: 15 }, (_, i) => order(net, 2_000 + i)));
    const all: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { data: Payment[]; next_cursor: string | null } = await find(
        `?limit=4${cursor && `&cursor=${cursor}`}`,
      );
      all.push(...page.data.map((p) => p.id));
      cursor = page.next_cursor;
    }
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual([...all].sort().reverse());
    expect(all.length).toBeGreaterThan(15);
  });
});

describe('an export', () => {
  test('has no cell that a spreadsheet would take for a formula, and keeps commas, quotes and lines', async () => {
    const references = ['=1+1', '+86', '-5', '@SUM(A1)', '\t=1', 'a,b', 'say "hi"', 'two\nlines', '正常'];
    for (const order_reference of references) await order(net, 3_000, { order_reference });
    const { text, headers } = await operator.get('/v1/console/payments.csv?state=created');
    expect(headers.get('content-type')).toMatch(/^text\/csv/);
    expect(headers.get('content-disposition')).toContain('attachment');
    for (const cell of [
      "'=1+1",
      "'+86",
      "'-5",
      "'@SUM(A1)",
      "'\t=1",
      '"a,b"',
      '"say ""hi"""',
      '"two\nlines"',
      '正常',
    ])
      expect(text).toContain(`,${cell},`);
    expect(text).not.toMatch(/,[=+\-@]/);
  });
});

describe('today', () => {
  test('counts what was taken and given back, by bank', async () => {
    const today = () => done(operator.get<Today>('/v1/console/today'));
    // The second that is still running is not told yet.
    await pause(1_100);
    const before = await today();
    const paid = await buy(net, payer, cardOf('yanhu'), 4_000);
    await done(net.merchant.post(`/v1/payments/${paid.id}/refunds`, { amount: 1_500, reason: 'x' }));
    const declined = await order(net, 60_000_000);
    await setPin(net, payer);
    await done(
      verified(
        payer,
        'POST',
        `/v1/wallet/payments/${declined.id}/pay`,
        { card_id: cardOf('yanhu', 'credit')?.id },
        (v) => withPinAndCode(net, payer, v),
      ),
    );
    // The figures are kept for a moment.
    await until(
      async () => (await today()).captured_count === before.captured_count + 1,
      5_000,
      'the figures',
    );
    const after = await today();
    expect(after.captured_amount - before.captured_amount).toBe(4_000);
    expect(after.refunded_amount - before.refunded_amount).toBe(1_500);
    expect(after.declined_count - before.declined_count).toBe(1);
    const bank = (t: Today) => t.banks.find((b) => b.id === 'yanhu') as Today['banks'][0];
    expect(bank(after).position - bank(before).position).toBe(2_500);
    expect(bank(after).approved - bank(before).approved).toBe(1);
    expect(after.hours.reduce((n, h) => n + h.count, 0)).toBe(after.captured_count);
    expect(after.ticks).toHaveLength(300);
    const sum = (t: Today) => t.ticks.reduce((n, tick) => n + tick.approved, 0);
    expect(sum(after) - sum(before)).toBe(1);
  });
});

describe('a link', () => {
  const act = async (code: string, action: string) =>
    done(operator.post<{ ok: boolean }>(`/v1/console/members/${(await member(code)).id}/link`, { action }));

  test('that is signed off carries nothing: payers are told at once that no money moved', async () => {
    expect(await act('haigang', 'sign_off')).toMatchObject({ ok: true });
    await until(async () => (await member('haigang')).link?.state === 'signed_off', 5_000, 'the sign-off');
    const refused = await buy(net, payer, cardOf('haigang'), 1_000);
    expect(refused).toMatchObject({
      state: 'declined',
      decline: { code: 'issuer_unavailable', response_code: null },
    });
    expect((await buy(net, payer, cardOf('yunzhou'), 1_000)).state).toBe('captured');
    expect(await act('haigang', 'sign_on')).toMatchObject({ ok: true });
    await until(async () => (await member('haigang')).link?.state === 'signed_on', 5_000, 'the sign-on');
    const path = `/v1/wallet/payments/${refused.id}/pay`;
    expect((await done(payer.post<Payment>(path, { card_id: cardOf('haigang')?.id }))).state).toBe(
      'captured',
    );
  });

  test('answers an echo, and changes its keys while payments go on', async () => {
    expect(await act('yunzhou', 'echo')).toMatchObject({ ok: true });
    const buying = Array.from({ length: 12 }, (_, i) => buy(net, payer, cardOf('yunzhou'), 100 + i));
    expect(await act('yunzhou', 'exchange_keys')).toMatchObject({ ok: true });
    const paid = await Promise.all(buying);
    expect(paid.map((p) => p.state)).toEqual(Array(12).fill('captured'));
    expect((await buy(net, payer, cardOf('yunzhou'), 100)).state).toBe('captured');
  });
});

test('a merchant that is registered waits, is approved, hires, and takes a payment', async () => {
  const made = await done(
    operator.post<{ id: string; status: string; stores: { id: string }[] }>('/v1/console/merchants', {
      name: '新面馆',
      name_en: 'NEW NOODLES',
      mcc: '5812',
      city: 'YUNZHOU',
      licence: 'L-9',
      settlement_account: '6217000000009999',
      store_name: '一号店',
    }),
  );
  const store_id = made.stores[0]?.id;
  expect(made.status).toBe('pending_review');
  const { secret } = await done(
    operator.post<{ secret: string }>('/v1/console/api-keys', { merchant_id: made.id, name: 'server' }),
  );
  const key = net.anyone.as(secret);
  const body = { amount: 1_500, currency: 'CNY', store_id };
  expect(told(await key.post('/v1/payments', body))).toBe('422 merchant_not_active');
  await done(operator.post(`/v1/console/merchants/${made.id}/review`, { decision: 'approve' }));
  const hired = await done(
    operator.post<{ number: string }>(`/v1/console/merchants/${made.id}/staff`, {
      store_id,
      name: '掌柜',
      role: 'supervisor',
      pin: '864209',
    }),
  );
  const session = { staff_number: hired.number, pin: '864209', device_name: 'till' };
  const { token } = await done(net.anyone.post<{ token: string }>('/v1/till/sessions', session));
  const { id } = await done(net.anyone.as(token).post<Payment>('/v1/payments', body));
  const paid = await done(
    payer.post<Payment>(`/v1/wallet/payments/${id}/pay`, { card_id: payer.cards[0]?.id }),
  );
  expect(paid).toMatchObject({ state: 'captured', merchant: { id: made.id } });
  await done(operator.post(`/v1/console/merchants/${made.id}/review`, { decision: 'suspend' }));
  expect(told(await net.anyone.as(token).post('/v1/payments', body))).toBe('422 merchant_not_active');
});
