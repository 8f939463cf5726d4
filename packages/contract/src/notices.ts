import { type Static, Type } from 'typebox';
import { BankAccountStatus, BankMovementKind } from './bank-api-accounts.ts';
import { BankCardStatus } from './bank-api-cards.ts';
import { BankApplicationState } from './bank-api-credit.ts';
import { type BankNoticeType, bankNoticeData } from './bank-api-notices.ts';
import { BankAccountKind, CalendarDate, Last4, SignedAmount } from './bank-api-shapes.ts';
import { AmountOrZero, Currency, Id, Instant, Nullable, Reference, Strict } from './shapes.ts';
import { Bank } from './wallet.ts';

/* What the banks have told of a person's accounts, as the wallet shows it. */

export const WalletNoticeType = Type.Enum(Object.keys(bankNoticeData) as BankNoticeType[]);

/** A change of an account, a card, a bill or an application; fields that the type does not have are null. */
export const WalletNotice = Strict({
  id: Id('ntc'),
  type: WalletNoticeType,
  bank: Bank,
  account_id: Nullable(Id('acc')),
  /** When it happened, by the bank. */
  at: Instant,
  received_at: Instant,
  read: Type.Boolean(),
  amount: Nullable(SignedAmount),
  currency: Nullable(Currency),
  kind: Nullable(BankMovementKind),
  description: Nullable(Type.String()),
  card_last4: Nullable(Last4),
  counterparty: Nullable(Type.String({ description: 'Masked number of the other side' })),
  minimum: Nullable(AmountOrZero),
  due_date: Nullable(CalendarDate),
  account_kind: Nullable(BankAccountKind),
  account_status: Nullable(BankAccountStatus),
  card_status: Nullable(BankCardStatus),
  application_state: Nullable(BankApplicationState),
});
export type WalletNotice = Static<typeof WalletNotice>;

export const WalletNoticePage = Strict({
  data: Type.Array(WalletNotice),
  next_cursor: Nullable(Type.String()),
  unread: Type.Integer({
    minimum: 0,
    description: 'How many of all notices are unread; 100 for 100 or more',
  }),
});
export type WalletNoticePage = Static<typeof WalletNoticePage>;

export const WalletNoticesQuery = Strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$' })),
});

/** Marks a notice, and everything that came before it, as read. */
export const ReadNotices = Strict({ up_to: Id('ntc') });
export type ReadNotices = Static<typeof ReadNotices>;

/** Longest address of a push service that is taken, in characters. */
export const pushEndpointMax = 1_000;
export const PushLanguage = Type.Enum(['zh-CN', 'en']);
export type PushLanguage = Static<typeof PushLanguage>;
const pushChoices = {
  language: PushLanguage,
  amounts: Type.Boolean({
    description: 'Whether amounts and names are in the message, or only that there is news',
  }),
};

/** What a browser gave out for this device (Push API): the push service's address, and the keys of RFC 8291. */
export const SubscribePush = Strict({
  endpoint: Reference(pushEndpointMax),
  keys: Strict({
    p256dh: Type.String({
      pattern: '^[A-Za-z0-9_-]{87}$',
      description: 'Point on P-256, uncompressed, base64url',
    }),
    auth: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$', description: '16 bytes, base64url' }),
  }),
  ...pushChoices,
});
export type SubscribePush = Static<typeof SubscribePush>;

/** How this device stands to push messages. */
export const WalletPush = Strict({
  public_key: Nullable(
    Type.String({ description: 'To subscribe under (VAPID), base64url; null where the network sends none' }),
  ),
  subscription: Nullable(Strict({ ...pushChoices, since: Instant })),
});
export type WalletPush = Static<typeof WalletPush>;

/** What a push message says to the wallet's service worker. */
export interface PushMessage {
  title: string;
  body: string;
  /** Replaces an earlier one with the same tag: a message may come twice. */
  tag: string;
  /** Path of the screen that a tap opens. */
  url: string;
  lang: PushLanguage;
  /** When it happened, ms since 1970. */
  at: number;
}
