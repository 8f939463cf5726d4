import fc from 'fast-check';
import { expect, test } from 'vitest';
import vectors from '../../../vectors/money/amounts.json' with { type: 'json' };
import {
  add,
  allocate,
  CURRENCIES,
  compare,
  currencyOf,
  findCurrency,
  formatMoney,
  fromDecimal,
  fromJsonAmount,
  JSON_AMOUNT_MAX,
  money,
  parseAmount,
  subtract,
  toDecimal,
  toJsonAmount,
} from './index.ts';

const amounts = fc.bigInt({ min: 0n, max: JSON_AMOUNT_MAX });
const currencies = fc.constantFrom(...CURRENCIES.map((currency) => currency.code));

test.for(vectors.parsed)('"$text" in $currency is $amount minor units', ({ text, currency, amount }) => {
  expect(parseAmount(text, currency)).toEqual({ ok: true, amount: BigInt(amount) });
});

test.for(vectors.refused)('"$text" in $currency is refused: $reason', ({ text, currency, reason }) => {
  expect(parseAmount(text, currency)).toEqual({ ok: false, reason });
});

test.for(vectors.formatted)('$amount $currency is written $zh and $en', ({ amount, currency, zh, en }) => {
  expect(formatMoney(BigInt(amount), currency)).toBe(zh);
  expect(formatMoney(BigInt(amount), currency, 'en')).toBe(en);
});

test('an amount is written and read back in any currency', () => {
  fc.assert(
    fc.property(amounts, currencies, (amount, currency) => {
      expect(fromDecimal(toDecimal(amount, currency), currency)).toBe(amount);
      expect(parseAmount(formatMoney(amount, currency), currency)).toEqual({ ok: true, amount });
      expect(parseAmount(formatMoney(amount, currency, 'en'), currency)).toEqual({ ok: true, amount });
    }),
  );
});

test('no text crashes the parser, and decimal text is only digits with a point', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'019.,-+e¥ ') })),
      (text) => {
        const parsed = parseAmount(text, 'CNY');
        if (parsed.ok) expect(parsed.amount).toBeGreaterThanOrEqual(0n);
        else expect(parsed.reason).not.toBe('');
      },
    ),
  );
  for (const text of ['', '.', '1,000', '-1', '1.234', '１', ' 1', '1e3', '9'.repeat(30)]) {
    expect(fromDecimal(text, 'CNY')).toBeNull();
  }
});

test('sums and differences keep the currency and refuse another one', () => {
  const a = money(1000n, 'CNY');
  expect(add(a, money(5n, 'CNY'), money(-7n, 'CNY'))).toEqual(money(998n, 'CNY'));
  expect(subtract(a, money(1001n, 'CNY'))).toEqual(money(-1n, 'CNY'));
  expect([compare(a, a), compare(a, money(1001n, 'CNY')), compare(a, money(999n, 'CNY'))]).toEqual([
    0, -1, 1,
  ]);
  const other = money(1000n, 'USD');
  for (const mix of [() => add(a, other), () => subtract(a, other), () => compare(a, other)]) {
    expect(mix).toThrow('CNY and USD');
  }
  expect(money(1n, '156').currency).toBe('CNY');
  expect(() => money(1n, 'XXX')).toThrow('XXX');
});

test('a split gives every unit to somebody, each within one unit of the exact share', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 1_000_000n }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.bigInt({ min: -JSON_AMOUNT_MAX, max: JSON_AMOUNT_MAX }), weights, (amount, weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0n);
      fc.pre(total > 0n);
      const parts = allocate(amount, weights);
      expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amount);
      parts.forEach((part, i) => {
        const distance = part * total - amount * (weights[i] ?? 0n);
        expect(distance < total && distance > -total).toBe(true);
      });
    }),
  );
  expect(allocate(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
  expect(allocate(-100n, [1n, 1n, 1n])).toEqual([-34n, -33n, -33n]);
  expect(allocate(5n, [0n, 1n])).toEqual([0n, 5n]);
  expect(() => allocate(5n, [])).toThrow('nothing');
  expect(() => allocate(5n, [0n])).toThrow('nothing');
  expect(() => allocate(5n, [2n, -1n])).toThrow('negative');
});

test('JSON amounts are whole numbers that every language reads the same', () => {
  expect(toJsonAmount(JSON_AMOUNT_MAX)).toBe(Number.MAX_SAFE_INTEGER);
  expect(() => toJsonAmount(JSON_AMOUNT_MAX + 1n)).toThrow('JSON');
  expect(() => toJsonAmount(-JSON_AMOUNT_MAX - 1n)).toThrow('JSON');
  expect(fromJsonAmount(1800)).toBe(1800n);
  expect(fromJsonAmount(-1)).toBe(-1n);
  for (const value of ['1800', 18.5, -0, Number.NaN, 2 ** 53, null, undefined, 18n, {}]) {
    expect(fromJsonAmount(value)).toBeNull();
  }
});

test('codes of the table are each there once and well formed', () => {
  expect(new Set(CURRENCIES.map((currency) => currency.code)).size).toBe(CURRENCIES.length);
  expect(new Set(CURRENCIES.map((currency) => currency.numeric)).size).toBe(CURRENCIES.length);
  for (const { code, numeric } of CURRENCIES) expect([code, numeric].join()).toMatch(/^[A-Z]{3},[0-9]{3}$/);
  expect(findCurrency('156')).toMatchObject({ code: 'CNY', digits: 2 });
  expect(findCurrency('cny')).toBeNull();
  expect(() => currencyOf('toString')).toThrow('toString');
});
