import { describe, expect, it } from 'vitest';
import type { StoryEntry } from './story.ts';
import { markOf, tAccounts } from './taccount.ts';

const side = (id: string) => ({ id, name: id, name_zh: id });
const entry = (debit: string, credit: string, amount: number, kind = 'post'): StoryEntry => ({
  id: `${debit}-${credit}-${amount}`,
  at: '2026-11-22T06:00:00.000Z',
  debit: side(debit),
  credit: side(credit),
  amount,
  currency: 'CNY',
  kind,
});

describe('T accounts', () => {
  it('put the debit left and the credit right under the same letter', () => {
    const [bank, merchant] = tAccounts([entry('bank', 'merchant', 1800)]);
    expect(bank?.debits).toEqual([{ mark: 'a', kind: 'post', amount: 1800n }]);
    expect(bank?.credits).toEqual([]);
    expect(merchant?.credits[0]?.mark).toBe('a');
  });

  it('balance over all accounts together', () => {
    const accounts = tAccounts([
      entry('bank', 'merchant', 1800),
      entry('merchant', 'fees', 11),
      entry('merchant', 'bank', 500, 'refund'),
    ]);
    const sum = (pick: (one: (typeof accounts)[number]) => bigint) =>
      accounts.reduce((total, one) => total + pick(one), 0n);
    expect(sum((one) => one.debitTotal)).toBe(2311n);
    expect(sum((one) => one.creditTotal)).toBe(2311n);
  });

  it('show a hold and its void without adding them', () => {
    const [bank] = tAccounts([
      entry('bank', 'merchant', 1800, 'hold'),
      entry('bank', 'merchant', 1800, 'void'),
    ]);
    expect(bank?.debits).toHaveLength(2);
    expect(bank?.debitTotal).toBe(0n);
  });

  it('add amounts exactly beyond what a float can', () => {
    const big = Number.MAX_SAFE_INTEGER;
    const [bank] = tAccounts([entry('bank', 'm', big), entry('bank', 'm', big), entry('bank', 'm', 1)]);
    expect(bank?.debitTotal).toBe(18014398509481983n);
  });
});

describe('letters of entries', () => {
  it('go on after z', () => {
    expect([0, 25, 26, 27, 701, 702].map(markOf)).toEqual(['a', 'z', 'aa', 'ab', 'zz', 'aaa']);
  });
});
