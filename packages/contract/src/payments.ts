import { type Static, Type } from 'typebox';
import {
  Amount,
  AmountOrZero,
  Currency,
  Id,
  Instant,
  Nullable,
  Page,
  Prose,
  Reference,
  Strict,
  Text,
} from './shapes.ts';

/** The states of a payment; transitions are tabled in docs/states.md. */
export const paymentStates = [
  'created',
  'processing',
  'authorised',
  'captured',
  'declined',
  'cancelled',
  'expired',
  'unknown',
  'reversed',
  'partially_refunded',
  'refunded',
] as const;
export type PaymentState = (typeof paymentStates)[number];
export const PaymentState = Type.Enum(paymentStates);

/** How the payer and the merchant met. */
export const entries = ['dynamic_code', 'static_code', 'pay_code', 'link'] as const;
export type Entry = (typeof entries)[number];
export const Entry = Type.Enum(entries);

export const refundStates = ['pending', 'succeeded', 'failed'] as const;
export type RefundState = (typeof refundStates)[number];
export const RefundState = Type.Enum(refundStates);

/** Why a payment was declined, in words for the payer. `code` is stable. */
export const Decline = Strict({
  code: Type.String(),
  message: Type.String(),
  message_zh: Type.String(),
  response_code: Nullable(Type.String({ description: 'ISO 8583 field 39' })),
});

export const CardSummary = Strict({
  bank_id: Type.String(),
  bank_name: Type.String(),
  bank_name_en: Type.String(),
  kind: Type.Union([Type.Literal('debit'), Type.Literal('credit')]),
  last4: Type.String(),
});

/** A payment as its merchant and its payer see it. */
export const Payment = Strict({
  id: Id('pay'),
  state: PaymentState,
  amount: Amount,
  currency: Currency,
  authorised_amount: AmountOrZero,
  captured_amount: AmountOrZero,
  refunded_amount: AmountOrZero,
  capture: Type.Union([Type.Literal('automatic'), Type.Literal('manual')]),
  entry: Entry,
  order_reference: Nullable(Type.String()),
  description: Nullable(Type.String()),
  merchant: Strict({ id: Id('mer'), name: Type.String() }),
  store: Strict({ id: Id('sto'), name: Type.String() }),
  terminal: Nullable(Type.String()),
  card: Nullable(CardSummary),
  decline: Nullable(Decline),
  rrn: Nullable(Type.String({ description: 'Retrieval reference number of the bank leg' })),
  approval_code: Nullable(Type.String()),
  code: Nullable(Type.String({ description: 'EMVCo merchant-presented payload to draw as a QR code' })),
  link: Nullable(Type.String({ description: 'Opens the wallet on this payment' })),
  created_at: Instant,
  updated_at: Instant,
  expires_at: Instant,
  completed_at: Nullable(Instant),
});
export type Payment = Static<typeof Payment>;

export const CreatePayment = Strict({
  amount: Amount,
  currency: Currency,
  store_id: Id('sto'),
  order_reference: Type.Optional(Reference(64)),
  description: Type.Optional(Prose(140)),
  terminal: Type.Optional(Type.String({ pattern: '^[A-Z0-9]{1,8}$' })),
  capture: Type.Optional(Type.Union([Type.Literal('automatic'), Type.Literal('manual')])),
  entry: Type.Optional(
    Type.Union([Type.Literal('dynamic_code'), Type.Literal('pay_code'), Type.Literal('link')]),
  ),
  expires_in_seconds: Type.Optional(Type.Integer({ minimum: 30, maximum: 86_400 })),
});
export type CreatePayment = Static<typeof CreatePayment>;

/** Till or merchant server: the payer's one-time code, as 19 digits or as the consumer-presented QR text. */
export const CollectPayment = Strict({ pay_code: Text(600) });
export type CollectPayment = Static<typeof CollectPayment>;

export const CapturePayment = Strict({ amount: Type.Optional(Amount) });
export type CapturePayment = Static<typeof CapturePayment>;

export const Refund = Strict({
  id: Id('ref'),
  payment_id: Id('pay'),
  state: RefundState,
  amount: Amount,
  currency: Currency,
  reason: Text(140),
  created_at: Instant,
  completed_at: Nullable(Instant),
});
export type Refund = Static<typeof Refund>;
export const CreateRefund = Strict({ amount: Type.Optional(Amount), reason: Prose(140) });
export type CreateRefund = Static<typeof CreateRefund>;

export const Receipt = Strict({
  payment: Payment,
  refunds: Type.Array(Refund),
  merchant_city: Type.String(),
  number: Type.String({ description: 'The reference printed on the receipt' }),
});
export type Receipt = Static<typeof Receipt>;

export const PaymentPage = Page(Payment);
export type PaymentPage = Static<typeof PaymentPage>;

/** One event of the outbox as a stream or a list shows it. */
export const FeiqianEvent = Strict({
  id: Id('evt'),
  type: Type.String({ examples: ['payment.captured'] }),
  object_id: Type.String(),
  at: Instant,
  data: Type.Unknown(),
});
export type FeiqianEvent = Static<typeof FeiqianEvent>;
