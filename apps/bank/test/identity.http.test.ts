import { BankAccount, BankMatch, BankProblemDetails, BankVerification } from '@feiqian/contract';
import type { TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { institutionOf } from '../src/index.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { identityOf, lastCode, opened, panOf, person, verified } from './people.ts';
import { startTestBank, type TestBank } from './test-bank.ts';

let bank: TestBank;
let api: ApiClient;
beforeAll(async () => {
  bank = await startTestBank();
  api = apiClient(bank.settings, bank.bank.apiPort);
});
afterAll(() => bank?.stop());

const fits = (schema: TSchema, body: unknown) =>
  expect(Check(schema, body) ? [] : Errors(schema, body)).toEqual([]);

describe('three factors', () => {
  const check = (identity: object) => api.call('POST', '/bank/v1/identity/checks', identity);

  test('agree or do not, and nothing tells which one did not', async () => {
    const right = identityOf(person(1));
    const yes = await check(right);
    fits(BankMatch, yes.body);
    expect(yes).toEqual({ status: 200, body: { match: true } });
    const other = identityOf(person(2));
    for (const change of [
      { name: other.name },
      { identity_number: other.identity_number },
      { mobile: other.mobile },
      { name: '陈晓', mobile: '13911112222' },
    ]) {
      expect(await check({ ...right, ...change })).toEqual({ status: 200, body: { match: false } });
    }
    expect((await check({ ...right, name: 'chen  xiaoyun' })).body).toEqual({ match: true });
  });

  test('ten wrong tries about somebody in a day, then no answer, also to the right one', async () => {
    const right = identityOf(person(5));
    const wrong = (i: number) => ({ ...right, name: `孙${i}` });
    for (let i = 0; i < 10; i++) expect((await check(wrong(i))).body).toEqual({ match: false });
    const blocked = await check(right);
    expect([blocked.status, blocked.body.code]).toEqual([429, 'too_many_requests']);
    fits(BankProblemDetails, blocked.body);
    bank.clock.advance(86_400_000);
    expect((await check(right)).body).toEqual({ match: true });
  });
});

describe('five factors', () => {
  const start = (change: object = {}) =>
    api.call<BankVerification>('POST', '/bank/v1/identity/verifications', {
      ...identityOf(person(2)),
      class_1_number: panOf(person(2), 'debit'),
      ...change,
    });
  const confirm = (id: string, code: string) =>
    api.call('POST', `/bank/v1/identity/verifications/${id}/confirm`, { code });

  test('the code goes to the customer’s phone, and is right once it is typed', async () => {
    const begun = await start();
    expect(begun.status).toBe(201);
    fits(BankVerification, begun.body);
    const code = await lastCode(api, person(2).mobile);
    const wrong = code === '000000' ? '000001' : '000000';
    expect((await confirm(begun.body.id, wrong)).body).toMatchObject({ match: false, confirmed_at: null });
    const done = await confirm(begun.body.id, code);
    expect(done.body).toMatchObject({ match: true });
    expect(await confirm(begun.body.id, code)).toEqual(done);
    expect((await confirm(begun.body.id, wrong)).body).toMatchObject({ match: false });
  });

  test('whoever is not the customer gets the same answer, and no message goes out', async () => {
    const inbox = async () =>
      (await api.call<{ data: unknown[] }>('GET', `/sandbox/inbox?mobile=${person(3).mobile}`)).body.data;
    const right = { ...identityOf(person(3)), class_1_number: panOf(person(3), 'debit') };
    for (const change of [
      { name: '王水' },
      { identity_number: person(4).identityNumber },
      { class_1_number: panOf(person(2), 'debit') },
      { class_1_number: panOf(person(3), 'credit') },
    ]) {
      const begun = await start({ ...right, ...change });
      expect([begun.status, Object.keys(begun.body)]).toEqual([201, ['id', 'expires_at']]);
      expect((await confirm(begun.body.id, '123456')).body).toMatchObject({ match: false });
    }
    expect(await inbox()).toEqual([]);
  });

  test('five codes in an hour, five tries of a code, five minutes', async () => {
    bank.clock.advance(3_600_000);
    const first = await start();
    const code = await lastCode(api, person(2).mobile);
    for (let i = 0; i < 5; i++) {
      await confirm(first.body.id, ((Number(code) + 1 + i) % 1_000_000).toString().padStart(6, '0'));
    }
    expect((await confirm(first.body.id, code)).body).toMatchObject({ match: false });
    const late = await start();
    bank.clock.advance(5 * 60_000);
    const lateCode = await lastCode(api, person(2).mobile);
    expect((await confirm(late.body.id, lateCode)).body).toMatchObject({ match: false });
    for (let i = 0; i < 3; i++) expect((await start()).status).toBe(201);
    expect((await start()).status).toBe(429);
    bank.clock.advance(3_600_000);
  });
});

describe('an account opened without a branch', () => {
  const open = (body: object, key: string) =>
    api.call<BankAccount & { code?: string; limit?: object }>('POST', '/bank/v1/accounts', body, {
      'idempotency-key': key,
    });
  const asked = async (number: number, kind = 'class_2') => ({
    class: kind,
    currency: 'CNY',
    identity: identityOf(person(number)),
    class_1: await verified(api, bank.settings, person(number)),
  });

  test('is bound, has a virtual card, and is opened once per key', async () => {
    const body = await asked(1);
    const [first, again] = await Promise.all([open(body, 'one'), open(body, 'one')]);
    expect(first.status).toBe(201);
    fits(BankAccount, first.body);
    expect(again).toEqual(first);
    expect(first.body).toMatchObject({
      kind: 'class_2',
      bound: { institution: '915600', last4: panOf(person(1), 'debit').slice(-4) },
    });
    const id = await api.consent(person(1).mobile);
    const cards = await api.call<{ data: { ref: string; form: string; account_kind: string }[] }>(
      'GET',
      `/bank/v1/cards?consent_id=${id}`,
    );
    const card = cards.body.data.find((c) => c.ref === first.body.card_refs[0]);
    expect(card).toMatchObject({ form: 'virtual', account_kind: 'class_2' });
    const given = await api.call('POST', `/bank/v1/cards/${card?.ref}/provision`, { consent_id: id });
    expect(String(given.body.pan)).toMatch(/^9156007[0-9]{9}$/);
    expect(await open({ ...body, class: 'class_3' }, 'one')).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });
    expect(await api.call('POST', '/bank/v1/accounts', body)).toMatchObject({
      status: 400,
      body: { code: 'idempotency_key_missing' },
    });
  });

  test('needs a verification of that very person and number, and uses it up', async () => {
    const body = await asked(6);
    const refused = { status: 403, body: { code: 'verification_required' } };
    const { class_1: proof } = body;
    expect(await open({ ...body, identity: identityOf(person(7)) }, 'a')).toMatchObject(refused);
    const number = panOf(person(7), 'debit');
    expect(await open({ ...body, class_1: { ...proof, number } }, 'b')).toMatchObject(refused);
    expect(await open({ ...body, identity: { ...body.identity, name: '周民' } }, 'c')).toMatchObject(refused);
    expect((await open(body, 'd')).status).toBe(201);
    expect(await open(body, 'e')).toMatchObject(refused);
    const old = await asked(7);
    bank.clock.advance(10 * 60_000);
    expect(await open(old, 'f')).toMatchObject(refused);
  });

  test('may be vouched for by another bank, for somebody this bank has not seen, once and in time', async () => {
    const who = person(8);
    const vouched = {
      class: 'class_3',
      currency: 'CNY',
      identity: identityOf(who),
      class_1: {
        institution: '915601',
        number: panOf(who, 'debit', 'yanhu'),
        verification_id: `ver_${'a'.repeat(32)}`,
        verified_at: new Date(bank.clock.now()).toISOString(),
      },
    };
    const late = new Date(bank.clock.now() - 10 * 60_000).toISOString();
    const stale = { ...vouched, class_1: { ...vouched.class_1, verified_at: late } };
    expect(await open(stale, 'g')).toMatchObject({ status: 403 });
    expect((await open(vouched, 'h')).body).toMatchObject({
      kind: 'class_3',
      bound: { institution: '915601' },
    });
    expect(await open(vouched, 'i')).toMatchObject({ status: 403 });
    const id = await api.consent(who.mobile);
    const { body } = await api.call<{ data: BankAccount[] }>('GET', `/bank/v1/accounts?consent_id=${id}`);
    expect(body.data.map((a) => a.kind)).toEqual(['class_3']);
  });

  test('five of a class for one person; a closed one makes room', async () => {
    bank.clock.advance(3_600_000);
    const accounts: BankAccount[] = [];
    for (let i = 0; i < 5; i++) {
      accounts.push(await opened(api, bank.settings, person(3), 'class_3', `many ${i}`.replace(' ', '-')));
      if (i === 3) bank.clock.advance(3_600_000);
    }
    const sixth = await asked(3, 'class_3');
    expect(await open(sixth, 'sixth')).toMatchObject({
      status: 422,
      body: { code: 'limit_exceeded', limit: { code: 'accounts', max: 5, used: 5, left: 0 } },
    });
    const id = await api.consent(person(3).mobile);
    const path = `/bank/v1/accounts/${accounts[0]?.ref}?consent_id=${id}`;
    for (let i = 0; i < 2; i++) expect((await api.call('DELETE', path)).status).toBe(204);
    expect((await open(sixth, 'sixth')).status).toBe(201);
  });

  test('only the customer closes or binds it, and a Class I account stays', async () => {
    bank.clock.advance(3_600_000);
    const account = await opened(api, bank.settings, person(6), 'class_3', 'mine');
    const mine = await api.consent(person(6).mobile);
    const others = await api.consent(person(1).mobile);
    const path = `/bank/v1/accounts/${account.ref}`;
    expect(await api.call('DELETE', `${path}?consent_id=${others}`)).toMatchObject({ status: 404 });
    const proof = {
      institution: '915602',
      number: panOf(person(6), 'debit', 'haigang'),
      verification_id: `ver_${'b'.repeat(32)}`,
      verified_at: new Date(bank.clock.now()).toISOString(),
    };
    const bind = (consentId: string) =>
      api.call<BankAccount>('PUT', `${path}/binding`, { consent_id: consentId, class_1: proof });
    expect((await bind(others)).status).toBe(404);
    const bound = await bind(mine);
    expect(bound.body.bound).toMatchObject({ institution: '915602', last4: proof.number.slice(-4) });
    expect((await bind(mine)).body).toEqual(bound.body);
    const list = await api.call<{ data: BankAccount[] }>('GET', `/bank/v1/accounts?consent_id=${mine}`);
    const first = list.body.data.find((a) => a.kind === 'class_1');
    expect(await api.call('DELETE', `/bank/v1/accounts/${first?.ref}?consent_id=${mine}`)).toMatchObject({
      status: 422,
      body: { code: 'class_not_permitted' },
    });
  });
});

test('the institution of a bank is its first BIN unless it says otherwise', () => {
  expect(institutionOf(bank.settings)).toBe('915600');
  expect(institutionOf({ ...bank.settings, institution: '91560099' })).toBe('91560099');
});
