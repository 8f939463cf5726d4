/**
 * The check digit that completes `digits` (ISO/IEC 7812-1 annex B, "Luhn formula"): one decimal digit.
 * Anything but decimal digits throws.
 */
export function luhnCheckDigit(digits: string): string {
  return String((10 - (luhnSum(`${digits}0`) % 10)) % 10);
}

/** True for two or more decimal digits of which the last is the right check digit. */
export function isLuhnValid(digits: string): boolean {
  return /^[0-9]{2,}$/.test(digits) && luhnSum(digits) % 10 === 0;
}

function luhnSum(digits: string): number {
  if (!/^[0-9]+$/.test(digits)) throw new RangeError('the Luhn formula takes decimal digits');
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const weighted = i % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum;
}
