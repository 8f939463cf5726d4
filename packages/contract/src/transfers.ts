import { type Static, Type } from 'typebox';
import { CardSummary, Decline } from './payments.ts';
import {
  Amount,
  AmountOrZero,
  Currency,
  Id,
  Instant,
  Mobile,
  Nullable,
  Page,
  Prose,
  Strict,
  Text,
} from './shapes.ts';

/**
 * The states of a transfer; transitions are tabled in docs/states.md.
 *
 * - `scheduled`: nothing has moved; begins at `scheduled_at` unless it is cancelled
 * - `debiting`: the payer's bank is asked
 * - `crediting`: the payer's bank has taken the amount, the payee's bank is asked to give it
 * - `confirming`: the payee's bank has not answered; it is asked until it says what it did
 * - `completed`: taken and given
 * - `declined`: the payer's bank refused; nothing has moved
 * - `unknown`: the payer's bank has not answered; what it may have taken goes back
 * - `returning`: taken and refused by the payee's bank; it goes back to the payer
 * - `returned`: the payer's bank has given it back, or never took it
 * - `cancelled`: taken back by the payer before it began
 */
export const transferStates = [
  'scheduled',
  'debiting',
  'crediting',
  'confirming',
  'completed',
  'declined',
  'unknown',
  'returning',
  'returned',
  'cancelled',
] as const;
export type TransferState = (typeof transferStates)[number];
export const TransferState = Type.Enum(transferStates);

/** `repayment`: what a credit card owes is paid. */
export const transferKinds = ['transfer', 'repayment'] as const;
export type TransferKind = (typeof transferKinds)[number];
export const TransferKind = Type.Enum(transferKinds);

/** How the payee was named. */
export const payeeVias = ['own', 'card', 'mobile', 'code', 'request'] as const;
export type PayeeVia = (typeof payeeVias)[number];
export const PayeeVia = Type.Enum(payeeVias);

/** What became of one leg. */
export const TransferLeg = Strict({
  bank_name: Type.String(),
  bank_name_en: Type.String(),
  state: Type.Enum(['waiting', 'asked', 'done', 'refused', 'unknown', 'returning', 'returned']),
  rrn: Nullable(Type.String({ description: 'Retrieval reference number of the message to the bank' })),
  at: Nullable(Instant),
});
export type TransferLeg = Static<typeof TransferLeg>;

/** The limit that refused it, as far as the bank tells; amounts in minor units. */
export const TransferLimit = Strict({
  code: Type.String({ examples: ['out_day'] }),
  max: Nullable(AmountOrZero),
  left: Nullable(AmountOrZero),
  until: Nullable(Instant),
});
export type TransferLimit = Static<typeof TransferLimit>;

/** A transfer as one of its two people sees it. */
export const Transfer = Strict({
  id: Id('trf'),
  kind: TransferKind,
  state: TransferState,
  direction: Type.Enum(['out', 'in', 'own']),
  amount: Amount,
  currency: Currency,
  note: Nullable(Type.String()),
  payer: Strict({ name: Nullable(Type.String({ description: 'Masked' })), card: Nullable(CardSummary) }),
  payee: Strict({
    via: PayeeVia,
    name: Nullable(Type.String({ description: 'Masked' })),
    bank_name: Nullable(Type.String()),
    bank_name_en: Nullable(Type.String()),
    last4: Nullable(Type.String()),
  }),
  debit: Nullable(TransferLeg),
  credit: Nullable(TransferLeg),
  decline: Nullable(Decline),
  limit: Nullable(TransferLimit),
  created_at: Instant,
  updated_at: Instant,
  scheduled_at: Nullable(Instant),
  completed_at: Nullable(Instant),
});
export type Transfer = Static<typeof Transfer>;
export const TransferPage = Page(Transfer);
export type TransferPage = Static<typeof TransferPage>;

/** Where a transfer goes: one's own card, or a payee that was checked in the last minutes. */
export const TransferTo = Type.Union([Strict({ card_id: Id('tok') }), Strict({ payee_id: Id('pye') })]);
export type TransferTo = Static<typeof TransferTo>;

export const CreateTransfer = Strict({
  from_card_id: Id('tok'),
  to: TransferTo,
  amount: Amount,
  currency: Currency,
  note: Type.Optional(Prose(60)),
  scheduled_at: Type.Optional(
    Type.String({
      format: 'date-time',
      pattern: '^2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]',
      description: 'Sends later: within a year; can be cancelled until then',
    }),
  ),
  repeat_confirmed: Type.Optional(
    Type.Boolean({ description: 'Sends although the same amount went to the same payee minutes ago' }),
  ),
});
export type CreateTransfer = Static<typeof CreateTransfer>;

const cardNumber = Type.String({ pattern: '^[0-9]{12,19}$', examples: ['9156001000000012'] });
const receiveCode = Type.String({
  pattern: '^rcv_[0-9a-f]{32}$',
  examples: ['rcv_0193f1c2a4b07c3d8e9f0a1b2c3d4e5f'],
});

/** Whom somebody wants to pay: by mobile number or card number with the name, or by a personal receive code. */
export const CheckTransferPayee = Type.Union([
  Strict({ mobile: Mobile, name: Text(60) }),
  Strict({ card_number: cardNumber, name: Text(60) }),
  Strict({ code: receiveCode }),
]);
export type CheckTransferPayee = Static<typeof CheckTransferPayee>;

/** `none` alike for an unknown number, for a person who has not chosen an account to receive with, and for another name. */
export const TransferPayee = Strict({
  match: Type.Enum(['full', 'none']),
  payee: Nullable(
    Strict({
      id: Id('pye'),
      via: PayeeVia,
      name: Nullable(Type.String({ description: 'Masked' })),
      bank_name: Nullable(Type.String()),
      bank_name_en: Nullable(Type.String()),
      last4: Nullable(Type.String()),
      expires_at: Instant,
    }),
  ),
});
export type TransferPayee = Static<typeof TransferPayee>;

/** The account with which a person receives, and the code that leads to it. */
export const Receiving = Strict({
  card: Nullable(CardSummary),
  code: Nullable(receiveCode),
  link: Nullable(Type.String({ description: 'To be drawn as a QR code' })),
});
export type Receiving = Static<typeof Receiving>;
export const SetReceiving = Strict({
  card_id: Id('tok'),
  /** True makes the old code useless. */
  new_code: Type.Optional(Type.Boolean()),
});
export type SetReceiving = Static<typeof SetReceiving>;
