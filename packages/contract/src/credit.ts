import { type Static, Type } from 'typebox';
import { BankAnswered } from './accounts.ts';
import {
  BankApplicationState,
  BankBillId,
  BankBillState,
  BankCreditProduct,
  BankDeclineReason,
  BankProductCode,
} from './bank-api-credit.ts';
import { CalendarDate, IdentityNumber } from './bank-api-shapes.ts';
import {
  AmountOrZero,
  amountMinorMax,
  Currency,
  Id,
  Instant,
  Nullable,
  Page,
  Strict,
  Text,
} from './shapes.ts';
import { Bank } from './wallet.ts';

/* Credit cards of every bank: what is owed and billed, what one may apply for, and where an application stands. */

export const Bill = Strict({
  id: BankBillId,
  account_id: Id('acc'),
  currency: Currency,
  statement_date: CalendarDate,
  due_date: CalendarDate,
  amount: AmountOrZero,
  minimum: AmountOrZero,
  paid: AmountOrZero,
  state: BankBillState,
});
export type Bill = Static<typeof Bill>;
export const BillPage = Page(Bill);
export type BillPage = Static<typeof BillPage>;
export const BillsQuery = Strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  cursor: Type.Optional(BankBillId),
});

/** What a credit card owes now. No repayment may be more than `owed`. */
export const Owed = Strict({
  account_id: Id('acc'),
  currency: Currency,
  owed: AmountOrZero,
  unbilled: AmountOrZero,
  credit_limit: AmountOrZero,
  available: AmountOrZero,
  bill: Nullable(Bill),
  next_statement_date: CalendarDate,
  as_of: Instant,
});
export type Owed = Static<typeof Owed>;

export const CreditProduct = Strict({ bank: Bank, ...BankCreditProduct.properties });
export type CreditProduct = Static<typeof CreditProduct>;
export const CreditProductList = Strict({
  data: Type.Array(CreditProduct),
  banks: Type.Array(Strict({ bank: Bank, status: BankAnswered })),
});
export type CreditProductList = Static<typeof CreditProductList>;

/** Name and document are checked against a bank that knows the person before anything is sent. */
export const ApplyForCard = Strict({
  bank_id: Text(32),
  product: BankProductCode,
  /** Left out: as the real-name check has verified them. */
  name: Type.Optional(Text(60)),
  identity_number: Type.Optional(IdentityNumber),
  monthly_income: Type.Integer({ minimum: 0, maximum: amountMinorMax }),
  employer: Type.Optional(Text(80)),
  wanted_limit: Type.Optional(Type.Integer({ minimum: 0, maximum: amountMinorMax })),
});
export type ApplyForCard = Static<typeof ApplyForCard>;

/**
 * `card`: `none` until it is approved, `binding` while it is being bound to the device that applied, `bound`,
 * `not_bound` when that device has no place for it or is gone: bind it like any other card.
 */
export const CreditApplication = Strict({
  id: Id('app'),
  bank: Bank,
  product: BankProductCode,
  state: BankApplicationState,
  credit_limit: Nullable(AmountOrZero),
  declined_because: Nullable(BankDeclineReason),
  card: Type.Enum(['none', 'binding', 'bound', 'not_bound']),
  card_id: Nullable(Id('tok')),
  created_at: Instant,
  decided_at: Nullable(Instant),
});
export type CreditApplication = Static<typeof CreditApplication>;
export const CreditApplicationList = Strict({ data: Type.Array(CreditApplication) });
export type CreditApplicationList = Static<typeof CreditApplicationList>;
