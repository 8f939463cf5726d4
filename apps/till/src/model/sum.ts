import type { KeypadKey } from '@feiqian/ui';

/** Largest amount one sale may have, in minor units: 9,999,999.99. */
export const saleAmountMinorMax = 999_999_999;
/** Most parts a running sum may have before they must be charged. */
export const sumTermsMax = 60;

/** What stands on the keypad: the parts already added, and the one being typed as the cashier sees it. */
export interface Sum {
  /** Minor units, each at least one. */
  readonly terms: readonly number[];
  /** Decimal text without sign: '', '12', '12.', '12.5'. */
  readonly entry: string;
  /** Why the last key did nothing, if it did nothing. */
  readonly refused: 'too_large' | 'too_many' | null;
}

/** A key of the keypad, as the design system names them. */
export type SumKey = KeypadKey;

export const emptySum: Sum = { terms: [], entry: '', refused: null };

/**
 * Minor units of a decimal text, without ever passing through a fraction.
 * @param exponent digits after the point of the currency: 2 for CNY, 0 for JPY
 */
export function minorOf(entry: string, exponent: number): number {
  const [whole = '', fraction = ''] = entry.split('.');
  const digits = whole + fraction.slice(0, exponent).padEnd(exponent, '0');
  return digits === '' ? 0 : Number.parseInt(digits, 10);
}

/** The whole of the sum, in minor units. */
export function totalOf(sum: Sum, exponent: number): number {
  return sum.terms.reduce((all, term) => all + term, 0) + minorOf(sum.entry, exponent);
}

/** Presses one key. A key that cannot be obeyed leaves the sum as it was and says why in `refused`. */
export function press(sum: Sum, key: SumKey, exponent: number): Sum {
  switch (key) {
    case 'clear':
      return emptySum;
    case 'delete':
      return back(sum, exponent);
    case 'plus':
      return add(sum, exponent);
    case '.':
      if (exponent === 0 || sum.entry.includes('.')) return { ...sum, refused: null };
      return { ...sum, entry: `${sum.entry === '' ? '0' : sum.entry}.`, refused: null };
    default:
      return [...key].reduce<Sum>((now, digit) => type(now, digit, exponent), { ...sum, refused: null });
  }
}

function type(sum: Sum, digit: string, exponent: number): Sum {
  if (sum.refused !== null) return sum;
  const [, fraction] = sum.entry.split('.');
  if (fraction !== undefined && fraction.length >= exponent) return sum;
  const entry = sum.entry === '0' ? digit : sum.entry + digit;
  const next: Sum = { ...sum, entry: /^0+$/.test(entry) ? '0' : entry, refused: null };
  return totalOf(next, exponent) > saleAmountMinorMax ? { ...sum, refused: 'too_large' } : next;
}

function add(sum: Sum, exponent: number): Sum {
  const term = minorOf(sum.entry, exponent);
  if (term === 0) return { ...sum, entry: '', refused: null };
  if (sum.terms.length >= sumTermsMax) return { ...sum, refused: 'too_many' };
  return { terms: [...sum.terms, term], entry: '', refused: null };
}

/** Takes back one character; with nothing typed, takes the last part back into the hand. */
function back(sum: Sum, exponent: number): Sum {
  if (sum.entry !== '') return { ...sum, entry: sum.entry.slice(0, -1), refused: null };
  const last = sum.terms.at(-1);
  if (last === undefined) return emptySum;
  return { terms: sum.terms.slice(0, -1), entry: entryOf(last, exponent), refused: null };
}

/** Minor units as the shortest decimal text: 1850 → '18.5'. */
export function entryOf(minor: number, exponent: number): string {
  if (exponent === 0) return String(minor);
  const digits = String(minor).padStart(exponent + 1, '0');
  const fraction = digits.slice(-exponent).replace(/0+$/, '');
  const whole = digits.slice(0, -exponent);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** The key a hardware key stands for, or null. Enter is not here: it goes on, it does not type. */
export function sumKeyOf(key: string): SumKey | null {
  if (/^[0-9]$/.test(key)) return key as SumKey;
  if (key === '.' || key === ',' || key === 'Decimal' || key === '。') return '.';
  if (key === '+' || key === 'Add') return 'plus';
  if (key === 'Backspace') return 'delete';
  if (key === 'Escape' || key === 'Delete' || key === 'Clear') return 'clear';
  return null;
}
