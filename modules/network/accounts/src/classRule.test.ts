import { expect, test } from 'vitest';
import { breachOf, type ClassRule, ruleOn, tablesOf } from './classRule.ts';

const rule = (effectiveFrom: string, balance: number): ClassRule => ({
  effectiveFrom,
  class: 'class_3',
  opening: 'remote',
  accountsMax: 2,
  plastic: false,
  cash: false,
  limits: { balance },
});
const rules = [rule('2018-01-19', 200_000), rule('2016-12-01', 100_000)];

test('a rule holds from its day until the next one', () => {
  expect(ruleOn(rules, 'class_3', '2016-11-30')).toBeNull();
  expect(ruleOn(rules, 'class_3', '2016-12-01')?.limits.balance).toBe(100_000);
  expect(ruleOn(rules, 'class_3', '2018-01-18')?.limits.balance).toBe(100_000);
  expect(ruleOn(rules, 'class_3', '2018-01-19')?.limits.balance).toBe(200_000);
  expect(ruleOn(rules, 'class_2', '2020-01-01')).toBeNull();
  expect(tablesOf(rules, '2020-01-01').in_force).toBe('2018-01-19');
});

test('one more account than a person may have is a breach that says how many', () => {
  const [now] = rules as [ClassRule];
  expect(breachOf(now, 1)).toBeNull();
  expect(breachOf(now, 2)).toEqual({ code: 'accounts', max: 2, used: 2, left: 0, until: null });
  expect(breachOf({ ...now, opening: 'branch' }, 0)).toBe('class_not_permitted');
  expect(breachOf(null, 0)).toBe('class_not_permitted');
});
