import { randomUUID } from 'node:crypto';
import type { Payment, Refund } from '@feiqian/contract';
import { toUuid } from '@feiqian/ids';
import { TestDevice } from '@feiqian/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Answer, type Caller, done, essence, told } from '../support/caller.ts';
import type { Chance } from '../support/chance.ts';
import { buy, codeOf, desk, order, signInBody, till, type Wallet, wallet } from '../support/people.ts';
import {
  type Arena,
  atOnce,
  exactly,
  freshWallet,
  onlyRefused,
  openArena,
  rounds,
  successes,
} from '../support/races.ts';

/*
 * Races about keys: the same request many times at once, mixed with others under its key, at two processes. One of
 * them is done, and everybody who asked for that one hears the same.
 */

let arena: Arena;
let payer: Wallet;
let operator: Caller;
let merchantId: string;
beforeAll(async () => {
  arena = await openArena();
  payer = await wallet(arena.one, '13800000001');
  operator = await desk(arena.one);
  merchantId = (await order(arena.one, 1)).merchant.id;
});
afterAll(() => arena?.stop());

const net = (chance: Chance) => chance.pick([arena.one, arena.two]);
const newOrder = (amount: number, description?: string) => ({
  amount,
  currency: 'CNY',
  store_id: arena.one.storeId,
  ...(description === undefined ? {} : { description }),
});

/** A write, the same write with another body, and how often its effect may now be found. */
interface Write {
  by: Caller;
  path: string;
  body: unknown;
  other: unknown;
  /** Counts what both bodies together have done. */
  effects: () => Promise<number>;
}

const count = async (text: string, ...params: string[]): Promise<number> =>
  Number((await arena.one.network.db.query<{ n: bigint }>(text, params)).rows[0]?.n);
const entriesOf = (id: string) => () =>
  count('select count(*) as n from ledger.transfers where user_data_128 = $1', toUuid(id, 'pay'));
/** A text of its own without digits: those of some UUIDs look like a card number, and are masked. */
const ownText = () => randomUUID().replace(/[0-9]/g, (digit) => 'ghijklmnop'[Number(digit)] as string);
const described = (text: string) => () =>
  count('select count(*) as n from payments.payment where description = $1', text);

/** Cards whose pay code of this minute was not shown yet: a code pays once, so each round needs one of its own. */
const unshown: [Wallet, Wallet['cards'][0]][] = [];
async function freshCodes(chance: Chance): Promise<[string, string]> {
  if (unshown.length < 2) {
    const owner = await freshWallet(net(chance), '13800000005');
    unshown.push(...owner.cards.map((card): [Wallet, Wallet['cards'][0]] => [owner, card]));
  }
  return unshown.splice(0, 2).map(([owner, card]) => codeOf(owner, card)) as [string, string];
}

/** One write of each kind, ready to be sent. */
const writes: Record<string, (chance: Chance) => Promise<Write>> = {
  'creates a payment': async () => {
    const mark = ownText();
    return {
      by: arena.one.merchant,
      path: '/v1/payments',
      body: newOrder(100, mark),
      other: newOrder(101, mark),
      effects: described(mark),
    };
  },
  'creates a payment at a poster': async () => {
    const mark = ownText();
    return {
      by: payer,
      path: '/v1/wallet/payments',
      body: newOrder(100, mark),
      other: newOrder(101, mark),
      effects: described(mark),
    };
  },
  pays: async (chance) => {
    const { id } = await order(net(chance), 200);
    return {
      by: payer,
      path: `/v1/wallet/payments/${id}/pay`,
      body: { card_id: payer.cards[0]?.id },
      other: { card_id: payer.cards[1]?.id },
      effects: entriesOf(id),
    };
  },
  'collects a pay code': async (chance) => {
    const [{ id }, [code, other]] = [await order(net(chance), 300), await freshCodes(chance)];
    return {
      by: arena.one.merchant,
      path: `/v1/payments/${id}/collect`,
      body: { pay_code: code },
      other: { pay_code: other },
      effects: entriesOf(id),
    };
  },
  captures: async (chance) => {
    const { id } = await buy(net(chance), payer, payer.cards[0], 400, { capture: 'manual' });
    return {
      by: arena.one.merchant,
      path: `/v1/payments/${id}/capture`,
      body: { amount: 300 },
      other: {},
      effects: async () => (await entriesOf(id)()) - 1,
    };
  },
  refunds: async (chance) => {
    const { id } = await buy(net(chance), payer, payer.cards[0], 500);
    return {
      by: arena.one.merchant,
      path: `/v1/payments/${id}/refunds`,
      body: { amount: 100, reason: 'one' },
      other: { amount: 100, reason: 'two' },
      effects: () =>
        count('select count(*) as n from payments.refund where payment_id = $1', toUuid(id, 'pay')),
    };
  },
  'adds a member of staff': async () => {
    const name = ownText();
    const body = { store_id: arena.one.storeId, name, role: 'cashier', pin: '112233' };
    return {
      by: operator,
      path: `/v1/console/merchants/${merchantId}/staff`,
      body,
      other: { ...body, pin: '332211' },
      effects: () => count('select count(*) as n from merchants.staff where name = $1', name),
    };
  },
};
/** Rounds of fifty, few beside each other: more at once are refused for the crowd and not for the race. */
const crowded: typeof rounds = (name, count, work) => rounds(name, count, work, 2);
const roundsOf: Record<string, number> = { 'adds a member of staff': 2, 'collects a pay code': 4 };

describe.each(Object.entries(writes))('a request that %s', (kind, prepare) => {
  test('comes fifty times at once, other requests under its key among them: one is done', async () => {
    await crowded(`fifty times: ${kind}`, roundsOf[kind] ?? 5, async (chance) => {
      const write = await prepare(chance);
      const key = randomUUID();
      const bodies = Array.from({ length: 50 }, () => (chance.percent(25) ? write.other : write.body));
      const answers = await atOnce(
        chance,
        bodies.map((body) => () => arena.somewhere(write.by, chance).post(write.path, body, { key })),
      );
      onlyRefused(answers, ['409 request_in_flight', '422 idempotency_key_reused']);
      const good = successes(answers);
      expect(new Set(good.map((a) => a.text)).size).toBe(1);
      const won = bodies[answers.indexOf(good[0] as Answer)];
      for (const [i, answer] of answers.entries()) {
        if (bodies[i] === won) expect(told(answer)).not.toBe('422 idempotency_key_reused');
        else expect(answer.status).toBeGreaterThanOrEqual(400);
      }
      const again = (body: unknown) => arena.somewhere(write.by, chance).post(write.path, body, { key });
      expect((await again(won)).text).toBe(good[0]?.text);
      const lost = won === write.body ? write.other : write.body;
      expect(told(await again(lost))).toBe('422 idempotency_key_reused');
      expect(await write.effects()).toBe(1);
    });
  });
});

test('the same key of two callers means two requests, however they mix', async () => {
  const supervisor = await till(arena.one, '100101');
  await rounds('two callers', 20, async (chance) => {
    const key = randomUUID();
    const mark = ownText();
    const who = Array.from({ length: 16 }, () => chance.pick([arena.one.merchant, supervisor]));
    who.push(arena.one.merchant, supervisor);
    const answers = await atOnce(
      chance,
      who.map(
        (by) => () => arena.somewhere(by, chance).post<Payment>('/v1/payments', newOrder(7, mark), { key }),
      ),
    );
    onlyRefused(answers, ['409 request_in_flight']);
    const ids = (of: Caller) =>
      new Set(answers.filter((a, i) => who[i] === of && a.status === 201).map((a) => a.body.id));
    const [mine, theirs] = [ids(arena.one.merchant), ids(supervisor)];
    expect([mine.size, theirs.size]).toEqual([1, 1]);
    expect(mine).not.toEqual(theirs);
    expect(await described(mark)()).toBe(2);
  });
});

describe('a claim whose process died', () => {
  /** As a crash leaves it: claimed, without an answer, and its lease over. */
  const abandon = (key: string, from: string) =>
    arena.one.network.db.query(
      `update idempotency.key k set status = null, answer = null, leased_until = $2
       where k.created_at > $3 and k.answer like $1`,
      [`%${key}%`, new Date(Date.now() - 1), new Date(from)],
    );

  test('after the payment was made is found again by every repeat, and nothing is sent twice', async () => {
    await rounds('abandoned payment', 15, async (chance) => {
      const { id } = await order(net(chance), 800);
      const key = randomUUID();
      const from = new Date(Date.now() - 1_000).toISOString();
      const pay = () =>
        arena
          .somewhere(payer, chance)
          .post<Payment>(`/v1/wallet/payments/${id}/pay`, { card_id: payer.cards[0]?.id }, { key });
      const first = await done(pay());
      expect((await abandon(id, from)).count).toBeGreaterThan(0);
      const answers = await atOnce(
        chance,
        Array.from({ length: 12 }, () => pay),
      );
      onlyRefused(answers, ['409 request_in_flight']);
      expect(successes(answers).length).toBeGreaterThan(0);
      for (const a of successes(answers)) expect(a.body).toEqual(first);
      expect(await entriesOf(id)()).toBe(1);
    });
  });

  test('after the refund was made is found again by every repeat, and nothing goes back twice', async () => {
    await rounds('abandoned refund', 15, async (chance) => {
      const { id } = await buy(net(chance), payer, payer.cards[1], 900);
      const key = randomUUID();
      const from = new Date(Date.now() - 1_000).toISOString();
      const refund = () =>
        arena
          .somewhere(arena.one.merchant, chance)
          .post<Refund>(`/v1/payments/${id}/refunds`, { amount: 300, reason: 'x' }, { key });
      const first = await done(refund());
      expect((await abandon(first.id, from)).count).toBeGreaterThan(0);
      const answers = await atOnce(
        chance,
        Array.from({ length: 12 }, () => refund),
      );
      onlyRefused(answers, ['409 request_in_flight']);
      for (const a of successes(answers)) expect(a.body).toEqual(first);
      expect(
        await count('select count(*) as n from payments.refund where payment_id = $1', toUuid(id, 'pay')),
      ).toBe(1);
    });
  });
});

describe('one person', () => {
  test('who binds the same cards many times at once holds each once, in a slot of its own, with one default', async () => {
    await rounds('binding', 6, async (chance, round) => {
      const at = net(chance);
      const owner = await freshWallet(at, `1380000000${2 + (round % 6)}`);
      const discover = async () => {
        const { data } = await done(owner.get<{ data: { id: string }[] }>('/v1/wallet/banks'));
        const body = { bank_ids: data.map((b) => b.id), consent: true };
        return done(
          owner.post<{ id: string; banks: { bank: { id: string }; cards: { ref: string }[] }[] }>(
            '/v1/wallet/card-discoveries',
            body,
          ),
        );
      };
      const found = await discover();
      for (const card of owner.cards) await done(owner.delete(`/v1/wallet/cards/${card.id}`));
      const cards = found.banks.flatMap((b) => b.cards.map((c) => ({ bank_id: b.bank.id, ref: c.ref })));
      const bind = () =>
        arena.somewhere(owner, chance).post('/v1/wallet/cards', { discovery_id: found.id, cards });
      exactly(
        5,
        await atOnce(
          chance,
          Array.from({ length: 5 }, () => bind),
        ),
        [],
      );
      const held = (await done(owner.get<{ data: Wallet['cards'] }>('/v1/wallet/cards'))).data;
      expect(held).toHaveLength(cards.length);
      expect(new Set(held.map((c) => c.slot)).size).toBe(cards.length);
      expect(held.filter((c) => c.is_default)).toHaveLength(1);
      const defaults = held.map(
        (c) => () => arena.somewhere(owner, chance).post(`/v1/wallet/cards/${c.id}/default`),
      );
      exactly(defaults.length, await atOnce(chance, defaults), []);
      const after = (await done(owner.get<{ data: Wallet['cards'] }>('/v1/wallet/cards'))).data;
      expect(after.filter((c) => c.is_default)).toHaveLength(1);
    });
  });

  test('whose device is removed while cards are bound on it leaves no live card behind', async () => {
    await rounds('binding on a removed device', 6, async (chance, round) => {
      const owner = await freshWallet(net(chance), `1380000000${2 + (round % 6)}`);
      const { data } = await done(owner.get<{ data: { id: string }[] }>('/v1/wallet/banks'));
      const body = { bank_ids: data.map((b) => b.id), consent: true };
      const found = await done(
        owner.post<{ id: string; banks: { bank: { id: string }; cards: { ref: string }[] }[] }>(
          '/v1/wallet/card-discoveries',
          body,
        ),
      );
      for (const card of owner.cards) await done(owner.delete(`/v1/wallet/cards/${card.id}`));
      const cards = found.banks.flatMap((b) => b.cards.map((c) => ({ bank_id: b.bank.id, ref: c.ref })));
      const answers = await atOnce<Answer>(chance, [
        () => arena.somewhere(owner, chance).post('/v1/wallet/cards', { discovery_id: found.id, cards }),
        () => arena.somewhere(owner, chance).delete(`/v1/wallet/devices/${owner.session.device.id}`),
      ]);
      expect(answers.every((a) => a.status < 500)).toBe(true);
      expect(answers[1]?.status).toBe(200);
      const device = toUuid(owner.session.device.id, 'dev');
      expect(
        await count(
          "select count(*) as n from tokens.token where device_id = $1 and status = 'active'",
          device,
        ),
      ).toBe(0);
      expect(
        await count(
          'select count(*) as n from wallets.card where device_id = $1 and unbound_at is null',
          device,
        ),
      ).toBe(0);
    });
  });

  test('is signed in once by a one-time code that comes many times', async () => {
    await rounds('one-time code', 5, async (chance, round) => {
      const mobile = `1390000000${round % 10}`;
      await arena.one.network.db.query(
        "update access.one_time_code set sent_at = sent_at - interval '5 seconds'",
      );
      await done(net(chance).anyone.post('/v1/wallet/codes', { mobile }));
      const body = signInBody(new TestDevice(), mobile, arena.one.guide.code);
      const sign = () => arena.somewhere(arena.one.anyone, chance).post('/v1/wallet/sessions', body);
      exactly(
        1,
        await atOnce(
          chance,
          Array.from({ length: 12 }, () => sign),
        ),
        ['401 wrong_code'],
      );
    });
  });
});

test('a PIN that is guessed fifty times at once is tried five times', async () => {
  await crowded('guessing', 4, async (chance, round) => {
    const staff_number = `10010${5 + round}`;
    const sign = (pin: string) => () =>
      arena
        .somewhere(arena.one.anyone, chance)
        .post('/v1/till/sessions', { staff_number, pin, device_name: 'x' });
    const guesses = Array.from({ length: 50 }, (_, i) => sign(String(i).padStart(6, '0')));
    const answers = await atOnce(chance, guesses);
    exactly(0, answers, ['401 wrong_code', '429 too_many_attempts', '429 too_many_requests']);
    expect(answers.filter((a) => a.status === 401)).toHaveLength(5);
    expect(essence(await sign('123456')())).toMatchObject({ status: 429 });
  });
});

test('members of staff who are added at once have numbers of their own', async () => {
  await rounds('numbers', 3, async (chance) => {
    const add = () =>
      arena
        .somewhere(operator, chance)
        .post<{ number: string }>(`/v1/console/merchants/${merchantId}/staff`, {
          store_id: arena.one.storeId,
          name: 'x',
          role: 'cashier',
          pin: '112233',
        });
    const answers = await atOnce(
      chance,
      Array.from({ length: 10 }, () => add),
    );
    exactly(10, answers, []);
    expect(new Set(answers.map((a) => a.body.number)).size).toBe(10);
  });
});

test('nothing failed, and the books are right in the end', async () => {
  const failed = [...arena.one.heard, ...arena.two.heard].filter((h) => h.answer.status >= 500);
  expect(failed.map((h) => `${h.path} ${h.answer.text}`)).toEqual([]);
  expect(await differences(arena.one.network.db)).toEqual([]);
  expect([...arena.one.logs, ...arena.two.logs]).toEqual([]);
});
