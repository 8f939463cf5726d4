import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLuhnValid, luhnCheckDigit, maskCardNumbers } from './index.ts';

const body = fc.stringMatching(/^9156[0-9]{8,14}$/);
const number = body.map((digits) => digits + luhnCheckDigit(digits));
const around = fc.stringMatching(/^[^0-9\uff10-\uff19^=D -]{0,20}$/);
const gap = fc.constantFrom('', ' ', '-', '\u00a0', '  ');

test('a card number in any text is masked, grouped or not, and the text keeps its length', () => {
  fc.assert(
    fc.property(number, around, around, gap, (pan, before, after, between) => {
      const grouped = pan.replace(/(.{4})(?=.)/g, `$1${between}`);
      const text = before + grouped + after;
      const masked = maskCardNumbers(text);
      expect(masked).toHaveLength(text.length);
      expect(masked.startsWith(before) && masked.endsWith(after)).toBe(true);
      const shown = masked.slice(before.length, before.length + grouped.length).replace(/[^0-9*]/g, '');
      expect(shown).toBe(pan.slice(0, 6) + '*'.repeat(pan.length - 10) + pan.slice(-4));
    }),
  );
});

test('any text at all is taken, and what was masked stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789 -=^D９一a'), maxLength: 80 }), (text) => {
      const masked = maskCardNumbers(text);
      expect(masked).toHaveLength(text.length);
      expect(maskCardNumbers(masked)).toBe(masked);
    }),
  );
});

const pan = '9156001234567890';
test.each([
  ['two numbers', `${pan} and ${pan}`, '915600******7890 and 915600******7890'],
  ['two numbers in one run', `${pan} ${pan}`, '915600******7890 915600******7890'],
  ['with a code behind it', `9156 0012 3456 7890 123`, '9156 00** **** 7890 123'],
  ['in full width', '９１５６００１２３４５６７８９０', '９１５６００******７８９０'],
  ['track 2', `;${pan}=31122010000012300000?`, ';915600******7890=********************?'],
  ['track 1', `%B${pan}^LI/LEI^31122010000?`, '%B915600******7890^******************?'],
])('%s', (_, text, masked) => expect(maskCardNumbers(text)).toBe(masked));

test.each([
  ['a wrong check digit', '9156001234567891'],
  ['more digits in a row than a number has', `${pan}12345`],
  ['a time in milliseconds', '1700000000003'],
  ['a date and a time', '20261122083000042'],
  ['a short number', '138 0000 0001'],
])('%s is left as it stands', (_, text) => expect(maskCardNumbers(text)).toBe(text));

test('what else must hold of a number is asked', () => {
  expect(isLuhnValid(pan)).toBe(true);
  expect(maskCardNumbers(`x ${pan}`, () => false)).toBe(`x ${pan}`);
  expect(maskCardNumbers(`x ${pan}`, (digits) => digits === pan)).toBe('x 915600******7890');
});
