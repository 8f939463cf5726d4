import { type Static, Type } from 'typebox';
import { BankAccountStatus, BankCounterparty, BankMovementKind } from './bank-api-accounts.ts';
import { BankCardStatus } from './bank-api-cards.ts';
import { BankApplicationId, BankApplicationState, BankBillId } from './bank-api-credit.ts';
import {
  anyRoute,
  BankAccountKind,
  BankAccountParams,
  BankAccountRef,
  type BankApiRoute,
  BankCardRef,
  BankMovementId,
  CalendarDate,
  ConsentQuery,
  Last4,
  PageLimit,
  SignedAmount,
} from './bank-api-shapes.ts';
import { AmountOrZero, Currency, Id, Instant, Nullable, Strict } from './shapes.ts';

/*
 * Changes that a bank tells the network of, by itself. They are written with the change and sent until they are
 * acknowledged: at least once, in the order of `sequence` for each subject. Only accounts under a consent that holds
 * are told of.
 */

/** Notices in one delivery at the most. */
export const bankNoticesMax = 100;
/** A delivery whose timestamp is further from now than this is not to be believed, in s. */
export const bankNoticeSkewSecondsMax = 300;
/** Header names of a delivery, as the Standard Webhooks specification has them. */
export const bankNoticeHeaders = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const;

const movement = Strict({
  movement_id: BankMovementId,
  kind: BankMovementKind,
  amount: SignedAmount,
  currency: Currency,
  description: Type.String(),
  rrn: Nullable(Type.String()),
  card_last4: Nullable(Last4),
  counterparty: Nullable(BankCounterparty),
});
const bill = Strict({
  bill_id: BankBillId,
  statement_date: CalendarDate,
  due_date: CalendarDate,
  amount: AmountOrZero,
  minimum: AmountOrZero,
  currency: Currency,
});

/** Each type of notice with its data. */
export const bankNoticeData = {
  'account.debited': movement,
  'account.credited': movement,
  'account.opened': Strict({ kind: BankAccountKind }),
  'account.status_changed': Strict({ status: BankAccountStatus }),
  'card.status_changed': Strict({ card_ref: BankCardRef, status: BankCardStatus }),
  'bill.issued': bill,
  'application.changed': Strict({
    state: BankApplicationState,
    account_ref: Nullable(BankAccountRef),
    card_ref: Nullable(BankCardRef),
  }),
} as const;
export type BankNoticeType = keyof typeof bankNoticeData;
export type BankNoticeData<T extends BankNoticeType> = Static<(typeof bankNoticeData)[T]>;

/** The account, or the application, that a notice is about: `sequence` counts from 1 for each, without gaps. */
const Subject = Type.Union([BankAccountRef, BankApplicationId]);
const envelope = { id: Id('ntc'), subject: Subject, sequence: Type.Integer({ minimum: 1 }), at: Instant };

const noticeOf = <T extends BankNoticeType>(type: T) =>
  Strict({ ...envelope, type: Type.Literal(type), data: bankNoticeData[type] });

export const BankNotice = Type.Union([
  noticeOf('account.debited'),
  noticeOf('account.credited'),
  noticeOf('account.opened'),
  noticeOf('account.status_changed'),
  noticeOf('card.status_changed'),
  noticeOf('bill.issued'),
  noticeOf('application.changed'),
]);
export type BankNotice = Static<typeof BankNotice>;

/** The body of one delivery. The receiver knows a notice again by its id, and by subject and sequence. */
export const BankNoticeDelivery = Strict({
  bank: Type.String({ description: 'The bank as it calls itself in /health' }),
  notices: Type.Array(BankNotice, { minItems: 1, maxItems: bankNoticesMax }),
});
export type BankNoticeDelivery = Static<typeof BankNoticeDelivery>;

export const BankNoticesQuery = Strict({
  ...ConsentQuery,
  limit: PageLimit,
  after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$', description: 'The last sequence known' })),
});
export const BankNoticeList = Strict({ data: Type.Array(BankNotice), more: Type.Boolean() });
export type BankNoticeList = Static<typeof BankNoticeList>;

export const bankNoticeRoutes = {
  listNotices: {
    id: 'listNotices',
    method: 'GET',
    path: '/bank/v1/accounts/{ref}/notices',
    summary: 'What the bank has told of an account, oldest first, for a receiver that sees a gap',
    authenticated: true,
    params: BankAccountParams,
    query: BankNoticesQuery,
    status: 200,
    answer: BankNoticeList,
    problems: [...anyRoute, 'consent_required', 'account_unknown'],
  },
} as const satisfies Record<string, BankApiRoute>;
