/** A person's name and document number. */
export interface Identity {
  name: string;
  number: string;
}

/** `陈*云`, `C*** X******`: the first and the last character stay. */
export function maskName(name: string): string {
  const letters = [...name];
  if (letters.length <= 1) return '*';
  if (letters.length === 2) return `${letters[0]}*`;
  return letters.map((c, i) => (i === 0 || i === letters.length - 1 || c === ' ' ? c : '*')).join('');
}

/** `9****************1`. */
export function maskNumber(number: string): string {
  return `${number.slice(0, 1)}${'*'.repeat(Math.max(0, number.length - 2))}${number.slice(-1)}`;
}

/** As it is compared: no blanks around or doubled, one form of the same character. */
export const plainName = (name: string): string => name.normalize('NFKC').trim().replace(/\s+/g, ' ');

const weights = Array.from({ length: 17 }, (_, i) => 2 ** (17 - i) % 11);
/** True when the check character of a resident identity card's number is right (GB 11643). */
export function isIdentityNumber(number: string): boolean {
  if (!/^[0-9]{17}[0-9X]$/.test(number)) return false;
  const sum = weights.reduce((total, weight, i) => total + weight * Number(number[i]), 0);
  return '10X98765432'[sum % 11] === number[17];
}
