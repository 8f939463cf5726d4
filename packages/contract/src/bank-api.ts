import { type Static, type TSchema, Type } from 'typebox';
import { bankAccountRoutes } from './bank-api-accounts.ts';
import { bankCardRoutes } from './bank-api-cards.ts';
import { bankCreditRoutes } from './bank-api-credit.ts';
import { bankIdentityRoutes } from './bank-api-identity.ts';
import { bankLimitRoutes } from './bank-api-limits.ts';
import { BankNoticeDelivery, bankNoticeHeaders, bankNoticeRoutes } from './bank-api-notices.ts';
import { BankProblemDetails, bankProblemCodes } from './bank-api-problems.ts';
import type { BankApiRoute } from './bank-api-shapes.ts';
import { bankTransferRoutes } from './bank-api-transfers.ts';
import { Strict } from './shapes.ts';

/**
 * The bank API: what ISO 8583 does not carry between a network and a bank. Every bank that joins serves it; the
 * network is its only client. The areas are in the files beside this one.
 */
export const bankApiVersion = '1.1';

export const BankHealth = Strict({
  status: Type.Enum(['ok', 'failing']),
  bank: Type.String(),
  name: Type.String(),
  name_en: Type.String(),
  bins: Type.Array(Type.String()),
  engine: Type.String(),
  connections: Type.Integer({ minimum: 0, description: 'Open ISO 8583 connections' }),
  api_version: Type.String(),
});
export type BankHealth = Static<typeof BankHealth>;

const health = {
  id: 'health',
  method: 'GET',
  path: '/health',
  summary: 'Whether the bank works and with what',
  authenticated: false,
  status: 200,
  answer: BankHealth,
  problems: [],
} as const satisfies BankApiRoute;

export const bankApiRoutes = {
  ...bankCardRoutes,
  ...bankAccountRoutes,
  ...bankLimitRoutes,
  ...bankIdentityRoutes,
  ...bankCreditRoutes,
  ...bankTransferRoutes,
  ...bankNoticeRoutes,
  health,
} as const satisfies Record<string, BankApiRoute>;
export type BankApiRouteId = keyof typeof bankApiRoutes;

/** Longest Idempotency-Key. */
export const bankIdempotencyKeyCharsMax = 100;
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  schema: { type: 'string', pattern: '^[!-~]+$', maxLength: bankIdempotencyKeyCharsMax },
};

/**
 * The bank API as an OpenAPI 3.1 document, made from the schemas that validate. The notices that a bank sends are
 * in it as a webhook.
 *
 * @param sandbox also the routes that only a bank open for tests serves
 */
export function bankApiOpenApi(sandbox = true): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of Object.values<BankApiRoute>(bankApiRoutes)) {
    if (route.sandbox && !sandbox) continue;
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
    webhooks: { notices: { post: noticeDelivery() } },
    components: {
      securitySchemes: { networkKey: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: BankProblemDetails },
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
    ...(route.description ? { description: route.description } : {}),
    ...(route.authenticated ? { security: [{ networkKey: [] }] } : {}),
    parameters: [
      ...parameters('path', route.params),
      ...parameters('query', route.query),
      ...(route.idempotent ? [idempotencyKey] : []),
    ],
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

function noticeDelivery(): Record<string, unknown> {
  const text = { type: 'string' };
  return {
    operationId: 'deliverNotices',
    summary: 'Tell the network of changes; repeated until it answers 2xx',
    description:
      'Signed by the scheme of Standard Webhooks: `v1,` and the base64 of HMAC-SHA-256 under the shared secret over id, timestamp and body, joined by full stops.',
    parameters: Object.values(bankNoticeHeaders).map((name) => ({
      name,
      in: 'header',
      required: true,
      schema: text,
    })),
    requestBody: { required: true, content: { 'application/json': { schema: BankNoticeDelivery } } },
    responses: { 204: { description: 'Acknowledged: not sent again' } },
  };
}
