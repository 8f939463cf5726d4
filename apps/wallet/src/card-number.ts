import type { CardRange, IssuingBank } from '@feiqian/contract';
import { isLuhnValid } from '@feiqian/keys';

/** Digits of a card number (ISO/IEC 7812-1): shorter ones are not finished yet. */
export const cardDigitsMin = 12;
export const cardDigitsMax = 19;
const group = 4;

/** What was typed, pasted or read by the phone's camera: its digits alone. */
export const digitsOf = (text: string): string => text.replace(/[^0-9]/g, '').slice(0, cardDigitsMax);

/** In groups of four, as cards show it. */
export const grouped = (digits: string): string =>
  digits.match(new RegExp(`.{1,${group}}`, 'g'))?.join(' ') ?? '';

/** Whose number begins so; the longest beginning holds. Null while it may be anybody's, or when it is nobody's here. */
export function bankOfNumber<B extends Pick<IssuingBank, 'ranges'>>(
  banks: readonly B[],
  digits: string,
): { bank: B; product: CardRange['product'] } | null {
  let found: { bank: B; product: CardRange['product']; length: number } | null = null;
  for (const bank of banks)
    for (const { low, high, product } of bank.ranges) {
      const start = digits.slice(0, low.length);
      const fits = start.length === low.length && start >= low && start <= high;
      if (fits && low.length > (found?.length ?? 0)) found = { bank, product, length: low.length };
    }
  return found && { bank: found.bank, product: found.product };
}

/** How a number stands: not finished, mistyped (its check digit is wrong), of no bank here, or fit to be looked for. */
export function standingOf(
  banks: readonly Pick<IssuingBank, 'ranges'>[],
  digits: string,
): 'unfinished' | 'mistyped' | 'unknown' | 'fit' {
  if (digits.length < cardDigitsMin) return 'unfinished';
  if (!isLuhnValid(digits)) return 'mistyped';
  return bankOfNumber(banks, digits) === null ? 'unknown' : 'fit';
}
