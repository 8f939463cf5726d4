import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import vectors from '../../../vectors/keys/luhn.json' with { type: 'json' };
import { isLuhnValid, luhnCheckDigit, maskPan, Pan } from './index.ts';

const NUMBER = '9156001234567890';

test('numbers with the right check digit are valid, others are not', () => {
  for (const number of vectors.valid) expect([number, isLuhnValid(number)]).toEqual([number, true]);
  for (const number of vectors.invalid) expect([number, isLuhnValid(number)]).toEqual([number, false]);
  expect(isLuhnValid('７９９２７３９８７１３')).toBe(false);
});

test('the check digit completes a number', () => {
  for (const [digits, check] of vectors.checkDigits) expect(luhnCheckDigit(digits as string)).toBe(check);
  expect(() => luhnCheckDigit('12a')).toThrow('decimal');
});

test('one wrong digit is always noticed', () => {
  for (let at = 0; at < NUMBER.length; at++) {
    for (let by = 1; by <= 9; by++) {
      const digit = (Number(NUMBER[at]) + by) % 10;
      expect(isLuhnValid(NUMBER.slice(0, at) + digit + NUMBER.slice(at + 1))).toBe(false);
    }
  }
});

test('a masked number shows six digits and four, a short one less', () => {
  expect(maskPan(NUMBER)).toBe('915600******7890');
  expect(maskPan('123456789')).toBe('*****6789');
  expect(maskPan('12345')).toBe('****5');
  expect(maskPan('1234')).toBe('****');
  expect(maskPan('')).toBe('');
});

test('a card number prints masked wherever it may leak', () => {
  const pan = Pan.parse(NUMBER);
  if (pan === null) throw new Error('a valid number');
  const printed = [
    `${pan}`,
    JSON.stringify({ pan }),
    inspect({ pan }),
    inspect(pan, { showHidden: true }),
    String([pan]),
  ];
  for (const text of printed) {
    expect(text).not.toContain('1234567890');
    expect(text).not.toContain('0012345678');
    expect(text).toContain('915600******7890');
  }
  expect({ ...pan }).toEqual({});
  expect(pan.reveal()).toBe(NUMBER);
  expect(pan.last4).toBe('7890');
});

test('a card number is read with blanks and hyphens, and refused when it is none', () => {
  expect(Pan.parse('9156 0012-3456 7890')?.reveal()).toBe(NUMBER);
  expect(Pan.parse(NUMBER)?.equals(Pan.parse(NUMBER) as Pan)).toBe(true);
  for (const text of ['', '9156001234567891', '91560012345', '9156001234567890000000', 'abcd']) {
    expect(Pan.parse(text)).toBeNull();
  }
});
