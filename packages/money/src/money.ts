import { currencyOf } from './currency.ts';

/** An amount in minor units (fen, cents) with its currency. Never a float; may be negative (a net position). */
export interface Money {
  readonly amount: bigint;
  /** ISO 4217 alphabetic code. */
  readonly currency: string;
}

/** Money of minor units; an unknown currency throws. */
export function money(amount: bigint, currency: string): Money {
  return { amount, currency: currencyOf(currency).code };
}

/** The sum of amounts in one currency; mixing currencies throws. */
export function add(first: Money, ...rest: readonly Money[]): Money {
  let amount = first.amount;
  for (const each of rest) amount += sameCurrency(first, each).amount;
  return { amount, currency: first.currency };
}

/** `a` less `b`; mixing currencies throws. */
export function subtract(a: Money, b: Money): Money {
  return { amount: a.amount - sameCurrency(a, b).amount, currency: a.currency };
}

/** -1, 0 or 1, for sorting; mixing currencies throws. */
export function compare(a: Money, b: Money): -1 | 0 | 1 {
  const other = sameCurrency(a, b).amount;
  return a.amount < other ? -1 : a.amount > other ? 1 : 0;
}

function sameCurrency(a: Money, b: Money): Money {
  if (a.currency !== b.currency)
    throw new RangeError(`${a.currency} and ${b.currency} cannot be taken together`);
  return b;
}

/**
 * Splits an amount by weights so that every unit goes to somebody (largest remainder; ties go to the earlier share).
 * The parts add up to the amount exactly. Weights are whole numbers, not negative, not all zero; else it throws.
 */
export function allocate(amount: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.some((weight) => weight < 0n)) throw new RangeError('a weight is not negative');
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) throw new RangeError('an amount cannot be split by weights of nothing');
  const sign = amount < 0n ? -1n : 1n;
  const whole = amount * sign;
  const shares = weights.map((weight) => (whole * weight) / total);
  const left = whole - shares.reduce((sum, share) => sum + share, 0n);
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (whole * weight) % total }))
    .sort((a, b) => (a.remainder > b.remainder ? -1 : a.remainder < b.remainder ? 1 : a.index - b.index));
  for (let i = 0; i < Number(left); i++) {
    const index = byRemainder[i]?.index ?? 0;
    shares[index] = (shares[index] ?? 0n) + 1n;
  }
  return shares.map((share) => share * sign);
}

/** Highest amount that JSON carries exactly in every language: 2^53 - 1 minor units. */
export const JSON_AMOUNT_MAX = 9_007_199_254_740_991n;

/** Minor units as a JSON integer; beyond 2^53 - 1 it throws, because the number would be another one. */
export function toJsonAmount(amount: bigint): number {
  if (amount > JSON_AMOUNT_MAX || amount < -JSON_AMOUNT_MAX) {
    throw new RangeError(`${amount} does not fit a JSON integer`);
  }
  return Number(amount);
}

/** Minor units from JSON: null for anything but a whole number within 2^53 - 1 (no text, no `-0`, no fraction). */
export function fromJsonAmount(value: unknown): bigint | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0)
    ? BigInt(value)
    : null;
}
