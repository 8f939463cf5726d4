import { digits } from './elements.ts';

/**
 * Amount types of field 54 (ISO 8583:1987, additional amounts, positions 3 and 4): 01 and 02 balances,
 * 03 owing, 20 remaining in this cycle. `limit` is from the range left to private use.
 */
export const AMOUNT_TYPE = {
  ledger: '01',
  available: '02',
  owing: '03',
  remaining: '20',
  limit: '91',
} as const;
export type AmountType = keyof typeof AMOUNT_TYPE;

/** One of up to six amounts in field 54. */
export interface AdditionalAmount {
  /** Two digits; as digits 3 and 4 of field 3. */
  accountType: string;
  type: AmountType;
  /** ISO 4217 numeric code, three digits. */
  currency: string;
  /** Minor units; negative is a debit. */
  amount: bigint;
}

const charsEach = 20;
const amountsMax = 6;

/**
 * The text of field 54: for each amount account type (2), amount type (2), currency (3), C or D (1), amount (12).
 * @throws RangeError for more than six
 */
export function additionalAmounts(amounts: readonly AdditionalAmount[]): string {
  if (amounts.length > amountsMax) throw new RangeError(`field 54 holds ${amountsMax} amounts`);
  return amounts
    .map(({ accountType, type, currency, amount }) => {
      const size = amount < 0n ? -amount : amount;
      return `${digits(BigInt(accountType), 2)}${AMOUNT_TYPE[type]}${digits(BigInt(currency), 3)}${amount < 0n ? 'D' : 'C'}${digits(size, 12)}`;
    })
    .join('');
}

const typeOf = new Map(
  Object.entries(AMOUNT_TYPE).map(([name, code]) => [code as string, name as AmountType]),
);

/** Takes field 54 apart, amounts of types not known here left out; null when it is malformed. */
export function readAdditionalAmounts(text: string): AdditionalAmount[] | null {
  if (text.length === 0 || text.length % charsEach !== 0 || text.length > charsEach * amountsMax) return null;
  const found: AdditionalAmount[] = [];
  for (let at = 0; at < text.length; at += charsEach) {
    const match = /^([0-9]{2})([0-9]{2})([0-9]{3})([CD])([0-9]{12})$/.exec(text.slice(at, at + charsEach));
    if (!match) return null;
    const [, accountType = '', code = '', currency = '', sign, figure = '0'] = match;
    const type = typeOf.get(code);
    const amount = sign === 'D' ? -BigInt(figure) : BigInt(figure);
    if (type) found.push({ accountType, type, currency, amount });
  }
  return found;
}
