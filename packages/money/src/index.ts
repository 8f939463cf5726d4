export { CURRENCIES, type Currency, currencyOf, findCurrency } from './currency.ts';
export {
  add,
  allocate,
  compare,
  fromJsonAmount,
  JSON_AMOUNT_MAX,
  type Money,
  money,
  subtract,
  toJsonAmount,
} from './money.ts';
export {
  type AmountTextError,
  formatMoney,
  fromDecimal,
  type ParsedAmount,
  parseAmount,
  toDecimal,
} from './text.ts';
