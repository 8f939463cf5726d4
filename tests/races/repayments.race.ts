import type { AccountLimits, AccountList, AutoRepaySetting, Card, Owed, Transfer } from '@feiqian/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Answer, done } from '../support/caller.ts';
import type { Chance } from '../support/chance.ts';
import { buy, type Wallet, wallet } from '../support/people.ts';
import { type Arena, atOnce, onlyRefused, openArena, rounds } from '../support/races.ts';
import { until } from '../support/until.ts';

/*
 * Races about what a person owes and may move: one bill and several devices, the repayment that comes by itself and the
 * one by hand, and a day's limit that many requests at once would exceed together.
 */

const banks = ['yunzhou', 'yanhu', 'haigang'] as const;
type BankName = (typeof banks)[number];

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena?.stop());

const db = () => arena.one.network.db;
const cardOf = (who: Wallet, bank: BankName, kind: Card['kind']) =>
  who.cards.find((c) => c.bank.id === bank && c.kind === kind) as Card;
const accountOf = async (who: Wallet, bank: BankName, kind: string) => {
  const { data } = await done(who.get<AccountList>('/v1/wallet/accounts'));
  return data.find((a) => a.bank.id === bank && a.kind === kind)?.id as string;
};
const owedOn = async (who: Wallet, bank: BankName) =>
  done(who.get<Owed>(`/v1/wallet/accounts/${await accountOf(who, bank, 'credit')}/owed`));
const available = async (who: Wallet, card: Card) =>
  (await done(who.get<{ available: number }>(`/v1/wallet/cards/${card.id}/balance`))).available;

const repaying = (chance: Chance, who: Wallet, bank: BankName, from: BankName, amount: number) => () =>
  arena
    .somewhere(who, chance)
    .post<Transfer>(`/v1/wallet/cards/${cardOf(who, bank, 'credit').id}/repayments`, {
      from_card_id: cardOf(who, from, 'debit').id,
      amount,
    });

/** What repayments have moved, once each has come to its end. */
async function repaid(answers: readonly Answer<Transfer>[]): Promise<number> {
  onlyRefused(answers, ['409 repayment_in_progress', '422 over_repayment']);
  const moved = answers.filter((a) => a.status === 201).map((a) => a.body);
  expect(moved.map((t) => t.state)).toEqual(moved.map(() => 'completed'));
  return moved.reduce((sum, t) => sum + t.amount, 0);
}

describe('one bill', () => {
  test('that two devices repay at once is repaid once, from one of them', async () => {
    const mobile = '13800000003';
    const devices = [await wallet(arena.one, mobile), await wallet(arena.two, mobile)];
    const [first] = devices as [Wallet];
    const [to, from] = ['yunzhou', 'yanhu'] as const;
    // One round after the other: there is one bill.
    await rounds(
      'two devices repay',
      6,
      async (chance) => {
        await buy(arena.one, first, cardOf(first, to, 'credit'), 1_000 + chance.below(500));
        const { owed } = await owedOn(first, to);
        const held = await available(first, cardOf(first, from, 'debit'));
        // Not more than is moved without being verified.
        const amount = Math.min(owed, 90_000);
        const racers = Array.from({ length: 6 }, (_, i) =>
          repaying(chance, devices[i % 2] as Wallet, to, from, amount),
        );
        const moved = await repaid(await atOnce(chance, racers));
        expect(moved).toBeGreaterThan(0);
        expect(moved).toBeLessThanOrEqual(owed);
        expect((await owedOn(first, to)).owed).toBe(owed - moved);
        expect(await available(first, cardOf(first, from, 'debit'))).toBe(held - moved);
      },
      1,
    );
  });

  test('that is repaid by itself while somebody repays all that is owed is repaid by one of the two', async () => {
    const people = ['13800000002', '13800000004'];
    let by = { itself: 0, hand: 0 };
    await rounds(
      'by itself and by hand',
      people.length,
      async (chance, round) => {
        const who = await wallet(arena.one, people[round % people.length] as string);
        const bank = banks.find((b) => cardOf(who, b, 'credit') !== undefined) as BankName;
        const from = banks.find((b) => b !== bank && cardOf(who, b, 'debit') !== undefined) as BankName;
        const { owed, bill } = await owedOn(who, bank);
        if (bill === null || bill.paid >= bill.amount) return;
        const path = `/v1/wallet/cards/${cardOf(who, bank, 'credit').id}/auto-repay`;
        const body = { from_card_id: cardOf(who, from, 'debit').id, mode: 'full' };
        await done(who.send<AutoRepaySetting>('PUT', path, { body }));
        const due = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
        await db().query(`update bank_${bank}_credit.bill set due_date = $1`, [due]);
        await db().query('update credit.auto_repay set look_at = $1', [new Date(0)]);
        const looks = () =>
          Promise.all([arena.one, arena.two].map((n) => n.network.autoRepays.turn())).then(() => null);
        const amount = Math.min(owed, 90_000);
        const answers = await atOnce<Answer<Transfer> | null>(chance, [
          looks,
          repaying(chance, who, bank, from, amount),
          repaying(chance, who, bank, from, amount),
        ]);
        const byHand = await repaid(answers.filter((a) => a !== null));
        const left = bill.amount - bill.paid;
        // Whoever came second found nothing of the bill left, or is told to wait; what came by itself may be tried again.
        let now = owed - byHand;
        await until(
          async () => {
            await db().query('update credit.auto_repay set look_at = $1', [new Date(0)]);
            await looks();
            now = (await owedOn(who, bank)).owed;
            const state = (await done(who.get<AutoRepaySetting>(path))).auto_repay?.state;
            return now + byHand < owed || byHand >= left || state === 'failed';
          },
          15_000,
          'the bill to be repaid',
        );
        const byItself = owed - now - byHand;
        expect([0, left, left - byHand]).toContain(byItself);
        expect(byItself + byHand).toBeGreaterThanOrEqual(Math.min(left, amount));
        by = { itself: by.itself + byItself, hand: by.hand + byHand };
        await done(who.delete(path));
      },
      1,
    );
    expect(by.itself + by.hand).toBeGreaterThan(0);
  });
});

describe('a day’s limit', () => {
  test('for ten of twenty transfers lets ten through, to the unit, at two processes', async () => {
    const mobile = '13800000005';
    const who = await wallet(arena.one, mobile);
    const [bank, other] = banks.filter((b) => cardOf(who, b, 'debit') !== undefined) as [BankName, BankName];
    const [from, to] = [cardOf(who, bank, 'debit'), cardOf(who, other, 'debit')];
    const { rows } = await db().query<{ id: string }>(
      `update bank_${bank}_accounts.account a set class = 'class_3' from bank_${bank}_customers.customer c
       where c.id = a.customer_id and c.mobile = $1 and a.class = 'class_1' returning a.id`,
      [mobile],
    );
    expect(rows).toHaveLength(1);
    const accountId = (await done(who.get<AccountList>('/v1/wallet/accounts'))).data.find(
      (a) => a.bank.id === bank && a.kind === 'class_3',
    )?.id as string;
    const limit = async () => {
      const { limits } = await done(who.get<AccountLimits>(`/v1/wallet/accounts/${accountId}/limits`));
      return limits.find((l) => l.code === 'out_day') as { max: number; left: number };
    };
    const each = 500;
    await rounds(
      'twenty transfers under one limit',
      4,
      async (chance) => {
        const { max } = await limit();
        const send = (amount: number) => () =>
          arena.somewhere(who, chance).post<Transfer>('/v1/wallet/transfers', {
            from_card_id: from.id,
            to: { card_id: to.id },
            amount,
            currency: 'CNY',
            repeat_confirmed: true,
          });
        await done(send(100)());
        const used = (amount: number) =>
          db().query(
            `update bank_${bank}_classes.used set amount = $1 where account_id = $2 and code = 'out_day'`,
            [amount, rows[0]?.id ?? ''],
          );
        const before = max - (await limit()).left;
        await used(max - 10 * each);
        const held = await available(who, from);
        const answers = await atOnce(
          chance,
          Array.from({ length: 20 }, () => send(each)),
        );
        expect(answers.map((a) => a.body.state).sort()).toEqual([
          ...Array(10).fill('completed'),
          ...Array(10).fill('declined'),
        ]);
        const refused = answers.filter((a) => a.body.state === 'declined');
        for (const a of refused) expect(a.body.limit).toMatchObject({ code: 'out_day', max });
        expect((await limit()).left).toBe(0);
        expect(await available(who, from)).toBe(held - 10 * each);
        // What was pretended is taken out again.
        await used(before + 10 * each);
      },
      1,
    );
  });
});

test('nothing failed, and the books are right in the end', async () => {
  const failed = [...arena.one.heard, ...arena.two.heard].filter((h) => h.answer.status >= 500);
  expect(failed.map((h) => `${h.path} ${h.answer.text}`)).toEqual([]);
  expect(await differences(db())).toEqual([]);
  expect([...arena.one.logs, ...arena.two.logs]).toEqual([]);
});
