import { type Static, Type } from 'typebox';
import { BankAccountStatus, BankMovementKind } from './bank-api-accounts.ts';
import { BankLimit } from './bank-api-limits.ts';
import {
  BankAccountClass,
  BankAccountKind,
  BankMovementId,
  CalendarDate,
  Last4,
  SignedAmount,
} from './bank-api-shapes.ts';
import { AmountOrZero, Currency, Id, Instant, Nullable, Page, Strict } from './shapes.ts';
import { Bank } from './wallet.ts';

/* A person's accounts at every bank of which a card is bound on the device. Nothing of this is kept: banks are asked. */

export const Account = Strict({
  id: Id('acc'),
  bank: Bank,
  kind: BankAccountKind,
  status: BankAccountStatus,
  currency: Currency,
  last4: Last4,
  product: Type.String(),
  product_en: Type.String(),
  card_ids: Type.Array(Id('tok'), { description: 'Cards of the account that are bound on this device' }),
  bound: Nullable(
    Strict({ bank: Nullable(Bank), last4: Last4, bound_at: Instant }, { description: 'The Class I account' }),
  ),
  opened_at: Instant,
});
export type Account = Static<typeof Account>;

/** `consent_ended`: bind a card of the bank again to give it anew. */
export const BankAnswered = Type.Enum(['ok', 'unavailable', 'consent_ended']);
export const AccountList = Strict({
  data: Type.Array(Account),
  banks: Type.Array(Strict({ bank: Bank, status: BankAnswered })),
});
export type AccountList = Static<typeof AccountList>;

export const AccountBalance = Strict({
  account_id: Id('acc'),
  kind: BankAccountKind,
  currency: Currency,
  balance: SignedAmount,
  available: AmountOrZero,
  held: AmountOrZero,
  credit_limit: Nullable(AmountOrZero),
  as_of: Instant,
});
export type AccountBalance = Static<typeof AccountBalance>;

export const Movement = Strict({
  id: BankMovementId,
  at: Instant,
  kind: BankMovementKind,
  amount: SignedAmount,
  currency: Currency,
  description: Type.String(),
  card_last4: Nullable(Type.String()),
  counterparty: Nullable(Strict({ bank: Nullable(Bank), number: Type.String({ description: 'Masked' }) })),
  rrn: Nullable(Type.String()),
});
export type Movement = Static<typeof Movement>;
export const MovementPage = Page(Movement);
export type MovementPage = Static<typeof MovementPage>;
export const MovementDetail = Strict({
  ...Movement.properties,
  account_id: Id('acc'),
  balance_after: SignedAmount,
});
export type MovementDetail = Static<typeof MovementDetail>;
export const MovementsQuery = Strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  cursor: Type.Optional(BankMovementId),
  kind: Type.Optional(BankMovementKind),
  from: Type.Optional({ ...CalendarDate, description: 'First day' }),
  to: Type.Optional({ ...CalendarDate, description: 'Last day' }),
});
export type MovementsQuery = Static<typeof MovementsQuery>;

/** What may still be done with an account, and until when; `used` of `max` is drawn as a bar. */
export const AccountLimits = Strict({
  account_id: Id('acc'),
  account_class: Nullable(BankAccountClass),
  currency: Currency,
  effective_from: Nullable(CalendarDate),
  limits: Type.Array(BankLimit),
  as_of: Instant,
});
export type AccountLimits = Static<typeof AccountLimits>;
