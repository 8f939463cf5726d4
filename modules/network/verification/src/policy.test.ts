import { describe, expect, test } from 'vitest';
import { asked, freeUpTo, isSatisfied, isTooSimple, type Rule } from './policy.ts';

const day = 24 * 3600_000;
const rule = (amountAbove: bigint, accepts: Rule['accepts'], change: Partial<Rule> = {}): Rule => ({
  operation: 'payment',
  risk: 'low',
  amountAbove,
  accepts,
  validFromMs: 0,
  validUntilMs: null,
  ...change,
});
const rules = [
  rule(500_000n, [['passkey'], ['pin', 'code']]),
  rule(-1n, []),
  rule(100_000n, [['pin'], ['passkey']]),
  rule(-1n, [['passkey']], { risk: 'high' }),
];
const payment = { operation: 'payment', risk: 'low', ownMax: null } as const;
const ask = (amount: bigint, ownMax: bigint | null = null) =>
  asked(rules, { ...payment, amount, ownMax }, day);

describe('what is asked', () => {
  test('follows the amount, and a limit belongs to what is below it', () => {
    expect(ask(1n)).toEqual([]);
    expect(ask(100_000n)).toEqual([]);
    expect(ask(100_001n)).toEqual([['pin'], ['passkey']]);
    expect(ask(500_000n)).toEqual([['pin'], ['passkey']]);
    expect(ask(500_001n)).toEqual([['passkey'], ['pin', 'code']]);
  });

  test('a person may be asked from a lower amount on, never from a higher one', () => {
    expect(ask(2_001n, 2_000n)).toEqual([['pin'], ['passkey']]);
    expect(ask(2_000n, 2_000n)).toEqual([]);
    expect(ask(1n, 0n)).toEqual([['pin'], ['passkey']]);
    expect(ask(100_001n, 900_000n)).toEqual([['pin'], ['passkey']]);
  });

  test('follows the risk', () => {
    expect(asked(rules, { ...payment, risk: 'high', amount: 1n }, day)).toEqual([['passkey']]);
  });

  test('of an operation without a rule is everything', () => {
    expect(asked(rules, { ...payment, operation: 'transfer', amount: 1n }, day)).toEqual([
      ['pin', 'code', 'passkey', 'identity'],
    ]);
  });

  test('changes on the day a rule begins or ends', () => {
    const dated = [rule(-1n, [], { validUntilMs: 2 * day }), rule(-1n, [['pin']], { validFromMs: 2 * day })];
    const at = (ms: number) => asked(dated, { ...payment, amount: 1n }, ms);
    expect(at(2 * day - 1)).toEqual([]);
    expect(at(2 * day)).toEqual([['pin']]);
  });
});

test('the largest amount that is free is the one for which nothing is asked', () => {
  for (const ownMax of [null, 0n, 1n, 50_000n, 100_000n, 200_000n]) {
    const free = freeUpTo(rules, { ...payment, ownMax }, day);
    expect([ownMax, ask(free, ownMax)]).toEqual([ownMax, []]);
    expect(ask(free + 1n, ownMax)).not.toEqual([]);
  }
  expect(freeUpTo(rules, { ...payment, risk: 'high', ownMax: null }, day)).toBe(-1n);
  expect(freeUpTo(rules, { ...payment, operation: 'transfer', ownMax: null }, day)).toBe(-1n);
});

test('an alternative needs all its methods', () => {
  const accepts = [['passkey'], ['pin', 'code']] as const;
  expect(isSatisfied(accepts, ['pin'])).toBe(false);
  expect(isSatisfied(accepts, ['code'])).toBe(false);
  expect(isSatisfied(accepts, ['code', 'pin'])).toBe(true);
  expect(isSatisfied(accepts, ['passkey'])).toBe(true);
});

test('a PIN that everybody tries first is too simple', () => {
  for (const pin of ['000000', '777777', '123456', '654321', '012345', '12345'])
    expect([pin, isTooSimple(pin)]).toEqual([pin, true]);
  for (const pin of ['135790', '112233', '123457', '100000'])
    expect([pin, isTooSimple(pin)]).toEqual([pin, false]);
});
