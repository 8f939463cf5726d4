import { type Static, Type } from 'typebox';
import {
  anyRoute,
  BankAccountParams,
  BankAccountRef,
  type BankApiRoute,
  BankCardRef,
  BankIdentity,
  CalendarDate,
  ConsentQuery,
  PageLimit,
} from './bank-api-shapes.ts';
import { AmountOrZero, Currency, Id, Instant, Nullable, Strict, Text } from './shapes.ts';

/* Credit cards, whole life but for what ISO 8583 carries: spending, and repayment (docs/iso8583.md). */

/**
 * `open`: nothing or less than the minimum paid, not yet due. `minimum_paid`: the minimum, not all. `paid`: all.
 * `overdue`: the due date has passed and the minimum was not paid. `carried`: a later bill holds what is left.
 */
export const bankBillStates = ['open', 'minimum_paid', 'paid', 'overdue', 'carried'] as const;
export const BankBillState = Type.Enum(bankBillStates);
export type BankBillState = Static<typeof BankBillState>;
export const BankBillId = Id('bill');

/** A statement of a credit card. Amounts in minor units; `paid` is what came in since the statement date. */
export const BankBill = Strict({
  id: BankBillId,
  account_ref: BankAccountRef,
  currency: Currency,
  statement_date: CalendarDate,
  due_date: CalendarDate,
  amount: AmountOrZero,
  minimum: AmountOrZero,
  paid: AmountOrZero,
  state: BankBillState,
});
export type BankBill = Static<typeof BankBill>;
export const BankBillPage = Strict({ data: Type.Array(BankBill), next_cursor: Nullable(Type.String()) });
export type BankBillPage = Static<typeof BankBillPage>;
export const BankBillsQuery = Strict({
  ...ConsentQuery,
  limit: PageLimit,
  cursor: Type.Optional(BankBillId),
});

/** What is owed on a credit card now, and what of it is billed. No repayment may be more than `owed`. */
export const BankOwed = Strict({
  account_ref: BankAccountRef,
  currency: Currency,
  owed: AmountOrZero,
  unbilled: AmountOrZero,
  credit_limit: AmountOrZero,
  available: AmountOrZero,
  bill: Nullable(BankBill),
  next_statement_date: CalendarDate,
  at: Instant,
});
export type BankOwed = Static<typeof BankOwed>;

export const BankProductCode = Type.String({ pattern: '^[a-z][a-z0-9_]{1,39}$' });
/** A credit card that one may apply for. */
export const BankCreditProduct = Strict({
  code: BankProductCode,
  name: Type.String(),
  name_en: Type.String(),
  summary: Type.String(),
  summary_en: Type.String(),
  currency: Currency,
  annual_fee: AmountOrZero,
  limit_min: AmountOrZero,
  limit_max: AmountOrZero,
  age_min: Type.Integer({ minimum: 0 }),
  age_max: Type.Integer({ minimum: 0 }),
  income_min: AmountOrZero,
  /** Days from the statement date to the due date. */
  due_days: Type.Integer({ minimum: 1 }),
  benefits: Type.Array(Strict({ text: Type.String(), text_en: Type.String() })),
  virtual_at_once: Type.Boolean({ description: 'A virtual card can be used right after approval' }),
});
export type BankCreditProduct = Static<typeof BankCreditProduct>;
export const BankCreditProductList = Strict({ data: Type.Array(BankCreditProduct) });
export type BankCreditProductList = Static<typeof BankCreditProductList>;

/** `received` → `reviewing` → `approved` | `declined`; `withdrawn` from either of the first two. */
export const bankApplicationStates = ['received', 'reviewing', 'approved', 'declined', 'withdrawn'] as const;
export const BankApplicationState = Type.Enum(bankApplicationStates);
export type BankApplicationState = Static<typeof BankApplicationState>;
export const bankDeclineReasons = ['age', 'income', 'existing_credit', 'policy'] as const;
export const BankDeclineReason = Type.Enum(bankDeclineReasons);
export type BankDeclineReason = Static<typeof BankDeclineReason>;
export const BankApplicationId = Id('app');
export const BankApplicationParams = Strict({ id: BankApplicationId });

/** An application with the identity that the network has verified; `verified_at` says when. */
export const CreateBankApplication = Strict({
  product: BankProductCode,
  identity: BankIdentity,
  verified_at: Instant,
  monthly_income: AmountOrZero,
  employer: Type.Optional(Text(80)),
  wanted_limit: Type.Optional(AmountOrZero),
});
export type CreateBankApplication = Static<typeof CreateBankApplication>;

export const BankApplication = Strict({
  id: BankApplicationId,
  product: BankProductCode,
  state: BankApplicationState,
  credit_limit: Nullable(AmountOrZero),
  declined_because: Nullable(BankDeclineReason),
  account_ref: Nullable(BankAccountRef),
  card_ref: Nullable(BankCardRef),
  created_at: Instant,
  decided_at: Nullable(Instant),
});
export type BankApplication = Static<typeof BankApplication>;

const seen = [...anyRoute, 'consent_required', 'account_unknown'] as const;

export const bankCreditRoutes = {
  listBills: {
    id: 'listBills',
    method: 'GET',
    path: '/bank/v1/accounts/{ref}/bills',
    summary: 'The statements of a credit card, newest first',
    authenticated: true,
    params: BankAccountParams,
    query: BankBillsQuery,
    status: 200,
    answer: BankBillPage,
    problems: seen,
  },
  owed: {
    id: 'owed',
    method: 'GET',
    path: '/bank/v1/accounts/{ref}/owed',
    summary: 'What is owed on a credit card now',
    authenticated: true,
    params: BankAccountParams,
    query: Strict(ConsentQuery),
    status: 200,
    answer: BankOwed,
    problems: seen,
  },
  listCreditProducts: {
    id: 'listCreditProducts',
    method: 'GET',
    path: '/bank/v1/credit-products',
    summary: 'The credit cards one may apply for',
    authenticated: true,
    status: 200,
    answer: BankCreditProductList,
    problems: [...anyRoute],
  },
  createApplication: {
    id: 'createApplication',
    method: 'POST',
    path: '/bank/v1/credit-applications',
    summary: 'Apply for a credit card',
    description:
      'Decided at once or later; `application.changed` tells of every new state. On approval a virtual card exists: a consent of the person lists it, and it can be provisioned. `verified_at` lies at most ten minutes back.',
    authenticated: true,
    idempotent: true,
    body: CreateBankApplication,
    status: 201,
    answer: BankApplication,
    problems: [
      ...anyRoute,
      'idempotency_key_missing',
      'idempotency_key_reused',
      'product_unknown',
      'verification_required',
      'application_open',
    ],
  },
  application: {
    id: 'application',
    method: 'GET',
    path: '/bank/v1/credit-applications/{id}',
    summary: 'Where an application stands',
    authenticated: true,
    params: BankApplicationParams,
    status: 200,
    answer: BankApplication,
    problems: [...anyRoute, 'not_found'],
  },
  withdrawApplication: {
    id: 'withdrawApplication',
    method: 'DELETE',
    path: '/bank/v1/credit-applications/{id}',
    summary: 'Withdraw an application that is not decided; repeating it changes nothing',
    authenticated: true,
    params: BankApplicationParams,
    status: 200,
    answer: BankApplication,
    problems: [...anyRoute, 'not_found', 'application_decided'],
  },
} as const satisfies Record<string, BankApiRoute>;
