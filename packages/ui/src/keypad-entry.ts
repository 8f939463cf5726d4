import { minorDigits, parseMinor } from './money-text.ts';

/** One press on the amount keypad. `plus` is for the till's running sum and changes nothing here. */
export type KeypadKey =
  | '0'
  | '1'
  | '2'
  | '3'
  | '4'
  | '5'
  | '6'
  | '7'
  | '8'
  | '9'
  | '00'
  | '.'
  | 'delete'
  | 'clear'
  | 'plus';

/**
 * The text of an amount after one press: never more digits after the point than the currency has,
 * never beyond `minorMax` minor units, no leading zeros. A press that would break a rule changes nothing.
 */
export function pressKey(text: string, key: KeypadKey, currency = 'CNY', minorMax = 99_999_999): string {
  if (key === 'clear') return '';
  if (key === 'delete') return text.slice(0, -1);
  if (key === 'plus') return text;
  if (key === '.') {
    if (minorDigits(currency) === 0 || text.includes('.')) return text;
    return text === '' ? '0.' : `${text}.`;
  }
  const next = text === '0' ? key.replace(/^00$/, '0') : text === '' && key === '00' ? '0' : text + key;
  const minor = parseMinor(next, currency);
  return minor === null || minor > minorMax ? text : next;
}
