import { type Static, Type } from 'typebox';
import {
  anyRoute,
  BankAccountClass,
  BankAccountParams,
  type BankApiRoute,
  CalendarDate,
  ConsentQuery,
} from './bank-api-shapes.ts';
import { AmountOrZero, Currency, Instant, Nullable, Strict } from './shapes.ts';

/**
 * What can be limited at a bank. The list is closed.
 *
 * - `single_payment`: one payment with a card
 * - `out_day`, `out_year`: payments, and transfers to accounts that are not the bound one, in a day or a calendar year
 * - `in_day`, `in_year`: transfers from accounts that are not the bound one
 * - `balance`: what may be on the account at any time
 * - `owed`: a repayment may be no more than what is owed
 * - `accounts`: how many accounts of a class one person may have at a bank (a count, not an amount)
 */
export const bankLimitCodes = [
  'single_payment',
  'out_day',
  'out_year',
  'in_day',
  'in_year',
  'balance',
  'owed',
  'accounts',
] as const;
export const BankLimitCode = Type.Enum(bankLimitCodes);
export type BankLimitCode = Static<typeof BankLimitCode>;

/** A limit as it stands for one account: `left` is what may still be done until `until`. */
export const BankLimit = Strict({
  code: BankLimitCode,
  max: AmountOrZero,
  used: AmountOrZero,
  left: AmountOrZero,
  until: Nullable(Instant),
});
export type BankLimit = Static<typeof BankLimit>;

/** The limits of one account now. One that is not in the list does not bind. */
export const BankAccountLimits = Strict({
  account_class: Nullable(BankAccountClass),
  currency: Currency,
  /** Since when the table of rules holds that these limits are from. */
  effective_from: Nullable(CalendarDate),
  limits: Type.Array(BankLimit),
  at: Instant,
});
export type BankAccountLimits = Static<typeof BankAccountLimits>;

/** The rules of one class of account. A limit that is not in the list does not bind. */
export const BankClassRules = Strict({
  class: BankAccountClass,
  opening: Type.Union([Type.Literal('branch'), Type.Literal('remote')]),
  accounts_max: Type.Integer({ minimum: 1, description: 'Of one person at this bank' }),
  plastic: Type.Boolean({ description: 'Whether a card of plastic may be issued on it' }),
  cash: Type.Boolean({ description: 'Whether cash may be paid in and out' }),
  limits: Type.Array(Strict({ code: BankLimitCode, max: AmountOrZero })),
});
export type BankClassRules = Static<typeof BankClassRules>;

/** A table of rules, which holds from the beginning of a day until the next table does. */
export const BankClassTable = Strict({
  effective_from: CalendarDate,
  currency: Currency,
  classes: Type.Array(BankClassRules),
});
export type BankClassTable = Static<typeof BankClassTable>;
export const BankClassTables = Strict({
  in_force: CalendarDate,
  data: Type.Array(BankClassTable),
});
export type BankClassTables = Static<typeof BankClassTables>;

export const bankLimitRoutes = {
  listClassTables: {
    id: 'listClassTables',
    method: 'GET',
    path: '/bank/v1/account-classes',
    summary: 'The tables of class rules, past, present and to come, oldest first',
    description: 'For the network to check before it asks. The bank enforces them whatever the network does.',
    authenticated: true,
    status: 200,
    answer: BankClassTables,
    problems: [...anyRoute],
  },
  accountLimits: {
    id: 'accountLimits',
    method: 'GET',
    path: '/bank/v1/accounts/{ref}/limits',
    summary: 'Which limits an account has, what is used and left of each, and until when',
    authenticated: true,
    params: BankAccountParams,
    query: Strict(ConsentQuery),
    status: 200,
    answer: BankAccountLimits,
    problems: [...anyRoute, 'consent_required', 'account_unknown'],
  },
} as const satisfies Record<string, BankApiRoute>;
