import { type Static, type TSchema, Type } from 'typebox';
import { Currency, Instant, Mobile, Nullable, Problem, Strict, Text } from './shapes.ts';

/**
 * The bank API: what ISO 8583 does not carry between a network and an issuer. Every bank that joins serves
 * it; the network is its only client. Amounts are integers in minor units, instants RFC 3339 in UTC.
 */
export const bankApiVersion = '1.0';

/** Reference of a card at its bank: says nothing about the number. */
export const BankCardRef = Type.String({
  pattern: '^card_[0-9a-f]{32}$',
  description: 'The card at its bank; not the card number',
});
/** A person's permission, recorded by the bank, that the network sees his or her cards. */
export const BankConsentId = Type.String({ pattern: '^con_[0-9a-f]{32}$' });

export const BankCardKind = Type.Union([Type.Literal('debit'), Type.Literal('credit')]);
export type BankCardKind = Static<typeof BankCardKind>;
export const BankCardStatus = Type.Union([
  Type.Literal('active'),
  Type.Literal('lost'),
  Type.Literal('stolen'),
  Type.Literal('expired'),
]);
export type BankCardStatus = Static<typeof BankCardStatus>;

const Expiry = Type.String({
  pattern: '^[0-9]{2}(0[1-9]|1[0-2])$',
  description: 'YYMM, as field 14 of ISO 8583',
});
const SignedAmount = Type.Integer({
  minimum: -Number.MAX_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Minor units; negative takes from the account',
});
const ConsentQuery = { consent_id: BankConsentId };

/** Asks the bank to record the consent of the person whose mobile number the network has verified. */
export const CreateBankConsent = Strict({
  mobile: Mobile,
  name: Type.Optional(Text(60)),
});
export type CreateBankConsent = Static<typeof CreateBankConsent>;

export const BankConsent = Strict({
  id: BankConsentId,
  holder_name: Type.String({ description: 'As the bank may show it: the family name and stars' }),
  created_at: Instant,
  expires_at: Instant,
});
export type BankConsent = Static<typeof BankConsent>;

/** A card as a list shows it. */
export const BankCard = Strict({
  ref: BankCardRef,
  kind: BankCardKind,
  product: Type.String(),
  product_en: Type.String(),
  last4: Type.String({ pattern: '^[0-9]{4}$' }),
  expiry: Expiry,
  status: BankCardStatus,
  currency: Currency,
});
export type BankCard = Static<typeof BankCard>;
export const BankCardList = Strict({ data: Type.Array(BankCard) });
export type BankCardList = Static<typeof BankCardList>;
export const BankCardsQuery = Strict(ConsentQuery);

/** The card number, for the network's vault and nothing else. */
export const ProvisionBankCard = Strict(ConsentQuery);
export type ProvisionBankCard = Static<typeof ProvisionBankCard>;
export const ProvisionedBankCard = Strict({
  ref: BankCardRef,
  pan: Type.String({ pattern: '^[0-9]{12,19}$' }),
  expiry: Expiry,
  kind: BankCardKind,
});
export type ProvisionedBankCard = Static<typeof ProvisionedBankCard>;

export const BankCardParams = Strict({ ref: BankCardRef });
export const BankConsentParams = Strict({ id: BankConsentId });

/** For a debit card the account's balance; for a credit card what is owed is negative. */
export const BankBalance = Strict({
  kind: BankCardKind,
  currency: Currency,
  balance: SignedAmount,
  available: Type.Integer({ minimum: 0, description: 'What may be spent now, holds taken off' }),
  credit_limit: Nullable(Type.Integer({ minimum: 0 })),
  at: Instant,
});
export type BankBalance = Static<typeof BankBalance>;

export const BankMovementKind = Type.Union([
  Type.Literal('deposit'),
  Type.Literal('purchase'),
  Type.Literal('refund'),
  Type.Literal('reversal'),
]);
export type BankMovementKind = Static<typeof BankMovementKind>;

/** One posting on the account behind a card. Holds are not movements: they only lower what is available. */
export const BankMovement = Strict({
  id: Type.String({ pattern: '^mov_[0-9a-f]{32}$' }),
  at: Instant,
  kind: BankMovementKind,
  amount: SignedAmount,
  currency: Currency,
  description: Type.String(),
  rrn: Nullable(Type.String()),
  card_last4: Nullable(Type.String()),
});
export type BankMovement = Static<typeof BankMovement>;
export const BankMovementPage = Strict({
  data: Type.Array(BankMovement),
  next_cursor: Nullable(Type.String()),
});
export type BankMovementPage = Static<typeof BankMovementPage>;
export const BankMovementsQuery = Strict({
  ...ConsentQuery,
  limit: Type.Optional(
    Type.String({ pattern: '^([1-9][0-9]?|100)$', description: '1 to 100; 20 when left out' }),
  ),
  cursor: Type.Optional(Type.String({ pattern: '^mov_[0-9a-f]{32}$' })),
});

export const BankHealth = Strict({
  status: Type.Union([Type.Literal('ok'), Type.Literal('failing')]),
  bank: Type.String(),
  name: Type.String(),
  name_en: Type.String(),
  bins: Type.Array(Type.String()),
  engine: Type.String(),
  connections: Type.Integer({ minimum: 0, description: 'Open ISO 8583 connections' }),
  api_version: Type.String(),
});
export type BankHealth = Static<typeof BankHealth>;

/** Codes of problems this API answers with; each has one status. */
export const bankProblemCodes = {
  invalid_request: 400,
  unauthorised: 401,
  consent_required: 403,
  customer_unknown: 404,
  card_unknown: 404,
  not_found: 404,
  card_not_active: 409,
  unsupported_media_type: 415,
  body_too_large: 413,
  method_not_allowed: 405,
  internal: 500,
} as const;
export type BankProblemCode = keyof typeof bankProblemCodes;

/** One route of the API, as data: the bank validates by it, the network's client is checked by it. */
export interface BankApiRoute {
  id: string;
  method: 'GET' | 'POST' | 'DELETE';
  /** OpenAPI form, `{ref}`. */
  path: string;
  summary: string;
  /** False only for the health of the bank. */
  authenticated: boolean;
  params?: TSchema;
  query?: TSchema;
  body?: TSchema;
  status: 200 | 201 | 204;
  answer?: TSchema;
  problems: readonly BankProblemCode[];
}

const always = ['invalid_request', 'unauthorised'] as const;

export const bankApiRoutes = {
  createConsent: {
    id: 'createConsent',
    method: 'POST',
    path: '/bank/v1/consents',
    summary: 'Record the consent of a person to show his or her cards to the network',
    authenticated: true,
    body: CreateBankConsent,
    status: 201,
    answer: BankConsent,
    problems: [...always, 'customer_unknown'],
  },
  revokeConsent: {
    id: 'revokeConsent',
    method: 'DELETE',
    path: '/bank/v1/consents/{id}',
    summary: 'Withdraw a consent; repeating it changes nothing',
    authenticated: true,
    params: BankConsentParams,
    status: 204,
    problems: [...always, 'not_found'],
  },
  listCards: {
    id: 'listCards',
    method: 'GET',
    path: '/bank/v1/cards',
    summary: 'The cards of the person who consented',
    authenticated: true,
    query: BankCardsQuery,
    status: 200,
    answer: BankCardList,
    problems: [...always, 'consent_required'],
  },
  provisionCard: {
    id: 'provisionCard',
    method: 'POST',
    path: '/bank/v1/cards/{ref}/provision',
    summary: 'The card number and expiry, for the vault of the network',
    authenticated: true,
    params: BankCardParams,
    body: ProvisionBankCard,
    status: 200,
    answer: ProvisionedBankCard,
    problems: [...always, 'consent_required', 'card_unknown', 'card_not_active'],
  },
  cardBalance: {
    id: 'cardBalance',
    method: 'GET',
    path: '/bank/v1/cards/{ref}/balance',
    summary: 'Balance of the account behind a card',
    authenticated: true,
    params: BankCardParams,
    query: BankCardsQuery,
    status: 200,
    answer: BankBalance,
    problems: [...always, 'consent_required', 'card_unknown'],
  },
  cardMovements: {
    id: 'cardMovements',
    method: 'GET',
    path: '/bank/v1/cards/{ref}/movements',
    summary: 'Postings on the account behind a card, newest first',
    authenticated: true,
    params: BankCardParams,
    query: BankMovementsQuery,
    status: 200,
    answer: BankMovementPage,
    problems: [...always, 'consent_required', 'card_unknown'],
  },
  health: {
    id: 'health',
    method: 'GET',
    path: '/health',
    summary: 'Whether the bank works and with what',
    authenticated: false,
    status: 200,
    answer: BankHealth,
    problems: [],
  },
} as const satisfies Record<string, BankApiRoute>;

/** The bank API as an OpenAPI 3.1 document, made from the schemas that validate. */
export function bankApiOpenApi(): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of Object.values<BankApiRoute>(bankApiRoutes)) {
    const operations = paths[route.path] ?? {};
    paths[route.path] = operations;
    operations[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Feiqian bank API',
      version: bankApiVersion,
      description: 'What a bank serves to the network beside its ISO 8583 host.',
    },
    paths,
    components: {
      securitySchemes: { networkKey: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem },
    },
  };
}

function operation(route: BankApiRoute): Record<string, unknown> {
  const problem = { $ref: '#/components/schemas/Problem' };
  const responses: Record<string, unknown> = {
    [route.status]: {
      description: 'Done',
      ...(route.answer ? { content: { 'application/json': { schema: route.answer } } } : {}),
    },
  };
  for (const code of route.problems) {
    const status = bankProblemCodes[code];
    const before = responses[status] as { description: string } | undefined;
    const description = before ? `${before.description}, ${code}` : code;
    responses[status] = { description, content: { 'application/problem+json': { schema: problem } } };
  }
  return {
    operationId: route.id,
    summary: route.summary,
    ...(route.authenticated ? { security: [{ networkKey: [] }] } : {}),
    parameters: [...parameters('path', route.params), ...parameters('query', route.query)],
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }
      : {}),
    responses,
  };
}

function parameters(where: 'path' | 'query', schema: TSchema | undefined): object[] {
  if (!schema) return [];
  const { properties, required } = schema as unknown as {
    properties: Record<string, object>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || (required ?? []).includes(name),
    schema: property,
  }));
}
