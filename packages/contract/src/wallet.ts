import { type Static, Type } from 'typebox';
import { DeviceKey, RequestKey } from './device.ts';
import { CardSummary, Payment } from './payments.ts';
import { Amount, Id, Instant, Mobile, Nullable, Page, Prose, Reference, Strict, Text } from './shapes.ts';

/** Cards that one binding may take at the most. */
export const bindCardsMax = 10;

export const RequestCode = Strict({ mobile: Mobile });
export const CodeRequested = Strict({ expires_in_seconds: Type.Integer() });

export const SignIn = Strict({
  mobile: Mobile,
  code: Type.String({ pattern: '^[0-9]{6}$' }),
  name: Type.Optional(Prose(60)),
  device_name: Prose(60),
  device_key: DeviceKey,
});
export type SignIn = Static<typeof SignIn>;

export const WalletUser = Strict({
  id: Id('usr'),
  mobile: Type.String({ description: 'Masked' }),
  name: Nullable(Type.String()),
});
export const Device = Strict({
  id: Id('dev'),
  name: Type.String(),
  state: Type.Enum(['active', 'pending', 'frozen']),
  created_at: Instant,
  last_used_at: Instant,
  current: Type.Boolean(),
  /** To be let in, while it is pending. */
  waits: Nullable(
    Strict({
      number: Type.String({ pattern: '^[0-9]{4}$', description: 'Both phones show it, to be compared' }),
      expires_at: Instant,
    }),
  ),
});
export type Device = Static<typeof Device>;

/** What a device needs to make pay codes by itself, also offline. Handed out once, at sign-in. */
export const PayCodeKey = Strict({
  handle: Type.String({ pattern: '^[0-9]{8}$' }),
  secret: Type.String({ description: '32 bytes, base64url' }),
});
export const WalletSession = Strict({
  token: Type.String({ description: 'Also set as a cookie; send as Bearer from other clients' }),
  user: WalletUser,
  device: Device,
  pay_code_key: PayCodeKey,
  request_key: RequestKey,
  server_time: Instant,
});
export type WalletSession = Static<typeof WalletSession>;
export const WalletMe = Strict({ user: WalletUser, device: Device, server_time: Instant });
export type WalletMe = Static<typeof WalletMe>;

export const Bank = Strict({
  id: Type.String(),
  name: Type.String(),
  name_en: Type.String(),
  colour: Type.String({ description: '#RRGGBB' }),
});
export type Bank = Static<typeof Bank>;

/** Card numbers that begin with digits from `low` to `high`, both of one length; of several the longest holds. */
export const CardRange = Strict({
  low: Type.String({ pattern: '^[0-9]{2,12}$' }),
  high: Type.String({ pattern: '^[0-9]{2,12}$' }),
  product: Type.Union([
    Type.Literal('debit'),
    Type.Literal('credit'),
    Type.Literal('prepaid'),
    Type.Literal('mixed'),
  ]),
});
export type CardRange = Static<typeof CardRange>;
/** A bank with the beginnings of its card numbers, so that a phone tells whose a number is while it is typed. */
export const IssuingBank = Strict({ ...Bank.properties, ranges: Type.Array(CardRange) });
export type IssuingBank = Static<typeof IssuingBank>;
export const BankList = Strict({ data: Type.Array(IssuingBank) });

export const DiscoverCards = Strict({
  bank_ids: Type.Array(Reference(32), { minItems: 1, maxItems: 50, uniqueItems: true }),
  consent: Type.Literal(true),
});
export const DiscoveredCard = Strict({
  ref: Type.String(),
  kind: Type.Union([Type.Literal('debit'), Type.Literal('credit')]),
  product: Type.String(),
  product_en: Type.String(),
  last4: Type.String(),
  bound: Type.Boolean(),
});
export const CardDiscovery = Strict({
  id: Id('cdi'),
  expires_at: Instant,
  banks: Type.Array(
    Strict({
      bank: Bank,
      status: Type.Union([Type.Literal('ok'), Type.Literal('no_customer'), Type.Literal('unavailable')]),
      cards: Type.Array(DiscoveredCard),
    }),
  ),
});
export type CardDiscovery = Static<typeof CardDiscovery>;

/** `refs` are those of a discovery: `bank_id` and the bank's reference of the card. */
export const BindCards = Strict({
  discovery_id: Id('cdi'),
  cards: Type.Array(Strict({ bank_id: Reference(32), ref: Reference(64) }), {
    minItems: 1,
    maxItems: bindCardsMax,
  }),
});
export type BindCards = Static<typeof BindCards>;

export const Card = Strict({
  id: Id('tok'),
  bank: Bank,
  kind: Type.Union([Type.Literal('debit'), Type.Literal('credit')]),
  product: Type.String(),
  product_en: Type.String(),
  last4: Type.String(),
  slot: Type.Integer({ minimum: 0, maximum: 9, description: 'The place in the pay code' }),
  is_default: Type.Boolean(),
  bound_at: Instant,
});
export type Card = Static<typeof Card>;
export const CardList = Strict({ data: Type.Array(Card) });
export const BindResult = Strict({
  results: Type.Array(
    Strict({
      bank_id: Type.String(),
      ref: Type.String(),
      status: Type.Union([
        Type.Literal('bound'),
        Type.Literal('already_bound'),
        Type.Literal('unavailable'),
        Type.Literal('refused'),
        Type.Literal('limit_reached'),
      ]),
      card: Nullable(Card),
    }),
  ),
});
export type BindResult = Static<typeof BindResult>;

export const CardBalance = Strict({
  card_id: Id('tok'),
  currency: Type.String(),
  available: Type.Integer(),
  as_of: Instant,
  credit_limit: Nullable(Type.Integer()),
  owed: Nullable(Type.Integer()),
});
export type CardBalance = Static<typeof CardBalance>;

/** Text of a code: scanned, from a picture, or pasted. */
export const Scan = Strict({ text: Text(1000) });
/** What a code asks for: a payment that exists, or a store where the payer types the amount. */
export const ScanResult = Type.Union([
  Strict({ kind: Type.Literal('payment'), payment: Payment }),
  Strict({
    kind: Type.Literal('store'),
    merchant: Strict({ id: Id('mer'), name: Type.String() }),
    store: Strict({ id: Id('sto'), name: Type.String() }),
    currency: Type.String(),
  }),
]);
export type ScanResult = Static<typeof ScanResult>;

/** Pays at a store whose static code was scanned: creates the payment and nothing moves yet. */
export const CreateStorePayment = Strict({
  store_id: Id('sto'),
  amount: Amount,
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  description: Type.Optional(Prose(140)),
});
export type CreateStorePayment = Static<typeof CreateStorePayment>;
export const PayPayment = Strict({ card_id: Id('tok') });
export type PayPayment = Static<typeof PayPayment>;

export const WalletPaymentPage = Page(Payment);
export const DeviceList = Strict({ data: Type.Array(Device) });
/** `number`: as the device that is to be let in shows it, so that nobody lets in another one. */
export const ApproveDevice = Strict({ number: Type.String({ pattern: '^[0-9]{4}$' }) });
export type ApproveDevice = Static<typeof ApproveDevice>;
/** `pause`: the devices there were hold still until each is verified anew. `remove`: they are gone for good. */
export const RecoverWallet = Strict({ old_devices: Type.Enum(['pause', 'remove']) });
export type RecoverWallet = Static<typeof RecoverWallet>;
export { CardSummary };
