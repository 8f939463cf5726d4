import { CURRENCIES } from '@feiqian/money';
import { describe, expect, test } from 'vitest';
import { pressKey } from './keypad-entry.ts';
import { formatMoney, minorDigits, parseMinor } from './money-text.ts';

test('front ends and network agree on the digits of every currency', () => {
  const ours = [...Object.values(CURRENCIES)].map((one) => [one.code, one.digits]);
  expect(ours.map(([code]) => [code, minorDigits(String(code))])).toEqual(ours);
});

describe('an amount in words', () => {
  test.each([
    [1800, 'CNY', 'zh-CN', '¥18.00'],
    [1800, 'CNY', 'en', 'CNY\u00a018.00'],
    [5, 'CNY', 'zh-CN', '¥0.05'],
    [-123456789, 'CNY', 'zh-CN', '−¥1,234,567.89'],
    [100000, 'CNY', 'zh-CN', '¥1,000.00'],
    [1800, 'JPY', 'zh-CN', 'JPY\u00a01,800'],
    [9007199254740993n, 'CNY', 'zh-CN', '¥90,071,992,547,409.93'],
  ])('%s %s in %s is %s', (minor, currency, language, text) => {
    expect(formatMoney(minor, currency, language)).toBe(text);
  });

  test('carries a plus only when asked', () => {
    expect(formatMoney(20000, 'CNY', 'zh-CN', 'always')).toBe('+¥200.00');
    expect(formatMoney(-1800, 'CNY', 'zh-CN', 'none')).toBe('¥18.00');
    expect(formatMoney(0, 'CNY', 'zh-CN', 'always')).toBe('¥0.00');
  });

  test('is refused when it is not an integer', () => {
    expect(() => formatMoney(18.5)).toThrow(RangeError);
    expect(() => formatMoney(2 ** 53)).toThrow(RangeError);
  });
});

describe('typed text', () => {
  test.each([
    ['12.8', 1280],
    ['12.', 1200],
    ['0.01', 1],
    ['0.29', 29],
    ['90071992547409.91', 9007199254740991],
    ['90071992547409.92', null],
    ['1.234', null],
    ['', null],
    ['-1', null],
    ['1e3', null],
  ])('%s is %s', (text, minor) => {
    expect(parseMinor(text)).toBe(minor);
  });
});

describe('the keypad', () => {
  const type = (keys: string) =>
    [...keys].reduce((text, key) => pressKey(text, key === '<' ? 'delete' : (key as '1')), '');

  test.each([
    ['12.80', '12.80'],
    ['.5', '0.5'],
    ['007', '7'],
    ['1.2.3', '1.23'],
    ['1.239', '1.23'],
    ['12<<3', '3'],
    ['999999999', '999999'],
  ])('typing %s shows %s', (keys, shown) => {
    expect(type(keys)).toBe(shown);
  });

  test('does not start with a double zero', () => {
    expect(pressKey('', '00')).toBe('0');
    expect(pressKey('5', '00')).toBe('500');
  });
});
