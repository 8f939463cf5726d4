import {
  BankApplication,
  type BankBill,
  BankBillPage,
  BankCreditProductList,
  BankOwed,
} from '@feiqian/contract';
import type { TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiClient, apiClient } from './api-client.ts';
import { type IsoClient, payment, signedOnClient } from './iso-client.ts';
import { fresh, repayment } from './legs.ts';
import { identityOf, panOf, person } from './people.ts';
import { problems, startTestBank, type TestBank } from './test-bank.ts';

let bank: TestBank;
let iso: IsoClient;
let api: ApiClient;
beforeAll(async () => {
  bank = await startTestBank();
  iso = await signedOnClient(bank.settings, bank.bank.isoPort);
  api = apiClient(bank.settings, bank.bank.apiPort);
});
afterAll(async () => {
  iso?.end();
  await bank?.stop();
});

const fits = (schema: TSchema, body: unknown) =>
  expect(Check(schema, body) ? [] : Errors(schema, body)).toEqual([]);
const yuan = (amount: number) => amount * 100;

describe('an application', () => {
  let keys = 0;
  const asked = (who: number, income: number, change: object = {}) => ({
    product: 'yunzhou_standard',
    identity: identityOf(person(who)),
    verified_at: new Date(bank.clock.now()).toISOString(),
    monthly_income: yuan(income),
    ...change,
  });
  const apply = (body: object, key = `key-${keys++}`) =>
    api.call<BankApplication & { code?: string }>('POST', '/bank/v1/credit-applications', body, {
      'idempotency-key': key,
    });
  const get = (id: string) => api.call<BankApplication>('GET', `/bank/v1/credit-applications/${id}`);

  test('is for one of the products of the bank', async () => {
    const { body } = await api.call<BankCreditProductList>('GET', '/bank/v1/credit-products');
    fits(BankCreditProductList, body);
    expect(body.data.map((p) => p.code)).toEqual(['yunzhou_platinum', 'yunzhou_standard']);
    expect(await apply(asked(2, 8_000, { product: 'gold' }))).toMatchObject({
      status: 404,
      body: { code: 'product_unknown' },
    });
  });

  test('that is approved has a virtual card at once, which pays, and is made once per key', async () => {
    const body = asked(1, 8_000);
    const [first, again] = await Promise.all([apply(body, 'same'), apply(body, 'same')]);
    expect(first.status).toBe(201);
    fits(BankApplication, first.body);
    expect(again).toEqual(first);
    expect(first.body).toMatchObject({ state: 'approved', credit_limit: yuan(24_000) });
    const id = await api.consent(person(1).mobile);
    const path = `/bank/v1/cards/${first.body.card_ref}`;
    const { body: card } = await api.call<{ pan: string; expiry: string }>('POST', `${path}/provision`, {
      consent_id: id,
    });
    expect(card.expiry).toBe('3101');
    const buy = (amount: number) => iso.ask(payment({ pan: card.pan, amount, ...fresh() }));
    expect((await buy(yuan(24_000) + 1)).fields[39]).toBe('51');
    expect((await buy(1_500)).fields[39]).toBe('00');
    const owed = await api.call<BankOwed>(
      'GET',
      `/bank/v1/accounts/${first.body.account_ref}/owed?consent_id=${id}`,
    );
    fits(BankOwed, owed.body);
    expect(owed.body).toMatchObject({
      owed: 1_500,
      unbilled: 1_500,
      bill: null,
      next_statement_date: '2026-01-05',
    });
    expect(await apply(asked(1, 9_000))).toMatchObject({ status: 422, body: { code: 'application_open' } });
  });

  test('of two devices at once makes one card', async () => {
    const both = await Promise.all([apply(asked(2, 8_000)), apply(asked(2, 8_000))]);
    expect(both.map((a) => a.status).sort()).toEqual([201, 422]);
  });

  test('is declined for what it is declined for', async () => {
    expect((await apply(asked(3, 2_000))).body).toMatchObject({
      state: 'declined',
      declined_because: 'income',
    });
    expect((await apply(asked(3, 90_000, { wanted_limit: yuan(1_000) }))).body).toMatchObject({
      declined_because: 'policy',
    });
    const child = { name: '小明', identity_number: '999999201501010012', mobile: '13911110001' };
    expect((await apply(asked(1, 9_000, { identity: child }))).body).toMatchObject({
      declined_because: 'age',
    });
    const mixed = { ...identityOf(person(3)), mobile: person(6).mobile };
    const stale = new Date(bank.clock.now() - 600_000).toISOString();
    for (const change of [{ identity: mixed }, { verified_at: stale }]) {
      expect(await apply(asked(3, 9_000, change))).toMatchObject({
        status: 403,
        body: { code: 'verification_required' },
      });
    }
  });

  test('for a high limit is looked at, and can be withdrawn until it is decided', async () => {
    const platinum = { product: 'yunzhou_platinum' };
    const review = await apply(asked(5, 50_000, platinum));
    expect(review.body).toMatchObject({ state: 'reviewing', credit_limit: null, card_ref: null });
    const withdrawn = await apply(asked(6, 50_000, platinum));
    const path = `/bank/v1/credit-applications/${withdrawn.body.id}`;
    for (let i = 0; i < 2; i++) {
      expect((await api.call('DELETE', path)).body).toMatchObject({ state: 'withdrawn' });
    }
    bank.clock.advance(3_000);
    for (let i = 0; i < 200 && (await get(review.body.id)).body.state !== 'approved'; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await get(review.body.id)).body).toMatchObject({
      state: 'approved',
      credit_limit: yuan(150_000),
    });
    expect((await get(withdrawn.body.id)).body.state).toBe('withdrawn');
    expect(await api.call('DELETE', `/bank/v1/credit-applications/${review.body.id}`)).toMatchObject({
      status: 409,
      body: { code: 'application_decided' },
    });
  });
});

describe('the bills of a card', () => {
  const who = person(7);
  const open = async () => {
    const id = await api.consent(who.mobile);
    const { body } = await api.call<{ data: { ref: string; kind: string }[] }>(
      'GET',
      `/bank/v1/accounts?consent_id=${id}`,
    );
    const path = `/bank/v1/accounts/${body.data.find((a) => a.kind === 'credit')?.ref}`;
    const bills = async (query = '') =>
      (await api.call<BankBillPage>('GET', `${path}/bills?consent_id=${id}${query}`)).body;
    const owed = async () => (await api.call<BankOwed>('GET', `${path}/owed?consent_id=${id}`)).body;
    return { bills, owed };
  };
  const from = { institution: '915601', number: panOf(who, 'debit', 'yanhu') };
  const to = { institution: '915600', number: panOf(who, 'credit') };
  const repay = async (amount: number) => (await iso.ask(repayment(from, to, { amount }))).fields[39];

  test('say what was spent, what is due and when, and what is paid of it', async () => {
    const { bills, owed } = await open();
    const page = await bills();
    fits(BankBillPage, page);
    const before = page.data.find((b) => b.statement_date === '2025-12-05') as BankBill;
    expect(before).toMatchObject({ statement_date: '2025-12-05', due_date: '2025-12-25', state: 'paid' });
    expect(before.paid).toBe(before.amount);
    const now = await owed();
    expect(now.owed).toBeGreaterThan(0);
  });

  test('are made when their day is over, and paid by the minimum, by all, or carried', async () => {
    const { bills, owed } = await open();
    const start = await owed();
    await iso.ask(payment({ pan: to.number, amount: 40_000, ...fresh() }));
    // 5 January is over in Shanghai at 16:00 UTC; the statement is made five minutes later, by a job each minute.
    bank.clock.set(Date.UTC(2026, 0, 5, 16, 5, 1));
    await bank.issueBills();
    const bill = async () => (await bills()).data[0] as BankBill;
    const due = start.owed + 40_000;
    expect(await bill()).toMatchObject({
      statement_date: '2026-01-05',
      due_date: '2026-01-25',
      amount: due,
      minimum: Math.max(5_000, Math.ceil(due / 10)),
      paid: 0,
      state: 'open',
    });
    const { minimum } = await bill();
    expect(await repay(minimum)).toBe('00');
    expect(await bill()).toMatchObject({ state: 'minimum_paid', paid: minimum });
    await iso.ask(payment({ pan: to.number, amount: 700, ...fresh() }));
    expect(await owed()).toMatchObject({ owed: due - minimum + 700, unbilled: 700 });
    expect(await repay(due - minimum)).toBe('00');
    expect(await bill()).toMatchObject({ state: 'paid', paid: due });
    bank.clock.set(Date.UTC(2026, 1, 5, 16, 5, 1));
    await bank.issueBills();
    expect(await bill()).toMatchObject({
      statement_date: '2026-02-05',
      amount: 700,
      minimum: 700,
      state: 'open',
    });
    bank.clock.set(Date.UTC(2026, 1, 25, 16));
    expect(await bill()).toMatchObject({ state: 'overdue' });
    bank.clock.set(Date.UTC(2026, 2, 5, 16, 5, 1));
    await bank.issueBills();
    const [latest, carried] = (await bills()).data as [BankBill, BankBill];
    expect([latest.statement_date, latest.state, carried.state]).toEqual(['2026-03-05', 'open', 'carried']);
    const first = await bills('&limit=2');
    const rest = await bills(`&cursor=${first.next_cursor}`);
    expect([...first.data, ...rest.data]).toEqual((await bills()).data);
    expect([first.data.length, rest.next_cursor]).toEqual([2, null]);
    expect(await problems(bank.db, bank.settings)).toEqual([]);
  });
});
