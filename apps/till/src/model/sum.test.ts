import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptySum,
  entryOf,
  minorOf,
  press,
  type Sum,
  type SumKey,
  saleAmountMinorMax,
  sumKeyOf,
  sumTermsMax,
  totalOf,
} from './sum.ts';

const keys = (text: string): SumKey[] =>
  [...text].map((c) => (c === '<' ? 'delete' : c === 'c' ? 'clear' : c === '+' ? 'plus' : c)) as SumKey[];
const typed = (text: string, exponent = 2): Sum =>
  keys(text).reduce((s, k) => press(s, k, exponent), emptySum);

describe('the running sum of the keypad', () => {
  it.each([
    ['18', 1800],
    ['18.5', 1850],
    ['18.50', 1850],
    ['.5', 50],
    ['0.05', 5],
    ['007', 700],
    ['18+6.5', 2450],
    ['18+6.5+', 2450],
    ['18++6', 2400],
    ['18.5.5', 1855],
    ['18.505', 1850],
    ['c', 0],
    ['18+6c', 0],
  ])('reads %s as %i', (text, minor) => {
    expect(totalOf(typed(text), 2)).toBe(minor);
  });

  it('takes back one character, then the last part', () => {
    expect(totalOf(typed('18+6<'), 2)).toBe(1800);
    const back = typed('18.5+6<<');
    expect(back.terms).toEqual([]);
    expect(back.entry).toBe('18.5');
  });

  it('refuses the key that would pass the largest amount and says so', () => {
    const full = typed('9999999.99');
    expect(totalOf(full, 2)).toBe(saleAmountMinorMax);
    const more = press(press(full, 'plus', 2), '1', 2);
    expect(more.refused).toBe('too_large');
    expect(totalOf(more, 2)).toBe(saleAmountMinorMax);
    expect(press(more, 'delete', 2).refused).toBeNull();
  });

  it('refuses one part too many', () => {
    const many = typed('1+'.repeat(sumTermsMax));
    expect(press(press(many, '1', 2), 'plus', 2).refused).toBe('too_many');
  });

  it('knows currencies without a fraction', () => {
    expect(totalOf(typed('120.5', 0), 0)).toBe(1205);
    expect(entryOf(120, 0)).toBe('120');
  });

  it('types 00 as one key', () => {
    expect(totalOf(press(typed('18'), '00', 2), 2)).toBe(180000);
  });

  it('understands the keys of a hardware keyboard and of a Chinese input method', () => {
    expect(sumKeyOf('7')).toBe('7');
    expect(sumKeyOf('。')).toBe('.');
    expect(sumKeyOf('Escape')).toBe('clear');
    expect(sumKeyOf('a')).toBeNull();
    expect(sumKeyOf('Enter')).toBeNull();
  });

  it('never passes the limit, never goes below zero and never loses a fen, whatever is pressed', () => {
    const anyKey = fc.constantFrom<SumKey>('0', '1', '5', '9', '00', '.', 'plus', 'delete', 'clear');
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 60 }), (pressed) => {
        const sum = pressed.reduce((s, k) => press(s, k, 2), emptySum);
        const total = totalOf(sum, 2);
        expect(Number.isInteger(total)).toBe(true);
        expect(total).toBeGreaterThanOrEqual(0);
        expect(total).toBeLessThanOrEqual(saleAmountMinorMax);
        expect(sum.terms.every((t) => t > 0)).toBe(true);
      }),
    );
  });

  it('writes an amount so that it reads back the same', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: saleAmountMinorMax }),
        fc.constantFrom(0, 2, 3),
        (minor, exponent) => {
          expect(minorOf(entryOf(minor, exponent), exponent)).toBe(minor);
        },
      ),
    );
  });
});
