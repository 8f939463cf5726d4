import { createOutbox } from '@feiqian/outbox';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRequests, type Requests } from '../src/index.ts';
import type { Payee } from '../src/transfer.ts';
import type { Fate } from './fakeBanks.ts';
import { type Death, type Person, Setting, startBalance, viewOf } from './setting.ts';

/* Requests for money, paid by transfers, on a real database. */

let s: Setting;
let requests: Requests;
let asker: Person;
let asked: Person;
const mobiles = new Map<string, string>();
beforeAll(async () => {
  s = await Setting.open();
  const { db, clock, ids } = s;
  requests = createRequests({
    db,
    clock,
    ids,
    outbox: createOutbox({ db, clock, ids }),
    payees: { throttle: async () => undefined, receiving: async () => ({}) as never },
    personOfMobile: async (mobile) => mobiles.get(mobile) ?? null,
    mobileOf: async () => '13800000000',
    maskMobile: (mobile) => `${mobile.slice(0, 3)}****${mobile.slice(-4)}`,
    paidOf: async () => null,
  });
});
beforeEach(async () => {
  asker = await s.person();
  asked = await s.person();
  mobiles.set('13800000002', asked.userId);
});
afterEach(() => s.banks.heal());
afterAll(() => s.db.close());

async function ask(amount = 1_200, mobile = '13800000002') {
  const found = await requests.lookUp({ ...asker, address: '::1' }, [mobile]);
  const asking = { mobile, name: null, amount: BigInt(amount), currency: 'CNY', note: null };
  return s.db.transaction((tx) => requests.ask(tx, asker.userId, found, asking));
}
async function payeeOf(who: Person): Promise<Payee> {
  const tokenId = who.cards[1]?.tokenId as string;
  const card = (await s.tokens.withCards(s.db, [tokenId])).get(tokenId);
  if (card === undefined) throw new Error('no card');
  const { panId, issuerId: memberId, last4 } = card;
  return {
    userId: who.userId,
    via: 'request',
    panId,
    memberId,
    last4,
    name: '王*',
    kind: 'debit',
    usable: true,
  };
}
const paying = async (requestId: string, change = {}) => ({
  ...s.sending(asked, 1_200),
  to: { kind: 'payee' as const, payee: await payeeOf(asker) },
  requestId,
  ...change,
});
const stateOf = async (id: string) => (await requests.find(s.db, id))?.state;
const moved = (who: Person, card: 0 | 1) => s.balances(who)[card] - startBalance;

test('one that is paid names the transfer that paid it, and both are told', async () => {
  const { id } = await ask();
  const { transfers } = s.process();
  const sent = viewOf(await transfers.send(await paying(id), s.key()));
  expect(sent).toMatchObject({ state: 'completed', payee: { via: 'request', last4: null } });
  const [t] = await transfers.list(s.db, { userId: asked.userId, before: null, limit: 1 });
  expect(await requests.find(s.db, id)).toMatchObject({ state: 'paid', transferId: t?.id });
  expect([moved(asked, 0), moved(asker, 1)]).toEqual([-1_200n, 1_200n]);
  const { rows } = await s.db.query<{ type: string; tenants: string[] }>(
    'select type, tenants from outbox.event where object_id = $1 order by position',
    [id],
  );
  expect(rows.map((r) => r.type)).toEqual([
    'money_request.asked',
    'money_request.paying',
    'money_request.paid',
  ]);
  for (const { tenants } of rows) expect(tenants.sort()).toEqual([asker.userId, asked.userId].sort());
});

test('one that is paid from many sides at once is paid once', async () => {
  const { id } = await ask();
  const processes = [s.process(), s.process()];
  const answers = await Promise.allSettled(
    Array.from({ length: 8 }, async (_, i) =>
      viewOf(await (processes[i % 2] as (typeof processes)[0]).transfers.send(await paying(id), s.key())),
    ),
  );
  const sent = answers.filter((a) => a.status === 'fulfilled');
  expect(sent.map((a) => a.value.state)).toEqual(['completed']);
  for (const a of answers)
    if (a.status === 'rejected') expect(['request_in_progress', 'request_ended']).toContain(a.reason.code);
  expect(await stateOf(id)).toBe('paid');
  expect([moved(asked, 0), moved(asker, 1)]).toEqual([-1_200n, 1_200n]);
});

test('the same payment sent twice under one key is one transfer with one answer', async () => {
  const { id } = await ask();
  const key = s.key();
  const first = await s.process().transfers.send(await paying(id), key);
  const nobody = { to: { kind: 'nobody' as const } };
  expect(await s.process().transfers.send(await paying(id, nobody), key)).toEqual(first);
  expect(moved(asked, 0)).toBe(-1_200n);
});

/** What happens on the lines, how the request stands at once, and how at last. */
const cases: [string, [Parameters<Setting['banks']['next']>[0], ...Fate[]][], string, string][] = [
  ['the payer’s bank refuses', [['transfer_debit', 'refused 51']], 'asked', 'asked'],
  ['the payer’s bank is not heard', [['transfer_debit', 'answer_lost']], 'paying', 'asked'],
  ['the asker’s bank refuses', [['transfer_credit', 'refused 46']], 'paying', 'asked'],
  ['the asker’s bank is not heard', [['transfer_credit', 'answer_lost']], 'paying', 'paid'],
];
describe.each(cases)('when %s', (_name, fates, first, last) => {
  test(`a request is ${first} at once and ${last} in the end, and can be paid again only if it is open`, async () => {
    const { id } = await ask();
    for (const [kind, ...list] of fates) s.banks.next(kind, ...list);
    const process = s.process();
    await process.transfers.send(await paying(id), s.key());
    expect(await stateOf(id)).toBe(first);
    if (first === 'paying') {
      await expect(process.transfers.send(await paying(id), s.key())).rejects.toMatchObject({
        code: 'request_in_progress',
      });
      const decline = s.db.transaction((tx) => requests.decline(tx, asked.userId, id));
      await expect(decline).rejects.toMatchObject({ code: 'request_in_progress' });
    }
    await s.settle(process);
    expect(await stateOf(id)).toBe(last);
    if (last === 'paid') return expect(moved(asker, 1)).toBe(1_200n);
    expect([moved(asked, 0), moved(asker, 1)]).toEqual([0n, 0n]);
    expect(viewOf(await process.transfers.send(await paying(id), s.key())).state).toBe('completed');
    expect(await stateOf(id)).toBe('paid');
    expect(moved(asker, 1)).toBe(1_200n);
  });
});

test('a process that dies anywhere leaves a request that is paid once or open again', async () => {
  let died = true;
  for (let at = 1; died && at < 40; at++) {
    const { id } = await ask();
    const death: Death = { at, passed: 0, dead: false };
    void s
      .process(death)
      .transfers.send(await paying(id), s.key())
      .catch(() => undefined);
    for (let turn = 0; turn < 200 && !death.dead && (await stateOf(id)) !== 'paid'; turn++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    died = death.dead;
    const before = [moved(asked, 0), moved(asker, 1)];
    await s.settle();
    const state = await stateOf(id);
    expect([at, ['asked', 'paid'].includes(state ?? '')]).toEqual([at, true]);
    const amount = moved(asker, 1);
    expect([at, before, -moved(asked, 0)]).toEqual([at, before, amount]);
    asker = await s.person();
    asked = await s.person();
    mobiles.set('13800000002', asked.userId);
    expect([at, amount]).toEqual([at, state === 'paid' ? 1_200n : 0n]);
  }
  expect(died).toBe(false);
});

test('declining, taking back and paying at once have one winner', async () => {
  for (let round = 0; round < 5; round++) {
    const { id } = await ask();
    const before = moved(asker, 1);
    const ways = [
      s.db.transaction((tx) => requests.decline(tx, asked.userId, id)),
      s.db.transaction((tx) => requests.withdraw(tx, asker.userId, id)),
      s.process().transfers.send(await paying(id), s.key()),
    ];
    const ended = await Promise.allSettled(ways);
    expect(ended.filter((e) => e.status === 'fulfilled')).toHaveLength(1);
    const state = await stateOf(id);
    expect(moved(asker, 1) - before).toBe(state === 'paid' ? 1_200n : 0n);
  }
});

test('what nobody pays expires, and a number that nobody has is asked like any other', async () => {
  const [known, unknown] = [await ask(), await ask(1_200, '13999999999')];
  const seen = ({ id: _, askedId: __, askedMobile: ___, ...rest }: typeof known) => rest;
  expect(seen(unknown)).toEqual(seen(known));
  s.clock.advance(7 * 24 * 3600_000);
  const late = s.process().transfers.send(await paying(known.id), s.key());
  await expect(late).rejects.toMatchObject({ code: 'request_ended' });
  expect(await requests.expire()).toBeGreaterThanOrEqual(2);
  expect([await stateOf(known.id), await stateOf(unknown.id)]).toEqual(['expired', 'expired']);
  expect(await requests.expire()).toBe(0);
});

test('who leaves ends what is open on both sides, and leaves no number and no name', async () => {
  const mine = await ask();
  await s.db.transaction((tx) => requests.forgetPerson(tx, asked.userId));
  expect(await requests.find(s.db, mine.id)).toMatchObject({ state: 'declined', askedMobile: '***' });
  const next = await s.person();
  mobiles.set('13800000003', next.userId);
  const other = await ask(500, '13800000003');
  await s.db.transaction((tx) => requests.forgetPerson(tx, asker.userId));
  expect(await requests.find(s.db, other.id)).toMatchObject({ state: 'withdrawn', askerMobile: '***' });
});

test('a split is exact, is refused with a person named twice, and shows each part as it stands', async () => {
  const found = await requests.lookUp({ ...asker, address: '::1' }, ['13800000002', '13999999999']);
  const people = [
    { mobile: '13800000002', name: '小王', amount: null },
    { mobile: '13999999999', name: null, amount: null },
  ];
  const splitting = { total: 3_601n, currency: 'CNY', note: null, ownPart: true, people, paymentId: null };
  const { split, requests: asks } = await s.db.transaction((tx) =>
    requests.split(tx, asker.userId, found, splitting),
  );
  expect([split.ownAmount, ...asks.map((r) => r.amount)]).toEqual([1_201n, 1_200n, 1_200n]);
  const twice = { ...splitting, people: [...people, ...people] };
  const refused = s.db.transaction((tx) => requests.split(tx, asker.userId, found, twice));
  await expect(refused).rejects.toMatchObject({ code: 'split_not_exact' });
  await s.process().transfers.send(await paying(asks[0]?.id as string), s.key());
  const filter = { askerId: asker.userId, id: split.id, before: null, limit: 1 };
  const seen = await requests.splits(s.db, filter);
  expect(seen.requests.map((r) => r.state)).toEqual(['paid', 'asked']);
  expect((await requests.splits(s.db, { ...filter, askerId: asked.userId })).splits).toEqual([]);
});
