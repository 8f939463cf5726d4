import { currencyOf } from './currency.ts';
import { JSON_AMOUNT_MAX } from './money.ts';

export type AmountTextError = 'empty' | 'not_a_number' | 'too_many_decimals' | 'too_large';
export type ParsedAmount = { ok: true; amount: bigint } | { ok: false; reason: AmountTextError };

const TEXT_CHARACTERS_MAX = 40;

/**
 * Minor units from what a person typed: `12.8` is 1280n in CNY. Full-width digits and points are taken (Chinese
 * keyboards make them), the currency's sign or code before the number, and commas between groups of three. Signs,
 * exponents, more decimals than the currency has, and anything else are refused: an amount is never guessed.
 */
export function parseAmount(text: string, currency: string): ParsedAmount {
  const { digits, symbol, code } = currencyOf(currency);
  if (text.length > TEXT_CHARACTERS_MAX) return { ok: false, reason: 'too_large' };
  let plain = halfWidth(text).trim();
  for (const sign of [symbol, code]) {
    if (sign !== undefined && plain.startsWith(sign)) {
      plain = plain.slice(sign.length).trim();
      break;
    }
  }
  if (plain === '') return { ok: false, reason: 'empty' };
  const match = /^((?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+))?(?:\.([0-9]*))?$/.exec(plain);
  const [whole, decimals] = [match?.[1] ?? '', match?.[2] ?? ''];
  if (match === null || whole + decimals === '') return { ok: false, reason: 'not_a_number' };
  if (decimals.length > digits) return { ok: false, reason: 'too_many_decimals' };
  const amount = BigInt(whole.replaceAll(',', '') + decimals.padEnd(digits, '0') || '0');
  return amount > JSON_AMOUNT_MAX ? { ok: false, reason: 'too_large' } : { ok: true, amount };
}

/** Full-width forms only: a compatibility normalisation would also turn `1²` into 12. */
function halfWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .replaceAll('￥', '¥')
    .replaceAll('。', '.');
}

/** Decimal text without sign or groups, as QR codes and files have it: 1280n in CNY is `12.80`. */
export function toDecimal(amount: bigint, currency: string): string {
  const { digits } = currencyOf(currency);
  const plain = (amount < 0n ? -amount : amount).toString().padStart(digits + 1, '0');
  const whole = plain.slice(0, plain.length - digits);
  const text = digits === 0 ? whole : `${whole}.${plain.slice(plain.length - digits)}`;
  return amount < 0n ? `-${text}` : text;
}

/** The reverse of {@link toDecimal}: digits with at most one point and no more decimals than the currency has; else null. */
export function fromDecimal(text: string, currency: string): bigint | null {
  if (!/^[0-9]{1,19}(\.[0-9]{0,4})?$/.test(text)) return null;
  const parsed = parseAmount(text, currency);
  return parsed.ok ? parsed.amount : null;
}

/**
 * An amount for people. Chinese: `¥1,234.50`; English: `CNY 1,234.50`, because the sign stands for several currencies
 * there. A currency without a sign is written by its code in both.
 */
export function formatMoney(amount: bigint, currency: string, language: 'zh-CN' | 'en' = 'zh-CN'): string {
  const { code, symbol } = currencyOf(currency);
  const [whole = '0', decimals] = toDecimal(amount < 0n ? -amount : amount, currency).split('.');
  const grouped = whole.replace(/\B(?=(?:[0-9]{3})+$)/g, ',');
  const number = decimals === undefined ? grouped : `${grouped}.${decimals}`;
  const sign = amount < 0n ? '-' : '';
  return language === 'zh-CN' && symbol !== undefined
    ? `${sign}${symbol}${number}`
    : `${sign}${code} ${number}`;
}
