import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testCards } from '../src/index.ts';
import { type IsoClient, isoClient, networkMessage, payment, signedOnClient } from './iso-client.ts';
import { figures, problems, startTestBank, type TestBank } from './test-bank.ts';

const card = (outcome: string) => testCards.find((c) => c.outcome === outcome)?.pan as string;
const pan = card('approve');
let counter = 0;
/** Numbers of a message that nobody has used. */
const fresh = () => {
  counter += 1;
  return { stan: counter.toString().padStart(6, '0'), rrn: `R${counter.toString().padStart(11, '0')}` };
};

let bank: TestBank;
let client: IsoClient;
beforeAll(async () => {
  bank = await startTestBank();
  client = await signedOnClient(bank.settings, bank.bank.isoPort);
});
afterAll(async () => {
  client?.end();
  await bank?.stop();
});

const now = () => figures(bank.db, bank.settings, pan);
const ask = async (...args: Parameters<typeof payment>) =>
  (await client.ask(payment(...args))).fields[39] as string;

describe('an ordinary day', () => {
  test('a purchase is approved and taken from the account', async () => {
    const before = await now();
    const answer = await client.ask(payment({ pan, amount: 1280, ...fresh() }));
    expect(answer.mti).toBe('0210');
    expect(answer.fields[39]).toBe('00');
    expect(answer.fields[38]).toMatch(/^[0-9]{6}$/);
    expect(answer.fields[4]).toBe('000000001280');
    expect((await now()).balance).toBe(before.balance - 1280n);
    expect(client.heard.every((h) => h.authentic)).toBe(true);
  });

  test('a hold lowers what is available, its completion in part takes that and frees the rest', async () => {
    const before = await now();
    const hold = fresh();
    expect(await ask({ mti: '0100', pan, amount: 5_000, ...hold })).toBe('00');
    expect(await now()).toEqual({ balance: before.balance, held: 5_000n });
    const original = { mti: '0100', stan: hold.stan };
    const completion = { mti: '0220', pan, ...fresh(), original };
    expect(await ask({ ...completion, amount: 5_001, ...fresh() })).toBe('13');
    expect(await ask({ ...completion, amount: 3_000 })).toBe('00');
    expect(await now()).toEqual({ balance: before.balance - 3_000n, held: 0n });
    expect(await ask({ ...completion, mti: '0221', amount: 3_000 })).toBe('00');
    expect(await ask({ ...completion, amount: 1, ...fresh() })).toBe('12');
    expect(await now()).toEqual({ balance: before.balance - 3_000n, held: 0n });
  });

  test('a completion without field 90 finds its hold by RRN', async () => {
    const before = await now();
    const hold = fresh();
    await ask({ mti: '0100', pan, amount: 700, ...hold });
    expect(await ask({ mti: '0220', pan, amount: 700, stan: fresh().stan, rrn: hold.rrn })).toBe('00');
    expect(await now()).toEqual({ balance: before.balance - 700n, held: 0n });
  });

  test('refunds in parts never come to more than the purchase', async () => {
    const before = await now();
    const sale = fresh();
    await ask({ pan, amount: 1_000, ...sale });
    const refund = (amount: number, mti = '0220', terminal = 'TILL0001') =>
      ask({
        mti,
        processing: '200000',
        pan,
        amount,
        terminal,
        ...fresh(),
        original: { mti: '0200', stan: sale.stan },
      });
    expect(await refund(400)).toBe('00');
    expect(await refund(601)).toBe('13');
    expect(await refund(600, '0200', 'TILL0002')).toBe('00');
    expect(await refund(1)).toBe('13');
    expect((await now()).balance).toBe(before.balance);
  });

  test('a refund of a purchase that the bank does not know is not found', async () => {
    const original = { mti: '0200', stan: '999999' };
    expect(await ask({ mti: '0220', processing: '200000', pan, amount: 1, ...fresh(), original })).toBe('25');
    expect(await ask({ mti: '0220', pan, amount: 1, ...fresh(), original })).toBe('25');
  });

  test('a reversal gives a purchase back once, however often and in whatever form it comes', async () => {
    const before = await now();
    const sale = fresh();
    await ask({ pan, amount: 1_500, ...sale });
    const original = { mti: '0200', stan: sale.stan };
    const reversal = { mti: '0420', pan, amount: 1_500, rrn: sale.rrn, stan: fresh().stan, original };
    for (const mti of ['0420', '0421', '0421']) expect(await ask({ ...reversal, mti })).toBe('00');
    expect(await ask({ ...reversal, mti: '0400', stan: fresh().stan })).toBe('00');
    expect(await now()).toEqual(before);
  });

  test('a reversal of a hold frees it, and the hold cannot be completed any more', async () => {
    const before = await now();
    const hold = fresh();
    await ask({ mti: '0100', pan, amount: 900, ...hold });
    const original = { mti: '0100', stan: hold.stan };
    expect(await ask({ mti: '0400', pan, amount: 900, rrn: hold.rrn, stan: fresh().stan, original })).toBe(
      '00',
    );
    expect(await ask({ mti: '0220', pan, amount: 900, ...fresh(), original })).toBe('12');
    expect(await now()).toEqual(before);
  });

  test('a reversal about another amount changes nothing', async () => {
    const sale = fresh();
    await ask({ pan, amount: 10, ...sale });
    const before = await now();
    const original = { mti: '0200', stan: sale.stan };
    expect(await ask({ mti: '0420', pan, amount: 11, rrn: sale.rrn, stan: fresh().stan, original })).toBe(
      '64',
    );
    expect(await now()).toEqual(before);
  });
});

describe('reversals that overtake their original', () => {
  test.each([
    ['0100', '0400'],
    ['0200', '0420'],
  ])('a %s that comes after its %s is refused, and so are its repeats', async (mti, reversalMti) => {
    const before = await now();
    const sale = fresh();
    const original = { mti, stan: sale.stan };
    const reversal = { mti: reversalMti, pan, amount: 2_000, rrn: sale.rrn, stan: fresh().stan, original };
    expect(await ask(reversal)).toBe('00');
    expect(await ask({ mti, pan, amount: 2_000, ...sale })).toBe('05');
    expect(await ask({ mti: `${mti.slice(0, 3)}1`, pan, amount: 2_000, ...sale })).toBe('05');
    expect(await ask({ ...reversal, stan: fresh().stan })).toBe('00');
    expect(await now()).toEqual(before);
  });
});

describe('the same numbers', () => {
  test('a repeated purchase gets the first answer, also when it came back declined', async () => {
    const before = await now();
    const sale = payment({ pan, amount: 50, ...fresh() });
    const first = await client.ask(sale);
    const second = await client.ask({ ...sale, mti: '0201' });
    expect(second.fields).toEqual({ ...first.fields, 64: second.fields[64] });
    expect((await now()).balance).toBe(before.balance - 50n);
  });

  test('the same STAN from another terminal is another payment', async () => {
    const before = await now();
    const { stan } = fresh();
    expect(await ask({ pan, amount: 10, stan, rrn: fresh().rrn, terminal: 'TILL0001' })).toBe('00');
    expect(await ask({ pan, amount: 20, stan, rrn: fresh().rrn, terminal: 'TILL0002' })).toBe('00');
    expect((await now()).balance).toBe(before.balance - 30n);
  });

  test('the same STAN an hour later is another payment, and each is reversed for itself', async () => {
    const before = await now();
    const first = fresh();
    const again = { stan: first.stan, rrn: fresh().rrn, at: '0105020000' };
    await ask({ pan, amount: 10, ...first });
    await ask({ pan, amount: 20, ...again });
    const original = { mti: '0200', stan: first.stan, at: '0105020000' };
    await ask({ mti: '0420', pan, amount: 20, rrn: again.rrn, stan: fresh().stan, original });
    expect((await now()).balance).toBe(before.balance - 10n);
  });

  test('the same key for another amount is refused as a duplicate', async () => {
    const numbers = fresh();
    await ask({ pan, amount: 10, ...numbers });
    const before = await now();
    expect(await ask({ pan, amount: 11, ...numbers })).toBe('94');
    expect(await ask({ pan, amount: 10, ...numbers, terminal: 'TILL0009' })).toBe('94');
    expect(await now()).toEqual(before);
  });
});

describe('cards and accounts that may not pay', () => {
  test('test cards decline as published', async () => {
    for (const [outcome, code] of [
      ['insufficient_funds', '51'],
      ['do_not_honour', '05'],
      ['lost_card', '41'],
    ] as const) {
      expect(await ask({ pan: card(outcome), amount: 100, ...fresh() })).toBe(code);
    }
  });

  test('an unknown card, a wrong expiry, no amount and a foreign currency are told apart', async () => {
    expect(await ask({ pan: '9156000000000000', amount: 100, ...fresh() })).toBe('14');
    expect(await ask({ pan, amount: 100, ...fresh(), more: { 14: '3012' } })).toBe('54');
    expect(await ask({ pan, amount: 0, ...fresh() })).toBe('13');
    expect(await ask({ pan, amount: 1, ...fresh(), more: { 49: '840' } })).toBe('12');
  });

  test('a card expires at the end of its month', async () => {
    const other = await startTestBank();
    const late = await signedOnClient(other.settings, other.bank.isoPort);
    const lastMinute = Date.UTC(2031, 11, 31, 15, 59);
    other.clock.set(lastMinute);
    const at = '1231155900';
    expect((await late.ask(payment({ pan, amount: 1, at, ...fresh() }))).fields[39]).toBe('00');
    other.clock.set(lastMinute + 60_000);
    expect((await late.ask(payment({ pan, amount: 1, at, ...fresh() }))).fields[39]).toBe('54');
    late.end();
    await other.stop();
  });

  test('a credit line is spent to its last fen and not beyond', async () => {
    const credit = testCards[1]?.pan as string;
    const limit = (await figures(bank.db, bank.settings, credit)).balance;
    const sale = { pan: credit, amount: limit - 1n, ...fresh() };
    expect(await ask(sale)).toBe('00');
    expect(await ask({ pan: credit, amount: 2, ...fresh() })).toBe('51');
    expect(await ask({ pan: credit, amount: 1, ...fresh() })).toBe('00');
    expect(await ask({ pan: credit, amount: 1, ...fresh() })).toBe('51');
    const original = { mti: '0200', stan: sale.stan };
    await ask({ mti: '0420', pan: credit, amount: sale.amount, rrn: sale.rrn, stan: fresh().stan, original });
    expect((await figures(bank.db, bank.settings, credit)).balance).toBe(limit - 1n);
  });
});

test('network management needs no sign-on, business does, until the sign-off', async () => {
  const other = await isoClient(bank.settings, bank.bank.isoPort);
  const sale = async () => (await other.ask(payment({ pan, amount: 1, ...fresh() }))).fields[39];
  const manage = async (code: string) =>
    (await other.ask(networkMessage(code, fresh().stan))).fields[39] as string;
  expect(await manage('301')).toBe('00');
  expect(await sale()).toBe('91');
  expect(await manage('001')).toBe('00');
  expect(await sale()).toBe('00');
  expect(await manage('002')).toBe('00');
  expect(await sale()).toBe('91');
  expect(await manage('555')).toBe('12');
  other.end();
});

test('after all of that the books are right and no table knows a card number', async () => {
  expect(await problems(bank.db, bank.settings)).toEqual([]);
  const { rows: tables } = await bank.db.query<{ name: string }>(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
     where schemaname like 'bank_%'`,
  );
  expect(tables.length).toBeGreaterThan(10);
  const secrets = [
    ...bank.seed.cards.map((c) => c.pan),
    ...bank.seed.customers.map((c) => c.identityNumber),
    bank.settings.macKeyHex,
  ];
  for (const { name } of tables) {
    const { rows } = await bank.db.query<{ all: string | null }>(
      `select string_agg(t::text, ' ') as all from ${name} as t`,
    );
    for (const secret of secrets) expect((rows[0]?.all ?? '').includes(secret)).toBe(false);
  }
});
