import { BankLeg } from '@feiqian/contract';
import { type Message, readAdditionalAmounts, readLimitNotice } from '@feiqian/iso8583';
import { Check, Errors } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sandboxClosedAccount, testCards } from '../src/index.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { type IsoClient, payment, signedOnClient } from './iso-client.ts';
import { creditLeg, debitLeg, type End, fresh, legKey, repayment } from './legs.ts';
import { opened, panOf, person } from './people.ts';
import { figures, problems, startTestBank, type TestBank } from './test-bank.ts';

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

const here = '915600';
const end = (number: string, institution = here): End => ({ institution, number });
const elsewhere = end(panOf(person(4), 'debit', 'haigang'), '915602');
const code = async (message: Message) => (await iso.ask(message)).fields[39];
const balance = async (pan: string) => (await figures(bank.db, bank.settings, pan)).balance;
const stateOf = async (message: Message) => {
  const query = new URLSearchParams(legKey(message));
  const { body } = await api.call<BankLeg>('GET', `/bank/v1/legs?${query}`);
  expect(Check(BankLeg, body) ? [] : Errors(BankLeg, body)).toEqual([]);
  return body;
};
const abandon = async (message: Message) =>
  (await api.call<BankLeg>('POST', '/bank/v1/legs/abandon', legKey(message))).body.state;

describe('a debit leg', () => {
  const payer = end(panOf(person(1), 'debit'));

  test('takes the amount once, however often it comes, and names both ends', async () => {
    const before = await balance(payer.number);
    const message = debitLeg(payer, elsewhere, { amount: 1_000, more: { 62: '转账给赵静' } });
    expect((await stateOf(message)).state).toBe('not_seen');
    const first = await iso.ask(message);
    const again = await iso.ask({ ...message, mti: '0201' });
    expect([first.fields[39], again.fields[39]]).toEqual(['00', '00']);
    expect(again.fields[38]).toBe(first.fields[38]);
    expect(await balance(payer.number)).toBe(before - 1_000n);
    expect(await stateOf(message)).toMatchObject({ state: 'posted', direction: 'out', amount: 1_000 });
    const other = { ...message, fields: { ...message.fields, 4: '000000001001' } };
    expect(await code(other)).toBe('94');
    const redirected = { ...message, fields: { ...message.fields, 103: '915602/9156021000000029' } };
    expect(await code(redirected)).toBe('94');
    const id = await api.consent(person(1).mobile);
    const cards = await api.call<{ data: { ref: string; kind: string; account_ref: string }[] }>(
      'GET',
      `/bank/v1/cards?consent_id=${id}`,
    );
    const card = cards.body.data.find((c) => c.kind === 'debit');
    const page = await api.call<{ data: { id: string }[] }>(
      'GET',
      `/bank/v1/accounts/${card?.account_ref}/movements?consent_id=${id}&kind=transfer_out`,
    );
    expect(page.body.data).toMatchObject([
      {
        kind: 'transfer_out',
        amount: -1_000,
        description: '转账给赵静',
        counterparty: { institution: '915602', number_masked: `915602******${elsewhere.number.slice(-4)}` },
      },
    ]);
    const detail = await api.call(
      'GET',
      `/bank/v1/accounts/${card?.account_ref}/movements/${page.body.data[0]?.id}?consent_id=${id}`,
    );
    expect(detail.body).toMatchObject({
      balance_after: Number(before) - 1_000,
      account_ref: card?.account_ref,
    });
  });

  test('is taken back by its reversal, also one that overtakes it', async () => {
    const before = await balance(payer.number);
    const message = debitLeg(payer, elsewhere, { amount: 700 });
    const { 11: stan, 37: rrn } = message.fields as Record<number, string>;
    const reversal = payment({
      mti: '0420',
      processing: '460000',
      pan: payer.number,
      amount: 700,
      stan: fresh().stan,
      rrn: rrn as string,
      original: { mti: '0200', stan: stan as string },
    });
    await iso.ask(message);
    expect([await code(reversal), await code({ ...reversal, mti: '0421' })]).toEqual(['00', '00']);
    expect((await stateOf(message)).state).toBe('reversed');
    expect(await balance(payer.number)).toBe(before);
    const late = debitLeg(payer, elsewhere, { amount: 700 });
    const first = {
      ...reversal,
      fields: {
        ...reversal.fields,
        11: fresh().stan,
        37: late.fields[37] as string,
        90: String(reversal.fields[90]).replace(String(stan), String(late.fields[11])),
      },
    };
    expect([await code(first), await code(late)]).toEqual(['00', '05']);
    expect(await balance(payer.number)).toBe(before);
  });

  test.each([
    ['a credit card', () => debitLeg(end(panOf(person(1), 'credit')), elsewhere, { amount: 1 }), '12'],
    ['a card that is not there', () => debitLeg(end('9156001000099991'), elsewhere, { amount: 1 }), '14'],
    ['more than there is', () => debitLeg(payer, elsewhere, { amount: 99_999_999_999n }), '51'],
    ['nothing', () => debitLeg(payer, elsewhere, { amount: 0 }), '13'],
    ['another currency', () => debitLeg(payer, elsewhere, { amount: 1, more: { 49: '840' } }), '12'],
    ['another expiry', () => debitLeg(payer, elsewhere, { amount: 1, more: { 14: '2901' } }), '54'],
    [
      'another payer in field 102',
      () => debitLeg(payer, elsewhere, { amount: 1, more: { 102: '915600/9156001000000029' } }),
      '30',
    ],
    ['no payee', () => debitLeg(payer, elsewhere, { amount: 1, more: { 103: '' } }), '30'],
  ])('of %s is refused', async (_what, message, expected) => {
    expect(await code(message())).toBe(expected);
  });
});

describe('a credit leg', () => {
  const payee = end(panOf(person(2), 'debit'));

  test('gives the amount once, to a card or an account number, and is never reversed', async () => {
    const before = await balance(payee.number);
    const message = creditLeg(elsewhere, payee, { amount: 500 });
    const copies: unknown[] = [];
    for (const mti of ['0200', '0201', '0201']) copies.push(await code({ ...message, mti }));
    expect(copies).toEqual(['00', '00', '00']);
    expect(await balance(payee.number)).toBe(before + 500n);
    const { 11: stan, 37: rrn } = message.fields as Record<number, string>;
    for (const processing of ['470000', '000000']) {
      const reversal = payment({
        mti: '0420',
        processing,
        pan: payee.number,
        amount: 500,
        stan: fresh().stan,
        rrn: rrn as string,
        original: { mti: '0200', stan: stan as string },
      });
      expect(await code(reversal)).toBe('12');
    }
    expect(await stateOf(message)).toMatchObject({ state: 'posted', direction: 'in', response_code: '00' });
    const number = bank.seed.accounts.find((a) => a.key === `${person(2).mobile}/debit`)?.number as string;
    expect(await code(creditLeg(elsewhere, end(number), { amount: 250 }))).toBe('00');
    expect(await balance(payee.number)).toBe(before + 750n);
  });

  test('to a closed account, or one that is not there, is refused, and the refusal is kept', async () => {
    const closed = creditLeg(elsewhere, end(sandboxClosedAccount.number), { amount: 100 });
    expect([await code(closed), await code({ ...closed, mti: '0201' })]).toEqual(['46', '46']);
    expect(await stateOf(closed)).toMatchObject({ state: 'refused', direction: 'in', response_code: '46' });
    expect(await code(creditLeg(elsewhere, end('6217000000099999'), { amount: 100 }))).toBe('14');
  });

  test('that is given up before it came is refused for ever; one that was posted stays', async () => {
    const before = await balance(payee.number);
    const never = creditLeg(elsewhere, payee, { amount: 300 });
    expect(await abandon(never)).toBe('abandoned');
    expect(await abandon(never)).toBe('abandoned');
    expect([await code(never), await code({ ...never, mti: '0201' })]).toEqual(['05', '05']);
    expect(await stateOf(never)).toMatchObject({ state: 'refused', response_code: '05' });
    const posted = creditLeg(elsewhere, payee, { amount: 300 });
    await iso.ask(posted);
    expect(await abandon(posted)).toBe('posted');
    expect(await balance(payee.number)).toBe(before + 300n);
  });

  test('given up and sent at the same instant is posted or never will be', async () => {
    for (let i = 0; i < 20; i++) {
      const before = await balance(payee.number);
      const message = creditLeg(elsewhere, payee, { amount: 10 });
      const [answered, state] = await Promise.all([code(message), abandon(message)]);
      const posted = (await stateOf(message)).state === 'posted';
      expect(answered).toBe(posted ? '00' : '05');
      if (posted) expect(state).toBe('posted');
      else expect(['abandoned', 'refused']).toContain(state);
      expect(await balance(payee.number)).toBe(before + (posted ? 10n : 0n));
    }
  });

  test('whose answer never came is found by asking', async () => {
    const silent = testCards.find((c) => c.outcome === 'time_out')?.pan as string;
    const before = await balance(silent);
    const message = creditLeg(elsewhere, end(silent), { amount: 40 });
    iso.write(iso.bytesOf(message));
    for (let i = 0; i < 100 && (await stateOf(message)).state !== 'posted'; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect((await stateOf(message)).state).toBe('posted');
    expect(await balance(silent)).toBe(before + 40n);
  });

  test('of a name that is the holder’s is confirmed masked, any other is none', async () => {
    const check = async (number: string, name: string) =>
      (await api.call('POST', '/bank/v1/payees/check', { number, name })).body;
    expect(await check(payee.number, '李海')).toEqual({
      match: 'full',
      masked_name: '李*',
      can_receive: true,
    });
    expect(await check(sandboxClosedAccount.number, '测试员')).toMatchObject({
      match: 'full',
      can_receive: false,
    });
    const none = { match: 'none', masked_name: null, can_receive: null };
    expect(await check(payee.number, '李河')).toEqual(none);
    for (let i = 0; i < 9; i++) expect(await check('9156001000099991', `李${i}`)).toEqual(none);
    expect(await check('9156001000099991', '李海')).toEqual(none);
    expect(await check('9156001000099991', '李海')).toMatchObject({ code: 'too_many_requests' });
  });
});

describe('a repayment', () => {
  const credit = end(panOf(person(2), 'credit'));
  const owed = async () => 5_000_000n - (await balance(credit.number));

  test('is posted at once, and never more than is owed', async () => {
    const before = await owed();
    expect(before).toBeGreaterThan(1_000n);
    const answer = await iso.ask(repayment(elsewhere, credit, { amount: before + 1n }));
    expect(answer.fields[39]).toBe('61');
    expect(readLimitNotice(String(answer.fields[44]))).toEqual({ limit: 'owed', untilMs: null });
    expect(readAdditionalAmounts(String(answer.fields[54]))).toEqual([
      { accountType: '30', type: 'owing', currency: '156', amount: -before },
    ]);
    expect(await code(repayment(elsewhere, credit, { amount: 1_000 }))).toBe('00');
    expect(await owed()).toBe(before - 1_000n);
    expect(await code(creditLeg(elsewhere, credit, { amount: before }))).toBe('61');
    expect(await code(repayment(elsewhere, end(panOf(person(2), 'debit')), { amount: 1 }))).toBe('12');
  });

  test('by two devices at once pays the bill once', async () => {
    const all = await owed();
    const both = await Promise.all([1, 2].map(() => code(repayment(elsewhere, credit, { amount: all }))));
    expect(both.sort()).toEqual(['00', '61']);
    expect(await owed()).toBe(0n);
    const answer = await iso.ask(repayment(elsewhere, credit, { amount: 1 }));
    expect(readAdditionalAmounts(String(answer.fields[54]))?.[0]?.amount).toBe(0n);
  });

  test('in parts at once comes to what is owed and no more', async () => {
    await iso.ask(payment({ pan: credit.number, amount: 1_000, ...fresh() }));
    const parts = await Promise.all(
      Array.from({ length: 15 }, () => code(repayment(elsewhere, credit, { amount: 100 }))),
    );
    expect(parts.filter((c) => c === '00')).toHaveLength(10);
    expect(await owed()).toBe(0n);
  });
});

test('a card that the network froze gives nothing until it is thawed', async () => {
  const who = person(7);
  const payer = end(panOf(who, 'debit'));
  const hold = fresh();
  expect(await code(payment({ mti: '0100', pan: payer.number, amount: 500, ...hold }))).toBe('00');
  const id = await api.consent(who.mobile);
  const freeze = () =>
    api.call<{ data: { status: string }[] }>('POST', '/bank/v1/cards/freeze', {
      consent_id: id,
      reason: 'lost_phone',
    });
  for (let i = 0; i < 2; i++) {
    expect((await freeze()).body.data.map((c) => c.status)).toEqual(['frozen', 'frozen']);
  }
  expect(await code(debitLeg(payer, elsewhere, { amount: 1 }))).toBe('62');
  expect(await code(payment({ pan: payer.number, amount: 1, ...fresh() }))).toBe('62');
  expect(await code(creditLeg(elsewhere, payer, { amount: 1 }))).toBe('00');
  const original = { mti: '0100', stan: hold.stan };
  expect(await code(payment({ mti: '0220', pan: payer.number, amount: 300, ...fresh(), original }))).toBe(
    '00',
  );
  const thaw = (at: number) =>
    api.call('POST', '/bank/v1/cards/thaw', { consent_id: id, verified_at: new Date(at).toISOString() });
  expect(await thaw(bank.clock.now() - 600_000)).toMatchObject({ status: 403 });
  expect((await thaw(bank.clock.now())).status).toBe(200);
  expect(await code(debitLeg(payer, elsewhere, { amount: 1 }))).toBe('00');
});

describe('the limits of a class', () => {
  const own = end(panOf(person(1), 'debit'));

  async function account(number: number, kind: 'class_2' | 'class_3') {
    const who = person(number);
    const made = await opened(api, bank.settings, who, kind);
    const id = await api.consent(who.mobile);
    const path = `/bank/v1/cards/${made.card_refs[0]}/provision`;
    const { body } = await api.call<{ pan: string }>('POST', path, { consent_id: id });
    const limits = async () => {
      const url = `/bank/v1/accounts/${made.ref}/limits?consent_id=${id}`;
      const answer = await api.call<{ limits: { code: string; used: number; left: number }[] }>('GET', url);
      return new Map(answer.body.limits.map((l) => [l.code, l]));
    };
    return { number: end(body.pan), bound: end(panOf(who, 'debit')), limits };
  }

  test('hold exactly when an amount is split into many requests at once, payments and transfers together', async () => {
    const { number, bound, limits } = await account(1, 'class_2');
    expect(await code(creditLeg(bound, number, { amount: 3_000_000 }))).toBe('00');
    expect((await limits()).get('in_day')?.used).toBe(0);
    const many = await Promise.all(
      Array.from({ length: 45 }, (_, i) =>
        i % 3 === 0
          ? code(payment({ pan: number.number, amount: 35_000, ...fresh() }))
          : code(debitLeg(number, elsewhere, { amount: 35_000 })),
      ),
    );
    expect(many.filter((c) => c === '00')).toHaveLength(28);
    expect(new Set(many)).toEqual(new Set(['00', '61']));
    const answer = await iso.ask(debitLeg(number, elsewhere, { amount: 35_000 }));
    expect(readLimitNotice(String(answer.fields[44]))).toEqual({
      limit: 'out_day',
      untilMs: Date.UTC(2026, 0, 5, 16),
    });
    expect(readAdditionalAmounts(String(answer.fields[54]))).toMatchObject([
      { type: 'limit', amount: 1_000_000n },
      { type: 'remaining', amount: 20_000n },
    ]);
    expect((await limits()).get('out_day')).toMatchObject({ used: 980_000, left: 20_000 });
    expect(await code(debitLeg(number, elsewhere, { amount: 20_000 }))).toBe('00');
    expect(await code(debitLeg(number, bound, { amount: 500_000 }))).toBe('00');
    expect((await limits()).get('out_day')).toMatchObject({ used: 1_000_000, left: 0 });
  });

  test('are given back by a reversal, the rest of a hold too, and begin anew with the day', async () => {
    const { number, bound, limits } = await account(2, 'class_2');
    await iso.ask(creditLeg(bound, number, { amount: 2_500_000 }));
    const used = async () => (await limits()).get('out_day')?.used;
    const taken = debitLeg(number, elsewhere, { amount: 900_000 });
    await iso.ask(taken);
    expect(await code(debitLeg(number, elsewhere, { amount: 100_001 }))).toBe('61');
    const original = { mti: '0200', stan: String(taken.fields[11]) };
    const reversal = { mti: '0420', processing: '460000', pan: number.number, amount: 900_000, original };
    await iso.ask(payment({ ...reversal, stan: fresh().stan, rrn: String(taken.fields[37]) }));
    expect(await used()).toBe(0);
    const hold = fresh();
    await iso.ask(payment({ mti: '0100', pan: number.number, amount: 800_000, ...hold }));
    expect(await used()).toBe(800_000);
    const held = { mti: '0100', stan: hold.stan };
    await iso.ask(payment({ mti: '0220', pan: number.number, amount: 300_000, ...fresh(), original: held }));
    expect(await used()).toBe(300_000);
    bank.clock.set(Date.UTC(2026, 0, 5, 16));
    expect(await used()).toBe(0);
    expect((await limits()).get('out_year')?.used).toBe(300_000);
    bank.clock.set(Date.UTC(2026, 0, 5, 1));
  });

  test('of Class III: the ceiling holds for many transfers in at once, also from the bound account', async () => {
    const { number, bound, limits } = await account(3, 'class_3');
    const many = await Promise.all(
      Array.from({ length: 12 }, (_, i) => code(creditLeg(i % 2 ? bound : own, number, { amount: 30_000 }))),
    );
    expect(many.filter((c) => c === '00')).toHaveLength(6);
    expect(await balance(panOf(person(3), 'debit'))).toBeGreaterThan(0n);
    expect((await limits()).get('balance')).toMatchObject({ used: 180_000, left: 20_000 });
    const answer = await iso.ask(creditLeg(bound, number, { amount: 20_001 }));
    expect([answer.fields[39], readLimitNotice(String(answer.fields[44]))]).toEqual([
      '61',
      { limit: 'balance', untilMs: null },
    ]);
    expect(await stateOf(creditLeg(bound, number, { amount: 1 }))).toMatchObject({ state: 'not_seen' });
    expect(await code(creditLeg(bound, number, { amount: 20_000 }))).toBe('00');
  });

  test('the refusal of a limit is answered alike when it is repeated, and told to whom asks', async () => {
    const { number } = await account(6, 'class_3');
    const message = creditLeg(own, number, { amount: 200_001 });
    const [first, again] = [await iso.ask(message), await iso.ask({ ...message, mti: '0201' })];
    expect([again.fields[39], again.fields[44], again.fields[54]]).toEqual([
      '61',
      first.fields[44],
      first.fields[54],
    ]);
    expect((await stateOf(message)).limit).toMatchObject({ max: 200_000, left: 200_000 });
  });
});

test('the books are right after all this', async () => {
  expect(await problems(bank.db, bank.settings)).toEqual([]);
});
