import { type Static, Type } from 'typebox';
import { Entry, FeiqianEvent, Payment, PaymentState, Refund } from './payments.ts';
import {
  Id,
  Instant,
  InstantFilter,
  type Mask,
  Nullable,
  Page,
  PageQuery,
  Prose,
  Reference,
  Strict,
  Text,
} from './shapes.ts';

/** Roles of the console. A bank or merchant user sees only what is its own. */
export const consoleRoles = ['operator', 'bank', 'merchant', 'read_only', 'call_centre'] as const;
export type ConsoleRole = (typeof consoleRoles)[number];
const Role = Type.Enum(consoleRoles);

export const ConsoleSignIn = Strict({ username: Prose(60), password: Text(200) });
export const ConsoleMe = Strict({
  id: Id('opr'),
  name: Type.String(),
  role: Role,
  /** The bank or merchant the user belongs to; null for the network's own people. */
  tenant: Nullable(Strict({ id: Type.String(), name: Type.String() })),
});
export type ConsoleMe = Static<typeof ConsoleMe>;
export const ConsoleSession = Strict({ token: Type.String(), me: ConsoleMe });

/** One second of the network's life. */
export const Tick = Strict({
  at: Instant,
  created: Type.Integer(),
  approved: Type.Integer(),
  declined: Type.Integer(),
  unknown: Type.Integer(),
});
export type Tick = Static<typeof Tick>;
export const Today = Strict({
  business_date: Type.String(),
  captured_count: Type.Integer(),
  captured_amount: Type.Integer(),
  refunded_count: Type.Integer(),
  refunded_amount: Type.Integer(),
  declined_count: Type.Integer(),
  unknown_count: Type.Integer(),
  currency: Type.String(),
  /** The last five minutes, oldest first, one a second. */
  ticks: Type.Array(Tick),
  /** Today by hour in the network's time zone. */
  hours: Type.Array(Strict({ hour: Type.Integer(), count: Type.Integer(), amount: Type.Integer() })),
  banks: Type.Array(
    Strict({
      id: Type.String(),
      name: Type.String(),
      name_en: Type.String(),
      approved: Type.Integer(),
      declined: Type.Integer(),
      approval_rate: Nullable(Type.Number()),
      p50_ms: Nullable(Type.Number()),
      p99_ms: Nullable(Type.Number()),
      position: Type.Integer({ description: 'What the bank owes the network, minor units' }),
    }),
  ),
});
export type Today = Static<typeof Today>;

/** Whether requests go out to a bank: they do, they do not, or a few do to see whether it has recovered. */
export const breakerStates = ['closed', 'open', 'half_open'] as const;
/** Why a breaker opened. */
export const breakerReasons = ['failures', 'slow', 'silence', 'probe'] as const;
export const LinkView = Strict({
  state: Type.String({ examples: ['signed_on'] }),
  address: Type.String(),
  tls: Type.Boolean(),
  profile: Type.String(),
  in_flight: Type.Integer(),
  last_echo_at: Nullable(Instant),
  since: Nullable(Instant),
  p50_ms: Nullable(Type.Number()),
  p99_ms: Nullable(Type.Number()),
  forwards_pending: Type.Integer(),
  forwards_escalated: Type.Integer(),
  breaker: Strict({
    state: Type.Enum(breakerStates),
    reason: Nullable(Type.Enum(breakerReasons)),
    since: Instant,
    probes_in_ms: Nullable(Type.Integer()),
    opened: Type.Integer({ description: 'Times it has opened since this process started' }),
    refused: Type.Integer({ description: 'Requests it has kept back since this process started' }),
  }),
});
export const MemberView = Strict({
  id: Id('mbr'),
  code: Type.String(),
  name: Type.String(),
  name_en: Type.String(),
  colour: Type.String(),
  roles: Type.Array(Type.String()),
  status: Type.String(),
  bins: Type.Array(Type.String()),
  position: Type.Integer(),
  currency: Type.String(),
  link: Nullable(LinkView),
});
export type MemberView = Static<typeof MemberView>;
export const MemberList = Strict({ data: Type.Array(MemberView) });
export const linkActions = ['sign_on', 'sign_off', 'echo', 'exchange_keys'] as const;
export type LinkAction = (typeof linkActions)[number];
export const LinkActionRequest = Strict({ action: Type.Enum(linkActions) });
/** What came of it; `code` says why nothing did. */
export const LinkActionResult = Type.Union([
  Strict({ ok: Type.Literal(true), state: Type.String() }),
  Strict({ ok: Type.Literal(false), code: Type.String() }),
]);

export const PaymentSearch = Type.Object(
  {
    ...PageQuery.properties,
    q: Type.Optional(Text(100)),
    state: Type.Optional(PaymentState),
    bank: Type.Optional(Text(32)),
    merchant_id: Type.Optional(Id('mer')),
    entry: Type.Optional(Entry),
    from: Type.Optional(InstantFilter),
    to: Type.Optional(InstantFilter),
  },
  { additionalProperties: false },
);
export type PaymentSearch = Static<typeof PaymentSearch>;
export const ConsolePaymentPage = Page(Payment);

/** A message with a bank, decoded and masked. */
export const ExchangeView = Strict({
  id: Type.String(),
  kind: Type.String(),
  mti: Type.String(),
  bank: Type.String(),
  sent_at: Instant,
  received_at: Nullable(Instant),
  outcome: Type.String(),
  response_code: Nullable(Type.String()),
  request: Type.Array(Strict({ field: Type.Integer(), name: Type.String(), value: Type.String() })),
  response: Nullable(
    Type.Array(Strict({ field: Type.Integer(), name: Type.String(), value: Type.String() })),
  ),
});
export const EntryView = Strict({
  id: Type.String(),
  at: Instant,
  debit: Strict({ id: Type.String(), name: Type.String(), name_zh: Type.String() }),
  credit: Strict({ id: Type.String(), name: Type.String(), name_zh: Type.String() }),
  amount: Type.Integer(),
  currency: Type.String(),
  kind: Type.String({ examples: ['hold', 'post', 'void', 'refund'] }),
});
/** The whole story of a payment; the console orders it by time. */
export const PaymentStory = Strict({
  payment: Payment,
  refunds: Type.Array(Refund),
  events: Type.Array(FeiqianEvent),
  exchanges: Type.Array(ExchangeView),
  entries: Type.Array(EntryView),
  forwards: Type.Array(
    Strict({
      id: Type.String(),
      kind: Type.String(),
      attempts: Type.Integer(),
      next_attempt_at: Nullable(Instant),
      acknowledged_at: Nullable(Instant),
      response_code: Nullable(Type.String()),
      escalated: Type.Boolean(),
    }),
  ),
});
export type PaymentStory = Static<typeof PaymentStory>;

export const MerchantView = Strict({
  id: Id('mer'),
  name: Type.String(),
  name_en: Type.String(),
  mcc: Type.String(),
  status: Type.Union([Type.Literal('pending_review'), Type.Literal('active'), Type.Literal('suspended')]),
  city: Type.String(),
  settlement_account: Nullable(Type.String({ description: 'Masked' })),
  payable: Type.Integer({ description: 'What the network owes the merchant, minor units' }),
  currency: Type.String(),
  stores: Type.Array(Strict({ id: Id('sto'), name: Type.String(), code: Type.String() })),
  staff: Type.Array(
    Strict({
      id: Id('stf'),
      name: Type.String(),
      number: Type.String(),
      role: Type.String(),
      store_id: Id('sto'),
    }),
  ),
});
export type MerchantView = Static<typeof MerchantView>;
export const MerchantPage = Page(MerchantView);
export const CreateMerchant = Strict({
  name: Prose(60),
  name_en: Type.String({
    pattern: '^[ -~]{1,25}$',
    description: 'ASCII, as in the bank message',
    'x-masked': 'card_numbers' satisfies Mask,
  }),
  mcc: Type.String({ pattern: '^[0-9]{4}$' }),
  city: Type.String({ pattern: '^[ -~]{1,13}$' }),
  licence: Reference(40),
  settlement_account: Type.String({ pattern: '^[0-9]{8,30}$' }),
  store_name: Prose(60),
});
const Decision = Type.Union([Type.Literal('approve'), Type.Literal('suspend')]);
export const ReviewMerchant = Strict({ decision: Decision });
export const ReviewedMerchant = Strict({ id: Id('mer'), decision: Decision });
export const CreateStaff = Strict({
  store_id: Id('sto'),
  name: Prose(60),
  role: Type.Union([Type.Literal('cashier'), Type.Literal('supervisor')]),
  pin: Type.String({ pattern: '^[0-9]{6}$' }),
});
export const CreatedStaff = Strict({
  id: Id('stf'),
  number: Type.String(),
  name: Type.String(),
  role: Type.String(),
  store_id: Id('sto'),
});

export const ApiKey = Strict({
  id: Id('key'),
  name: Type.String(),
  prefix: Type.String({ description: 'The readable start of the key' }),
  created_at: Instant,
  revoked_at: Nullable(Instant),
});
export type ApiKey = Static<typeof ApiKey>;
export const ApiKeyList = Strict({ data: Type.Array(ApiKey) });
export const CreateApiKey = Strict({ merchant_id: Id('mer'), name: Prose(60) });
/** `secret` is shown once, here. */
export const CreatedApiKey = Strict({ key: ApiKey, secret: Type.String() });

/** What the sandbox tells a newcomer. Absent (404) outside the sandbox. */
export const Sandbox = Strict({
  code: Type.String(),
  people: Type.Array(
    Strict({
      mobile: Type.String(),
      name: Type.String(),
      name_en: Type.String(),
      note: Type.String(),
      note_en: Type.String(),
    }),
  ),
  tills: Type.Array(
    Strict({
      staff_number: Type.String(),
      pin: Type.String(),
      name: Type.String(),
      merchant: Type.String(),
      role: Type.String(),
    }),
  ),
  console: Type.Array(
    Strict({ username: Type.String(), password: Type.String(), role: Role, name: Type.String() }),
  ),
  test_cards: Type.Array(
    Strict({
      number: Type.String(),
      bank_id: Type.String(),
      outcome: Type.String(),
      description: Type.String(),
      description_zh: Type.String(),
    }),
  ),
  demo_key: Type.Object(
    { merchant: Type.String(), store_id: Type.String(), secret: Type.String() },
    { additionalProperties: false },
  ),
});
export type Sandbox = Static<typeof Sandbox>;

export const Health = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('degraded')]),
  engine: Type.String(),
  profile: Type.String({ description: 'A, B or C of docs/guides/production.md' }),
  promises: Type.String(),
  settings: Type.Record(Type.String(), Type.String()),
  mode: Type.String(),
  version: Type.String(),
  links: Type.Array(Strict({ bank: Type.String(), state: Type.String() })),
});
export type Health = Static<typeof Health>;

/** One check of the continuous audit, as the last look left it. */
export const AuditCheck = Strict({
  name: Type.String({ examples: ['network.balances'] }),
  invariant: Type.String({ description: 'See docs/fault-model.md', examples: ['L3'] }),
  of: Type.String({ description: 'Whose rows: the network, or a bank by its code' }),
  subject: Type.String({ description: 'What a finding names', examples: ['payment'] }),
  title: Type.String(),
  title_zh: Type.String(),
  looked_at: Instant,
  rows_looked: Type.Integer({ description: 'Over all looks' }),
  findings: Type.Integer(),
  examples: Type.Array(
    Strict({ what: Type.String(), payment_id: Nullable(Id('pay')), found: Type.String() }),
  ),
  last_finding_at: Nullable(Instant),
});
export type AuditCheck = Static<typeof AuditCheck>;
/** What the continuous audit found. */
export const AuditView = Strict({
  every_seconds: Type.Number({ description: 'Zero when it is switched off' }),
  last: Nullable(
    Strict({
      at: Instant,
      ms: Type.Integer(),
      payments: Type.Integer(),
      checks: Type.Integer(),
      findings: Type.Integer(),
    }),
  ),
  day: Strict({
    looks: Type.Integer(),
    payments: Type.Integer(),
    looks_with_findings: Type.Integer(),
  }),
  checks: Type.Array(AuditCheck),
});
export type AuditView = Static<typeof AuditView>;
