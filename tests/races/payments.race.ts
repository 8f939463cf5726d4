import type { Payment, Refund } from '@feiqian/contract';
import { toUuid } from '@feiqian/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Answer, done, told } from '../support/caller.ts';
import type { Chance } from '../support/chance.ts';
import { setDue } from '../support/due.ts';
import { type Holdings, holdingsOf } from '../support/holdings.ts';
import { buy, codeOf, look, order, till, type Wallet, wallet } from '../support/people.ts';
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
import { setPin, verified, withPinAndCode } from '../support/verify.ts';

/*
 * Races about money: whatever happens at the same moment at two processes, the outcome is exact. Thousands of rounds
 * on PostgreSQL; the embedded engine runs one transaction after another and hides most of what these look for.
 */

let arena: Arena;
let payer: Wallet;
let friend: Wallet;
/** The same person as `payer`, on another device. */
let second: Wallet;
let holdings: Holdings;
beforeAll(async () => {
  arena = await openArena();
  payer = await wallet(arena.one, '13800000001');
  friend = await wallet(arena.two, '13800000002');
  second = await wallet(arena.two, '13800000001');
  holdings = await holdingsOf(arena.one, [payer, friend]);
});
afterAll(() => arena?.stop());

const payPath = (id: string) => `/v1/wallet/payments/${id}/pay`;
const net = (chance: Chance) => chance.pick([arena.one, arena.two]);
const newOrder = (chance: Chance, amount: number, change = {}) => order(net(chance), amount, change);
const cardOf = (owner: Wallet, chance: Chance) => chance.pick(owner.cards);

const pay = (chance: Chance, owner: Wallet, id: string, card = cardOf(owner, chance)) => {
  const by = arena.somewhere(owner, chance);
  return () => by.post<Payment>(payPath(id), { card_id: card.id });
};
const merchant = (chance: Chance, id: string, action: string, body?: unknown) => {
  const by = arena.somewhere(arena.one.merchant, chance);
  return () => by.post<Payment>(`/v1/payments/${id}/${action}`, body);
};
const bought = (chance: Chance, amount: number, change = {}, owner = chance.pick([payer, friend])) =>
  buy(net(chance), arena.somewhere(owner, chance), cardOf(owner, chance), amount, change);

/** What the database holds of payments: states, entries, messages to banks and events, to be compared exactly. */
async function factsOf(ids: readonly string[]) {
  const { rows } = await arena.one.network.db.query<{
    id: string;
    state: string;
    captured: string;
    refunded: string;
    entries: bigint;
    exchanges: bigint;
    ends: bigint;
  }>(
    `select p.id, p.state, p.captured_amount::text as captured, p.refunded_amount::text as refunded,
            (select count(*) from ledger.transfers t where t.user_data_128 = p.id) as entries,
            (select count(*) from links.exchange e where e.group_id = p.id and e.kind in ('financial', 'authorisation')) as exchanges,
            (select count(*) from outbox.event e where e.object_id = p.id
              and e.type in ('payment.captured', 'payment.cancelled', 'payment.expired')) as ends
     from payments.payment p where p.id = any($1::uuid[])`,
    [ids.map((id) => toUuid(id, 'pay'))],
  );
  expect(rows).toHaveLength(ids.length);
  return rows;
}

const busy = ['409 payment_in_progress', '409 payment_not_payable'];

describe('one order', () => {
  test('that three devices of two people pay is paid once', async () => {
    const ids: string[] = [];
    await rounds('three devices', 100, async (chance) => {
      const { id } = await newOrder(chance, 100 + chance.below(900));
      const racers = [payer, friend, second, payer].map((owner) => pay(chance, owner, id));
      // To somebody else an order that is being paid is none of his.
      exactly(1, await atOnce(chance, racers), [...busy, '404 not_found']);
      ids.push(id);
    });
    for (const row of await factsOf(ids)) {
      expect(row).toMatchObject({ state: 'captured', entries: 1n, exchanges: 1n, ends: 1n });
    }
  });

  test('that is paid and given up at the same moment is one or the other', async () => {
    const ends = new Map<string, string>();
    await rounds('pay or cancel', 100, async (chance) => {
      const { id } = await newOrder(chance, 200);
      const answers = await atOnce(chance, [
        pay(chance, payer, id),
        merchant(chance, id, 'cancel'),
        merchant(chance, id, 'cancel'),
      ]);
      exactly(1, answers, [...busy, '409 not_cancellable']);
      ends.set(id, (answers[0] as Answer).status === 200 ? 'captured' : 'cancelled');
    });
    for (const row of await factsOf([...ends.keys()])) {
      const paid = ends.get(`pay_${row.id.replaceAll('-', '')}`) === 'captured';
      expect(row).toMatchObject({ state: paid ? 'captured' : 'cancelled', ends: 1n });
      expect([row.entries, row.exchanges]).toEqual(paid ? [1n, 1n] : [0n, 0n]);
    }
    expect(new Set(ends.values())).toEqual(new Set(['captured', 'cancelled']));
  });

  test('that is paid when it expires is one or the other, and expires once', async () => {
    const ids: string[] = [];
    const { db } = arena.one.network;
    await rounds('pay or expire', 60, async (chance) => {
      const { id } = await newOrder(chance, 300);
      await setDue(db, [toUuid(id, 'pay')], Date.now() + chance.below(6));
      const sweep = (at: Arena['one']) => async () => {
        await at.network.payments.sweep();
      };
      const paying = pay(chance, payer, id);
      let answer: Answer | undefined;
      await atOnce<void>(chance, [
        sweep(arena.one),
        sweep(arena.two),
        async () => {
          answer = await paying();
        },
      ]);
      exactly(answer?.status === 200 ? 1 : 0, [answer as Answer], [...busy, '409 payment_expired']);
      ids.push(id);
    });
    await arena.one.network.payments.sweep();
    for (const row of await factsOf(ids)) {
      expect(['captured', 'expired']).toContain(row.state);
      const paid = row.state === 'captured';
      expect([row.entries, row.exchanges, row.ends]).toEqual(paid ? [1n, 1n, 1n] : [0n, 0n, 1n]);
    }
  });

  test('whose card is unbound while it is paid is paid or refused, and nothing is paid with that card after', async () => {
    await rounds('unbind', 6, async (chance) => {
      const owner = await freshWallet(net(chance), `1380000000${3 + chance.below(6)}`);
      const refusals = ['409 card_not_usable', '422 card_unknown', '401 unauthenticated'];
      for (const card of owner.cards) {
        const [a, b] = [await newOrder(chance, 150), await newOrder(chance, 160)];
        const by = arena.somewhere(owner, chance);
        const gone =
          card === owner.cards.at(-1)
            ? () => by.delete(`/v1/wallet/devices/${owner.session.device.id}`)
            : () => by.delete(`/v1/wallet/cards/${card.id}`);
        const answers = await atOnce<Answer>(chance, [
          gone,
          pay(chance, owner, a.id, card),
          pay(chance, owner, b.id, card),
        ]);
        expect(answers[0]?.status).toBe(200);
        onlyRefused(answers, refusals);
        const { id } = await newOrder(chance, 170);
        exactly(0, [await pay(chance, owner, id, card)()], refusals);
      }
    });
  });
});

describe('an authorisation', () => {
  test('that is captured and voided many times at once is captured or voided once', async () => {
    const ends = new Map<string, { state: string; captured: number }>();
    await rounds('capture and void', 120, async (chance) => {
      const { id } = await bought(chance, 1_000, { capture: 'manual' });
      const amounts = [1_000, 1 + chance.below(999), undefined];
      const answers = await atOnce(chance, [
        ...amounts.map((amount) => merchant(chance, id, 'capture', amount === undefined ? {} : { amount })),
        merchant(chance, id, 'cancel'),
        merchant(chance, id, 'cancel'),
      ]);
      const [won] = exactly(1, answers, ['409 not_capturable', '409 not_cancellable']) as [Answer<Payment>];
      const place = answers.indexOf(won);
      const state = place < amounts.length ? 'captured' : 'cancelled';
      const captured = state === 'captured' ? (amounts[place] ?? 1_000) : 0;
      expect(won.body).toMatchObject({ state, captured_amount: captured });
      ends.set(id, { state, captured });
    });
    for (const row of await factsOf([...ends.keys()])) {
      const end = ends.get(`pay_${row.id.replaceAll('-', '')}`);
      expect([row.state, row.captured]).toEqual([end?.state, String(end?.captured)]);
      expect([row.entries, row.exchanges, row.ends]).toEqual([2n, 1n, 1n]);
    }
    expect(new Set([...ends.values()].map((e) => e.state))).toEqual(new Set(['captured', 'cancelled']));
  });

  test('that is captured when its hold ends is captured or released once', async () => {
    const ids: string[] = [];
    await rounds('capture or expire', 60, async (chance) => {
      const { id } = await bought(chance, 1_100, { capture: 'manual' });
      await setDue(arena.one.network.db, [toUuid(id, 'pay')], Date.now() + chance.below(4));
      const capture = merchant(chance, id, 'capture', {});
      const sweep = (at: Arena['one']) => async () => {
        await at.network.payments.sweep();
        return null;
      };
      const [answer] = (await atOnce<Answer | null>(chance, [
        capture,
        sweep(arena.one),
        sweep(arena.two),
      ])) as [Answer];
      exactly(answer.status === 200 ? 1 : 0, [answer], ['409 not_capturable']);
      ids.push(id);
    });
    await arena.one.network.payments.sweep();
    for (const row of await factsOf(ids)) {
      expect(['captured', 'expired']).toContain(row.state);
      expect([row.entries, row.ends]).toEqual([2n, 1n]);
    }
  });

  test('is refunded only after it is captured, and never for more', async () => {
    await rounds('capture and refund', 24, async (chance) => {
      const { id } = await bought(chance, 1_000, { capture: 'manual' });
      const captured = 400 + chance.below(600);
      const refund = (amount: number) => merchant(chance, id, 'refunds', { amount, reason: 'x' });
      const answers = await atOnce(chance, [
        merchant(chance, id, 'capture', { amount: captured }),
        refund(400),
        refund(400),
        refund(400),
      ]);
      expect((answers[0] as Answer).status).toBe(200);
      onlyRefused(answers, ['409 not_refundable', '422 amount_too_large']);
      const back = 400 * (successes(answers).length - 1);
      expect(back).toBeLessThanOrEqual(captured);
      expect((await look(arena.one, id)).captured_amount).toBe(captured);
    });
  });
});

describe('refunds', () => {
  test('of a tenth each, twenty at once: ten', async () => {
    const ids: string[] = [];
    await rounds('twenty refunds', 8, async (chance) => {
      const { id } = await bought(chance, 1_000);
      const answers = await atOnce(
        chance,
        Array.from({ length: 20 }, (_, i) =>
          merchant(chance, id, 'refunds', { amount: 100, reason: `${i}` }),
        ),
      );
      exactly(10, answers, ['422 amount_too_large', '409 not_refundable']);
      ids.push(id);
    });
    await differences(arena.one.network.db);
    for (const row of await factsOf(ids)) {
      expect(row).toMatchObject({ state: 'refunded', refunded: '1000', entries: 21n });
    }
  });

  test('of every size add up to what is left, to the unit', async () => {
    await rounds('refunds of any size', 20, async (chance) => {
      const { id } = await bought(chance, 1_000);
      const amounts = Array.from({ length: 6 }, () => (chance.percent(15) ? null : 1 + chance.below(600)));
      const answers = (await atOnce(
        chance,
        amounts.map((amount) =>
          merchant(chance, id, 'refunds', { reason: 'x', ...(amount === null ? {} : { amount }) }),
        ),
      )) as unknown as Answer<Refund>[];
      onlyRefused(answers, ['422 amount_too_large', '409 not_refundable']);
      const given = successes(answers).reduce((sum, a) => sum + (a.body as Refund).amount, 0);
      expect(given).toBeLessThanOrEqual(1_000);
      const rest = await merchant(chance, id, 'refunds', { reason: 'rest' })();
      if (given === 1_000) expect(told(rest)).toBe('409 not_refundable');
      else expect((rest.body as unknown as Refund).amount).toBe(1_000 - given);
    });
  });
});

describe('a balance', () => {
  test('for ten of twenty payments pays ten', async () => {
    const owner = await wallet(arena.one, '13800000003');
    const [card] = owner.cards.filter((c) => c.kind === 'debit') as [Wallet['cards'][0]];
    const left = async () =>
      (await done(owner.get<{ available: number }>(`/v1/wallet/cards/${card.id}/balance`))).available;
    const each = 1_000;
    await setPin(arena.one, owner);
    const race = async (chance: Chance) => {
      const rest = (await left()) - 10 * each;
      const order = await newOrder(chance, rest);
      const path = `/v1/wallet/payments/${order.id}/pay`;
      const drained = await done(
        verified<Payment>(owner, 'POST', path, { card_id: card.id }, (v) =>
          withPinAndCode(arena.one, owner, v),
        ),
      );
      expect(drained.state).toBe('captured');
      const orders = await Promise.all(Array.from({ length: 20 }, () => newOrder(chance, each)));
      const answers = await atOnce(
        chance,
        orders.map((o) => pay(chance, owner, o.id, card)),
      );
      expect(answers.map((a) => a.body.state).sort()).toEqual([
        ...Array(10).fill('captured'),
        ...Array(10).fill('declined'),
      ]);
      expect(await left()).toBe(0);
      const back = [drained.id, ...answers.filter((a) => a.body.state === 'captured').map((a) => a.body.id)];
      const refunds = await atOnce(
        chance,
        back.map((id) => merchant(chance, id, 'refunds', { reason: 'again' })),
      );
      expect(refunds.map((r) => r.body.state)).toEqual(Array(11).fill('succeeded'));
    };
    // One round after the other: there is one account.
    await rounds('twenty payments', 5, race, 1);
  });
});

describe('transfers that cross each other', () => {
  test('between three banks and two merchants neither deadlock nor lose a unit', async () => {
    const { store } = (await till(arena.one, '100103')).session.me;
    const other = await till(arena.two, '100103');
    const paid: { id: string; by: 'first' | 'other' }[] = [];
    const seen: Answer[] = [];
    await rounds('crossing', 16, async (chance) => {
      const owners = [payer, friend, second];
      const steps = Array.from({ length: 12 }, () => async (): Promise<void> => {
        const back = chance.percent(45) ? paid.splice(chance.below(paid.length), 1)[0] : undefined;
        const owner = chance.pick(owners);
        const card = cardOf(owner, chance);
        const [at, by] = [net(chance), arena.somewhere(owner, chance)];
        const desk = arena.somewhere(other, chance);
        if (back) {
          const refunder = back.by === 'first' ? arena.somewhere(arena.one.merchant, chance) : desk;
          const answer = await refunder.post<Refund>(`/v1/payments/${back.id}/refunds`, { reason: 'x' });
          exactly(1, [answer], []);
          seen.push(answer);
        } else if (chance.percent(50)) {
          const payment = await buy(at, by, card, 50 + chance.below(50));
          expect(payment.state).toBe('captured');
          paid.push({ id: payment.id, by: 'first' });
        } else {
          const body = { amount: 60, currency: 'CNY', store_id: store.id };
          const { id } = await done(desk.post<Payment>('/v1/payments', body));
          const answer = await by.post<Payment>(payPath(id), { card_id: card.id });
          expect(answer.body.state).toBe('captured');
          paid.push({ id, by: 'other' });
        }
      });
      await atOnce(chance, steps);
    });
    expect(seen.length).toBeGreaterThan(0);
  });
});

test('a pay code that a hundred tills scan pays once', async () => {
  await rounds('a hundred tills', 3, async (chance, round) => {
    const device = await freshWallet(net(chance), '13800000001');
    const code = codeOf(device, device.cards[round % device.cards.length] as Wallet['cards'][0]);
    const orders = await Promise.all(Array.from({ length: 100 }, () => newOrder(chance, 77)));
    const answers = await atOnce(
      chance,
      orders.map((o) => merchant(chance, o.id, 'collect', { pay_code: code })),
    );
    exactly(1, answers, ['409 pay_code_used']);
  });
});

test('nothing failed, the books are right in the end, and the banks agree to the unit', async () => {
  const logs = [...arena.one.logs, ...arena.two.logs];
  const failed = [...arena.one.heard, ...arena.two.heard].filter((h) => h.answer.status >= 500);
  expect(failed.map((h) => `${h.path} ${h.answer.text}`)).toEqual([]);
  expect(await differences(arena.one.network.db)).toEqual([]);
  expect(await holdings.disagreements()).toEqual([]);
  expect(logs).toEqual([]);
});
