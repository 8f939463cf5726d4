import { expect, test } from 'vitest';
import { bankOfNumber, digitsOf, grouped, standingOf } from './card-number.ts';

const range = (low: string, product: 'debit' | 'mixed', high = low) => ({ low, high, product });
const lake = { id: 'lake', ranges: [range('915600', 'mixed'), range('9156001', 'debit')] };
const port = { id: 'port', ranges: [range('915602', 'mixed', '915604')] };
const banks = [lake, port];

test('a number is told by its beginning while it is typed, the longest beginning first', () => {
  expect(bankOfNumber(banks, '91560')).toBeNull();
  expect(bankOfNumber(banks, '915600')).toEqual({ bank: lake, product: 'mixed' });
  expect(bankOfNumber(banks, '9156001')).toEqual({ bank: lake, product: 'debit' });
  expect(bankOfNumber(banks, '9156031')).toEqual({ bank: port, product: 'mixed' });
  expect(bankOfNumber(banks, '915601')).toBeNull();
  expect(bankOfNumber(banks, '')).toBeNull();
});

test('a slip of the finger is seen before anybody is asked', () => {
  expect(standingOf(banks, '91560010000')).toBe('unfinished');
  expect(standingOf(banks, '9156001000000012')).toBe('mistyped');
  // Published test numbers of no bank of the city (ISO/IEC 7812 examples).
  expect(standingOf(banks, '4111111111111111')).toBe('unknown');
  expect(standingOf(banks, '9156001000000019')).toBe('fit');
});

test('what comes with blanks or from a camera is read by its digits, and shown in fours', () => {
  expect(digitsOf(' 9156 0010-0000 0019\n')).toBe('9156001000000019');
  expect(digitsOf('12345678901234567890123')).toHaveLength(19);
  expect(grouped('9156001000000019')).toBe('9156 0010 0000 0019');
  expect(grouped('91560')).toBe('9156 0');
  expect(grouped('')).toBe('');
});
