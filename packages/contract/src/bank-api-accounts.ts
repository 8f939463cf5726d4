import { type Static, Type } from 'typebox';
import {
  anyRoute,
  BankAccountKind,
  BankAccountParams,
  BankAccountRef,
  type BankApiRoute,
  BankCardParams,
  BankCardRef,
  BankConsentId,
  BankIdentity,
  BankInstitution,
  BankMovementId,
  BankNumber,
  BankRemoteClass,
  BankVerificationId,
  CalendarDate,
  ConsentQuery,
  Last4,
  PageLimit,
  SignedAmount,
} from './bank-api-shapes.ts';
import { AmountOrZero, Currency, Instant, Nullable, Strict } from './shapes.ts';

/* Accounts: what there is, what is on them, what moved, and opening one without a branch. */

export const BankAccountStatus = Type.Enum(['open', 'frozen', 'closed']);
export type BankAccountStatus = Static<typeof BankAccountStatus>;

/** The Class I account that a Class II or III account is bound to. */
export const BankBinding = Strict({ institution: BankInstitution, last4: Last4, bound_at: Instant });
export type BankBinding = Static<typeof BankBinding>;

export const BankAccount = Strict({
  ref: BankAccountRef,
  kind: BankAccountKind,
  status: BankAccountStatus,
  currency: Currency,
  number_last4: Last4,
  product: Type.String(),
  product_en: Type.String(),
  card_refs: Type.Array(BankCardRef),
  bound: Nullable(BankBinding),
  opened_at: Instant,
});
export type BankAccount = Static<typeof BankAccount>;
export const BankAccountList = Strict({ data: Type.Array(BankAccount) });
export type BankAccountList = Static<typeof BankAccountList>;

export const BankAccountBalance = Strict({
  ref: BankAccountRef,
  kind: BankAccountKind,
  currency: Currency,
  balance: SignedAmount,
  available: Type.Integer({ minimum: 0, description: 'What may be spent now, holds taken off' }),
  held: AmountOrZero,
  credit_limit: Nullable(AmountOrZero),
  at: Instant,
});
export type BankAccountBalance = Static<typeof BankAccountBalance>;

export const bankMovementKinds = [
  'deposit',
  'purchase',
  'refund',
  'reversal',
  'transfer_out',
  'transfer_in',
  'repayment',
] as const;
export const BankMovementKind = Type.Enum(bankMovementKinds);
export type BankMovementKind = Static<typeof BankMovementKind>;

/** The other side of a transfer, as a statement shows it. */
export const BankCounterparty = Strict({
  institution: Nullable(BankInstitution),
  number_masked: Type.String({ pattern: '^[0-9*]{4,19}$' }),
});
export type BankCounterparty = Static<typeof BankCounterparty>;

/** One posting on an account. Holds are not movements: they only lower what is available. */
export const BankMovement = Strict({
  id: BankMovementId,
  at: Instant,
  kind: BankMovementKind,
  amount: SignedAmount,
  currency: Currency,
  description: Type.String(),
  rrn: Nullable(Type.String()),
  card_last4: Nullable(Type.String()),
  counterparty: Nullable(BankCounterparty),
});
export type BankMovement = Static<typeof BankMovement>;
/** One movement with the balance it left. */
export const BankMovementDetail = Strict({
  ...BankMovement.properties,
  account_ref: BankAccountRef,
  balance_after: SignedAmount,
});
export type BankMovementDetail = Static<typeof BankMovementDetail>;
export const BankMovementPage = Strict({
  data: Type.Array(BankMovement),
  next_cursor: Nullable(Type.String()),
});
export type BankMovementPage = Static<typeof BankMovementPage>;
export const BankMovementsQuery = Strict({
  ...ConsentQuery,
  limit: PageLimit,
  cursor: Type.Optional(BankMovementId),
  kind: Type.Optional(BankMovementKind),
  from: Type.Optional({ ...CalendarDate, description: 'First day' }),
  to: Type.Optional({ ...CalendarDate, description: 'Last day' }),
});
export type BankMovementsQuery = Static<typeof BankMovementsQuery>;
export const BankMovementParams = Strict({ ref: BankAccountRef, movement_id: BankMovementId });

/**
 * The Class I account that vouches for a person. At this bank the verification is one of its own; at another one
 * the network says which, and when it was confirmed there.
 */
export const BankClass1Proof = Strict({
  institution: BankInstitution,
  number: BankNumber,
  verification_id: BankVerificationId,
  verified_at: Instant,
});
export type BankClass1Proof = Static<typeof BankClass1Proof>;

export const OpenBankAccount = Strict({
  class: BankRemoteClass,
  currency: Currency,
  identity: BankIdentity,
  class_1: BankClass1Proof,
});
export type OpenBankAccount = Static<typeof OpenBankAccount>;
export const BindBankAccount = Strict({ consent_id: BankConsentId, class_1: BankClass1Proof });
export type BindBankAccount = Static<typeof BindBankAccount>;

const seen = [...anyRoute, 'consent_required', 'account_unknown'] as const;
const anyDay = 'Newest first; follow `next_cursor` with the same filters until it is null.';

export const bankAccountRoutes = {
  listAccounts: {
    id: 'listAccounts',
    method: 'GET',
    path: '/bank/v1/accounts',
    summary: 'The accounts of the person who consented, closed ones left out',
    authenticated: true,
    query: Strict(ConsentQuery),
    status: 200,
    answer: BankAccountList,
    problems: [...anyRoute, 'consent_required'],
  },
  accountBalance: {
    id: 'accountBalance',
    method: 'GET',
    path: '/bank/v1/accounts/{ref}/balance',
    summary: 'What is on an account now',
    authenticated: true,
    params: BankAccountParams,
    query: Strict(ConsentQuery),
    status: 200,
    answer: BankAccountBalance,
    problems: seen,
  },
  accountMovements: {
    id: 'accountMovements',
    method: 'GET',
    path: '/bank/v1/accounts/{ref}/movements',
    summary: 'Postings on an account',
    description: anyDay,
    authenticated: true,
    params: BankAccountParams,
    query: BankMovementsQuery,
    status: 200,
    answer: BankMovementPage,
    problems: seen,
  },
  accountMovement: {
    id: 'accountMovement',
    method: 'GET',
    path: '/bank/v1/accounts/{ref}/movements/{movement_id}',
    summary: 'One posting, with the balance it left',
    authenticated: true,
    params: BankMovementParams,
    query: Strict(ConsentQuery),
    status: 200,
    answer: BankMovementDetail,
    problems: [...seen, 'not_found'],
  },
  cardMovements: {
    id: 'cardMovements',
    method: 'GET',
    path: '/bank/v1/cards/{ref}/movements',
    summary: 'Postings on the account behind a card',
    description: anyDay,
    authenticated: true,
    params: BankCardParams,
    query: BankMovementsQuery,
    status: 200,
    answer: BankMovementPage,
    problems: [...anyRoute, 'consent_required', 'card_unknown'],
  },
  openAccount: {
    id: 'openAccount',
    method: 'POST',
    path: '/bank/v1/accounts',
    summary:
      'Open a Class II or III account for a verified person, bound to the Class I account that vouches',
    description:
      'The account comes with a virtual card. A verification may be used once. The person becomes a customer if he or she was none; factors that belong to different customers are verification_required.',
    authenticated: true,
    idempotent: true,
    body: OpenBankAccount,
    status: 201,
    answer: BankAccount,
    problems: [
      ...anyRoute,
      'idempotency_key_missing',
      'idempotency_key_reused',
      'verification_required',
      'class_not_permitted',
      'limit_exceeded',
    ],
  },
  bindAccount: {
    id: 'bindAccount',
    method: 'PUT',
    path: '/bank/v1/accounts/{ref}/binding',
    summary: 'Bind a Class II or III account to another Class I account of the same person',
    description: 'Replaces the account bound so far. Putting what is bound already changes nothing.',
    authenticated: true,
    params: BankAccountParams,
    body: BindBankAccount,
    status: 200,
    answer: BankAccount,
    problems: [...seen, 'verification_required', 'class_not_permitted', 'account_not_open'],
  },
  closeAccount: {
    id: 'closeAccount',
    method: 'DELETE',
    path: '/bank/v1/accounts/{ref}',
    summary: 'Close an empty Class II or III account and its cards; repeating it changes nothing',
    authenticated: true,
    params: BankAccountParams,
    query: Strict(ConsentQuery),
    status: 204,
    problems: [...seen, 'class_not_permitted', 'account_not_empty'],
  },
} as const satisfies Record<string, BankApiRoute>;
