/** Minor units: an integer as number (up to 2^53-1) or bigint. 1800 is 18.00 yuan. */
export type Minor = number | bigint;

/**
 * Currencies whose minor unit is not a hundredth. A test holds this against the table of
 * `@feiqian/money`, which is too large for the first screen; the platform's own (CLDR) differs from ISO 4217.
 */
const unusualDigits: Record<string, number> = {
  CLP: 0,
  JPY: 0,
  KRW: 0,
  VND: 0,
  BHD: 3,
  JOD: 3,
  KWD: 3,
  OMR: 3,
};

/** Digits after the point of an ISO 4217 currency. */
export function minorDigits(currency: string): number {
  return unusualDigits[currency] ?? 2;
}

export interface MoneyParts {
  sign: '−' | '+' | '';
  /** "¥" in Chinese, "CNY " (with a no-break space) in English. */
  symbol: string;
  whole: string;
  /** With its point; empty for currencies without minor units. */
  fraction: string;
}

/** What the sign says: nothing for a price, direction for an entry of an account. */
export type SignMode = 'none' | 'auto' | 'always';

/**
 * Splits an amount into its printed parts, by integer arithmetic alone.
 * @param minor minor units; throws a RangeError when a number is not a safe integer.
 */
export function moneyParts(
  minor: Minor,
  currency = 'CNY',
  language = 'zh-CN',
  sign: SignMode = 'auto',
): MoneyParts {
  if (typeof minor === 'number' && !Number.isSafeInteger(minor)) {
    throw new RangeError('An amount is an integer of minor units.');
  }
  const value = BigInt(minor);
  const digits = minorDigits(currency);
  const text = (value < 0n ? -value : value).toString().padStart(digits + 1, '0');
  const cut = text.length - digits;
  return {
    sign: sign === 'none' ? '' : value < 0n ? '−' : sign === 'always' && value > 0n ? '+' : '',
    symbol: language.startsWith('zh') && currency === 'CNY' ? '¥' : `${currency}\u00a0`,
    whole: text.slice(0, cut).replace(/\B(?=(\d{3})+$)/g, ','),
    fraction: digits === 0 ? '' : `.${text.slice(cut)}`,
  };
}

/** An amount as one string: `¥18.00`, `−CNY 18.00`. */
export function formatMoney(
  minor: Minor,
  currency = 'CNY',
  language = 'zh-CN',
  sign: SignMode = 'auto',
): string {
  const parts = moneyParts(minor, currency, language, sign);
  return `${parts.sign}${parts.symbol}${parts.whole}${parts.fraction}`;
}

/**
 * Typed text to minor units: "12.8" is 1280. Null for anything that is not a plain decimal
 * with at most the currency's digits after the point, or beyond 2^53-1.
 */
export function parseMinor(text: string, currency = 'CNY'): number | null {
  const digits = minorDigits(currency);
  const match = /^(\d{1,15})(?:\.(\d*))?$/.exec(text);
  if (!match) return null;
  const fraction = match[2] ?? '';
  if (fraction.length > digits) return null;
  const minor = BigInt((match[1] ?? '0') + fraction.padEnd(digits, '0'));
  return minor <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(minor) : null;
}
