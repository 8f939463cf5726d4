import { type ErrorCode, errorCodes, Problem } from '@feiqian/contract';
import { keyLengthMax } from '@feiqian/idempotency';
import type { RouteOptions } from 'fastify';
import type { HttpApp } from './app.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Codes of the problems that this route answers with, besides those that follow from what it takes. */
    problems?: readonly ErrorCode[];
    /** It is a write that takes an Idempotency-Key. */
    keyed?: boolean;
    /** Media type of its success, where that is not JSON; null: nothing, with status 204. */
    produces?: string | null;
  }
}

/** What of an OpenAPI operation is completed here. */
interface Operation {
  parameters?: object[];
  requestBody?: unknown;
  responses?: Record<string, object>;
}
interface Document {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, object> };
}

/**
 * Completes the OpenAPI document with what the edge itself does: the Idempotency-Key of a write, and every problem a
 * route may answer with, by status. Call before any route is added; the function it gives takes the document.
 */
export function describeProblems(app: HttpApp): <D extends object>(document: D) => D {
  const routes = new Map<string, RouteOptions>();
  app.addHook('onRoute', (route) => {
    const path = route.url.replace(/:([A-Za-z_]+)/g, '{$1}');
    for (const method of [route.method].flat()) routes.set(`${method} ${path}`, route);
  });
  return <D extends object>(given: D): D => {
    const document = given as Document;
    document.components = { ...document.components };
    document.components.schemas = { ...document.components.schemas, Problem };
    for (const [path, operations] of Object.entries(document.paths ?? {})) {
      for (const [verb, operation] of Object.entries(operations)) {
        const route = routes.get(`${verb.toUpperCase()} ${path}`);
        if (route) complete(operation, route);
      }
    }
    return given;
  };
}

const keyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'The same key gets the same answer, for a day',
  schema: { type: 'string', minLength: 1, maxLength: keyLengthMax, pattern: '^[\\x21-\\x7e]+$' },
};

/** Of a request that the device signs; docs/device-key.md says over what. */
const signatureParameters = ['Device-Nonce', 'Device-Signature'].map((name) => ({
  name,
  in: 'header',
  required: true,
  description: 'See docs/device-key.md',
  schema: { type: 'string' },
}));

/** What other modules say of a route, as far as it shows in its answers. */
interface GuardedConfig {
  callers?: readonly string[];
  signed?: unknown;
}

function complete(operation: Operation, route: RouteOptions): void {
  const { keyed, produces, signed } = (route.config ?? {}) as RouteOptions['config'] & GuardedConfig;
  const parameters = [...(keyed ? [keyParameter] : []), ...(signed ? signatureParameters : [])];
  if (parameters.length > 0) operation.parameters = [...(operation.parameters ?? []), ...parameters];
  const responses = { ...operation.responses };
  if (produces === null) {
    delete responses['200'];
    responses['204'] = { description: 'Done' };
  } else if (produces !== undefined) {
    responses['200'] = { description: 'Done', content: { [produces]: { schema: { type: 'string' } } } };
  }
  const codes = problemCodes(route);
  for (const status of new Set(codes.map((code) => errorCodes[code].status))) {
    const same = codes.filter((code) => errorCodes[code].status === status);
    const content = {
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    };
    responses[status] = { description: same.join(', '), content, 'x-codes': same };
  }
  operation.responses = responses;
}

/** Every code a route may answer with: what it says of itself, and what follows from what it takes. */
function problemCodes({ method, schema, config }: RouteOptions): ErrorCode[] {
  const codes = new Set<ErrorCode>(config?.problems);
  const add = (...more: ErrorCode[]) => {
    for (const code of more) codes.add(code);
  };
  // A request of a form that nobody can read; an unknown parameter of the query.
  add('invalid_request');
  if (method !== 'GET') add('payload_too_large', 'unsupported_media_type');
  if (schema?.params !== undefined) add('invalid_identifier');
  const { callers, signed } = (config ?? {}) as GuardedConfig;
  if (callers !== undefined) add('unauthenticated', 'forbidden');
  if (signed) add('signature_required', 'signature_invalid', 'nonce_stale', 'nonce_used');
  if (config?.keyed) add('idempotency_key_missing', 'idempotency_key_reused', 'request_in_flight');
  add('internal_error', 'overloaded', 'unknown_outcome');
  return [...codes].sort();
}
