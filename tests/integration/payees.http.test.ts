import type { Card, Receiving, Transfer, TransferPage, TransferPayee } from '@feiqian/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { done, essence, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { tester, type Wallet, wallet } from '../support/people.ts';
import { setPin, verified, withPin } from '../support/verify.ts';

/* Paying a person: by mobile number, card number and receive code, with the name checked before. */

let net: TestNetwork;
let payer: Wallet;
let friend: Wallet;
/** Nobody at any bank has this number. */
const nobody = '13999999999';
const friendMobile = '13800000003';
const friendName = '王盐';

beforeAll(async () => {
  net = await startTestNetwork();
  payer = await wallet(net, '13800000001');
  friend = await wallet(net, friendMobile);
  await setPin(net, payer);
});
afterAll(() => net?.stop());

const debitAt = (who: Wallet, bank: string) =>
  who.cards.find((c) => c.bank.id === bank && c.kind === 'debit') as Card;
const look = (who: Wallet, body: object) => who.post<TransferPayee>('/v1/wallet/payees', body);
const available = async (who: Wallet, card: Card) =>
  (await done(who.get<{ available: number }>(`/v1/wallet/cards/${card.id}/balance`))).available;
const sendTo = (payee: string | undefined, amount: number) =>
  verified<Transfer>(
    payer,
    'POST',
    '/v1/wallet/transfers',
    {
      from_card_id: debitAt(payer, 'yunzhou').id,
      to: { payee_id: payee },
      amount,
      currency: 'CNY',
      note: '晚饭',
    },
    (v) => done(withPin(payer, v)),
  );

describe('before the friend has chosen an account to receive with', () => {
  test('an unknown number, a known one and another name are answered alike', async () => {
    const unknown = essence(await look(payer, { mobile: nobody, name: friendName }));
    expect(unknown).toEqual({ status: 200, body: { match: 'none', payee: null } });
    expect(essence(await look(payer, { mobile: friendMobile, name: friendName }))).toEqual(unknown);
  });
});

describe('a friend who has chosen an account', () => {
  let code: string;
  beforeAll(async () => {
    const set = await done(
      friend.send<Receiving>('PUT', '/v1/wallet/receiving', {
        body: { card_id: debitAt(friend, 'yanhu').id },
      }),
    );
    expect(set).toMatchObject({ card: { bank_id: 'yanhu', last4: debitAt(friend, 'yanhu').last4 } });
    code = set.code as string;
  });

  test('is found by mobile number and right name, masked, and paid where he or she chose', async () => {
    const found = await done(look(payer, { mobile: friendMobile, name: friendName }));
    expect(found).toMatchObject({ match: 'full', payee: { via: 'mobile', name: '王*', last4: null } });
    const before = await available(friend, debitAt(friend, 'yanhu'));
    const sent = await sendTo(found.payee?.id, 6_600);
    expect(sent.body).toMatchObject({
      state: 'completed',
      direction: 'out',
      payee: { name: '王*', last4: null },
    });
    expect(await available(friend, debitAt(friend, 'yanhu'))).toBe(before + 6_600);
    const [received] = (await done(friend.get<TransferPage>('/v1/wallet/transfers'))).data;
    expect(received).toMatchObject({
      id: sent.body.id,
      direction: 'in',
      amount: 6_600,
      note: '晚饭',
      payer: { card: null },
      debit: null,
    });
    expect(received?.payer.name).not.toBeNull();
  });

  test('under another name is answered like an unknown number, in no less time', async () => {
    const timed = async (body: object) => {
      const from = performance.now();
      return [essence(await look(payer, body)), performance.now() - from] as const;
    };
    const [unknown, unknownMs] = await timed({ mobile: nobody, name: friendName });
    const [other, otherMs] = await timed({ mobile: friendMobile, name: '王炎' });
    expect(other).toEqual(unknown);
    expect(Math.min(unknownMs, otherMs)).toBeGreaterThan(240);
  });

  test('is found by the receive code, until it is made anew', async () => {
    const found = await done(look(payer, { code }));
    expect(found).toMatchObject({ match: 'full', payee: { via: 'code', last4: null } });
    expect((await sendTo(found.payee?.id, 700)).body.state).toBe('completed');
    const body = { card_id: debitAt(friend, 'yanhu').id, new_code: true };
    const renewed = await done(friend.send<Receiving>('PUT', '/v1/wallet/receiving', { body }));
    expect(renewed.code).not.toBe(code);
    expect((await done(look(payer, { code }))).match).toBe('none');
    expect((await done(look(payer, { code: renewed.code }))).match).toBe('full');
  });

  test('can be paid only by who has checked, only within ten minutes, and only while the card is bound', async () => {
    const { payee } = await done(look(payer, { mobile: friendMobile, name: friendName }));
    const mine = { to: { payee_id: payee?.id }, amount: 100, currency: 'CNY' };
    const asFriend = await friend.post('/v1/wallet/transfers', {
      ...mine,
      from_card_id: debitAt(friend, 'yunzhou').id,
    });
    expect(['403 verification_required', '422 payee_unknown']).toContain(told(asFriend));
    await net.network.db.query(`update transfers.payee set expires_at = expires_at - interval '11 minutes'`);
    expect(told(await sendTo(payee?.id, 100))).toBe('422 payee_unknown');
    const credit = friend.cards.find((c) => c.kind === 'credit');
    const put = (card: Card | undefined) =>
      friend.send('PUT', '/v1/wallet/receiving', { body: { card_id: card?.id } });
    expect(told(await put(credit))).toBe('409 card_not_usable');
    expect(told(await put(debitAt(payer, 'yunzhou')))).toBe('422 card_unknown');
    await done(friend.delete(`/v1/wallet/cards/${debitAt(friend, 'yanhu').id}`));
    expect((await done(look(payer, { mobile: friendMobile, name: friendName }))).match).toBe('none');
    expect(await done(friend.get<Receiving>('/v1/wallet/receiving'))).toEqual({
      card: null,
      code: null,
      link: null,
    });
  });
});

test('a card number is checked with its name, paid, and stands nowhere but sealed', async () => {
  const number = net.guide.test_cards.find((c) => c.outcome === 'approve')?.number as string;
  expect((await done(look(payer, { card_number: number, name: '某某' }))).match).toBe('none');
  const wrongDigit = number.slice(0, -1) + ((Number(number.at(-1)) + 1) % 10);
  expect((await done(look(payer, { card_number: wrongDigit, name: '测试员' }))).match).toBe('none');
  const found = await done(look(payer, { card_number: number, name: '测试员' }));
  expect(found).toMatchObject({
    match: 'full',
    payee: { via: 'card', last4: number.slice(-4), bank_name_en: 'Bank of Yunzhou' },
  });
  expect((await sendTo(found.payee?.id, 810)).body).toMatchObject({
    state: 'completed',
    payee: { last4: number.slice(-4) },
  });
  const { rows } = await net.network.db.query<{ n: bigint }>(
    `select (select count(*) from transfers.transfer t where t::text like $1)
          + (select count(*) from transfers.payee p where p::text like $1)
          + (select count(*) from links.exchange e where e::text like $1)
          + (select count(*) from outbox.event e where e::text like $1)
          + (select count(*) from idempotency.key k where k::text like $1) as n`,
    [`%${number}%`],
  );
  expect(rows[0]?.n).toBe(0n);
  expect(net.logs.join('')).not.toContain(number);
});

test('a closed account is refused by its bank, and the money comes back', async () => {
  const { db } = net.network;
  const { payee } = await done(
    look(payer, {
      card_number: net.guide.test_cards.find((c) => c.outcome === 'approve')?.number,
      name: '测试员',
    }),
  );
  const close = (status: string) =>
    db.query(
      `update bank_yunzhou_accounts.account set status = $1 where id in (
         select c.account_id from bank_yunzhou_cards.card c where c.last4 = $2)`,
      [status, payee?.last4 ?? ''],
    );
  const before = await available(payer, debitAt(payer, 'yunzhou'));
  await close('closed');
  const sent = await sendTo(payee?.id, 820);
  await close('open');
  expect(sent.body).toMatchObject({
    state: 'returning',
    decline: { code: 'payee_account_closed', response_code: '46' },
  });
  await expect
    .poll(async () => (await done(payer.get<Transfer>(`/v1/wallet/transfers/${sent.body.id}`))).state, {
      timeout: 10_000,
    })
    .toBe('returned');
  expect(await available(payer, debitAt(payer, 'yunzhou'))).toBe(before);
});

test('who looks at many numbers is stopped, whatever the numbers are', async () => {
  const holder = await wallet(net, tester);
  const answers: string[] = [];
  for (let i = 0; i < 10; i++) {
    const looks = await Promise.all(
      [0, 1, 2, 3, 4].map((j) =>
        look(holder, { mobile: `1377000${String(i * 5 + j).padStart(4, '0')}`, name: '张三' }),
      ),
    );
    answers.push(...looks.map(told));
  }
  expect(answers.filter((a) => a === '200')).toHaveLength(40);
  expect(answers.filter((a) => a === '429 too_many_requests')).toHaveLength(10);
  // One number is looked at by many: the number is left alone for a while, known or not.
  const asked = await Promise.all(
    Array.from({ length: 24 }, () => look(payer, { mobile: '13700009999', name: '张三' })),
  );
  expect(asked.map(told).filter((a) => a === '200').length).toBeLessThanOrEqual(20);
});

test('the auditor finds nothing', async () => {
  expect(await differences(net.network.db)).toEqual([]);
});
