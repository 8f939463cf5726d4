import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fate } from './fakeBanks.ts';
import { type Person, Setting, startBalance, viewOf } from './setting.ts';

let s: Setting;
let who: Person;
let n = 0;
beforeAll(async () => {
  s = await Setting.open();
});
afterEach(() => s.banks.heal());
afterAll(() => s.db.close());

async function send(amount: number, change = {}, key = s.key()) {
  const process = s.process();
  const answer = await process.transfers.send(s.sending(who, amount, change), key);
  return { process, first: viewOf(answer), answer };
}
const moved = (amount: number): [bigint, bigint] => [
  startBalance - BigInt(amount),
  startBalance + BigInt(amount),
];
const unmoved: [bigint, bigint] = [startBalance, startBalance];

describe('a transfer', () => {
  beforeAll(async () => {
    who = await s.person();
  });

  test('is taken at one bank, given at the other, booked once between their positions, and told', async () => {
    const { first } = await send(1_200);
    expect(first).toMatchObject({ state: 'completed', direction: 'own', amount: 1_200 });
    expect([first.debit?.state, first.credit?.state]).toEqual(['done', 'done']);
    expect(s.balances(who)).toEqual(moved(1_200));
    const id = (await s.process().transfers.list(s.db, { userId: who.userId, before: null, limit: 1 }))[0]
      ?.id;
    expect(await s.booked(id as string)).toEqual([1_200n]);
    const { rows } = await s.db.query<{ type: string; tenants: string[] }>(
      'select type, tenants from outbox.event where object_id = $1 order by position',
      [id as string],
    );
    expect(rows.map((r) => r.type)).toEqual([
      'transfer.debiting',
      'transfer.crediting',
      'transfer.completed',
    ]);
    expect(
      rows.every((r) => r.tenants.includes(who.userId) && s.members.every((m) => r.tenants.includes(m))),
    ).toBe(true);
  });

  test('sent twice under one key goes out once, and both are told the same', async () => {
    const key = s.key();
    const { answer } = await send(1_300, {}, key);
    const again = await s.process().transfers.send(s.sending(who, 1_300), key);
    expect(again).toEqual(answer);
    expect(s.balances(who)).toEqual(moved(1_200 + 1_300));
  });

  test('of the same amount to the same payee within minutes is asked about once more', async () => {
    const change = { repeatConfirmed: false };
    await expect(send(1_300, change)).rejects.toMatchObject({ code: 'transfer_repeated' });
    s.clock.advance(5 * 60_000 + 1);
    expect((await send(1_300, change)).first.state).toBe('completed');
  });

  test('of more than there is, by many at once, takes no more than there is', async () => {
    const poor = await s.person();
    const process = s.process();
    const amount = Number(startBalance) / 4 + 1;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => process.transfers.send(s.sending(poor, amount), s.key())),
    );
    const states = answers.map((a) => viewOf(a).state).sort();
    expect(states).toEqual([...Array(3).fill('completed'), ...Array(5).fill('declined')]);
    expect(s.balances(poor)[0]).toBe(startBalance - 3n * BigInt(amount));
  });

  test('to itself, from a card of somebody else, and to a card of somebody else is refused', async () => {
    const other = await s.person();
    const own = who.cards[0]?.tokenId as string;
    const theirs = other.cards[1]?.tokenId as string;
    await expect(send(1, { to: { kind: 'card', tokenId: own } })).rejects.toMatchObject({
      code: 'payee_is_payer',
    });
    await expect(send(1, { fromTokenId: theirs })).rejects.toMatchObject({ code: 'card_unknown' });
    await expect(send(1, { to: { kind: 'card', tokenId: theirs } })).rejects.toMatchObject({
      code: 'payee_unknown',
    });
  });
});

/** What happens on the lines, what is told at once, how it ends, and whether the money has moved. */
const cases: [
  name: string,
  fates: [Parameters<Setting['banks']['next']>[0], ...Fate[]][],
  first: string,
  last: string,
][] = [
  ['the payer’s bank refuses', [['transfer_debit', 'refused 51']], 'declined', 'declined'],
  ['nothing can be sent to the payer’s bank', [['transfer_debit', 'not_sent']], 'declined', 'declined'],
  ['the payer’s bank never sees it', [['transfer_debit', 'request_lost']], 'unknown', 'returned'],
  ['the payer’s bank takes it and is not heard', [['transfer_debit', 'answer_lost']], 'unknown', 'returned'],
  ['the payer’s bank fails', [['transfer_debit', 'refused 96']], 'unknown', 'returned'],
  [
    'the payer’s bank is not heard, nor is its answer to two reversals',
    [
      ['transfer_debit', 'answer_lost'],
      ['reversal_advice', 'answer_lost', 'request_lost'],
    ],
    'unknown',
    'returned',
  ],
  ['the payer’s bank gets it twice', [['transfer_debit', 'twice']], 'completed', 'completed'],
  ['the payee’s bank refuses', [['transfer_credit', 'refused 46']], 'returning', 'returned'],
  ['nothing can be sent to the payee’s bank', [['transfer_credit', 'not_sent']], 'returning', 'returned'],
  ['the payee’s bank gets it twice', [['transfer_credit', 'twice']], 'completed', 'completed'],
  [
    'the payee’s bank gives it and is not heard',
    [['transfer_credit', 'answer_lost']],
    'confirming',
    'completed',
  ],
  ['the payee’s bank never sees it', [['transfer_credit', 'request_lost']], 'confirming', 'completed'],
  [
    'the payee’s bank sees neither it nor its repeats, and is asked to refuse it',
    [['transfer_credit', ...(Array(20).fill('request_lost') as Fate[])]],
    'confirming',
    'returned',
  ],
  [
    'the payee’s bank fails, and says later that it has given it',
    [
      ['transfer_credit', 'answer_lost', 'request_lost', 'request_lost'],
      ['leg', 'request_lost', 'answer_lost'],
    ],
    'confirming',
    'completed',
  ],
  [
    'the payee’s bank is away for long, also when it is to be given up',
    [
      ['transfer_credit', ...(Array(20).fill('request_lost') as Fate[])],
      ['leg', ...(Array(4).fill('request_lost') as Fate[])],
      ['abandonLeg', 'request_lost', 'answer_lost'],
    ],
    'confirming',
    'returned',
  ],
];

describe.each(cases)('when %s', (_name, fates, first, last) => {
  test(`it is ${first} at once and ends ${last}, with the money moved once or not at all`, async () => {
    who = await s.person();
    n += 1;
    const amount = 5_000 + n;
    for (const [of, ...list] of fates) s.banks.next(of, ...list);
    const { first: told, process } = await send(amount);
    expect(told.state).toBe(first);
    await s.settle(process);
    expect(await s.states(who)).toEqual([last]);
    expect(s.balances(who)).toEqual(last === 'completed' ? moved(amount) : unmoved);
    const [t] = await process.transfers.list(s.db, { userId: who.userId, before: null, limit: 1 });
    expect(await s.booked(t?.id as string)).toEqual(last === 'completed' ? [BigInt(amount)] : []);
  });
});

test('a debit leg that comes after its reversal takes nothing', async () => {
  who = await s.person();
  s.banks.next('transfer_debit', 'late');
  const { process } = await send(900);
  await s.settle(process);
  s.banks.deliverLate();
  expect(await s.states(who)).toEqual(['returned']);
  expect(s.balances(who)).toEqual(unmoved);
});

test('a credit leg that comes after it was given up gives nothing', async () => {
  who = await s.person();
  s.banks.next('transfer_credit', 'late', ...(Array(20).fill('request_lost') as Fate[]));
  const { process } = await send(910);
  await s.settle(process);
  s.banks.deliverLate();
  expect(await s.states(who)).toEqual(['returned']);
  expect(s.balances(who)).toEqual(unmoved);
});

describe('a transfer for later', () => {
  test('moves nothing before its time, and all of it then', async () => {
    who = await s.person();
    const scheduledAtMs = s.clock.now() + 3_600_000;
    const { first, process } = await send(700, { scheduledAtMs });
    expect(first.state).toBe('scheduled');
    await process.transfers.sweep();
    expect(s.balances(who)).toEqual(unmoved);
    s.clock.set(scheduledAtMs);
    await s.settle(process);
    expect(await s.states(who)).toEqual(['completed']);
    expect(s.balances(who)).toEqual(moved(700));
  });

  test('that is cancelled and begun at the same instant is one of the two', async () => {
    for (let i = 0; i < 10; i++) {
      who = await s.person();
      const scheduledAtMs = s.clock.now() + 1_000;
      const { first, process } = await send(700, { scheduledAtMs });
      s.clock.set(scheduledAtMs);
      const [t] = await process.transfers.list(s.db, { userId: who.userId, before: null, limit: 1 });
      const [cancelled] = await Promise.allSettled([
        process.transfers.cancel(who.userId, t?.id as string, s.key()),
        s.process().transfers.sweep(),
      ]);
      await s.settle(process);
      const [state] = await s.states(who);
      expect(state).toBe(cancelled.status === 'fulfilled' ? 'cancelled' : 'completed');
      expect(s.balances(who)).toEqual(state === 'cancelled' ? unmoved : moved(700));
      expect(first.state).toBe('scheduled');
    }
  });

  test('is declined when its card has gone meanwhile', async () => {
    who = await s.person();
    const { process } = await send(700, { scheduledAtMs: s.clock.now() + 1_000 });
    await s.tokens.removeDevice(s.db, who.deviceId);
    await s.settle(process);
    expect(await s.states(who)).toEqual(['declined']);
    expect(s.balances(who)).toEqual(unmoved);
  });
});
