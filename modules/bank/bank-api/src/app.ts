import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type BankApiRoute,
  type BankApiRouteId,
  type BankHealth,
  type BankLimit,
  type BankProblemCode,
  bankApiOpenApi,
  bankApiRoutes,
} from '@feiqian/contract';
import { compileWhenNeeded } from '@feiqian/http';
import type { Ids } from '@feiqian/ids';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { type Handler, handlersOf, type UseCases } from './handlers.ts';
import { BankProblem, problemOf } from './problem.ts';

const bodyBytesMax = 16 * 1024;
const requestMsMax = 30_000;
const errorsMax = 20;

/** Key and certificates in PEM. With `ca` the network must show a certificate of that authority. */
export interface BankApiTls {
  key: string;
  cert: string;
  ca?: string;
}

export interface BankApiDeps {
  ids: Ids;
  use: UseCases;
  /** The network's bearer key. */
  apiKey: string;
  /** Serves the routes of a bank that is open for tests. */
  sandbox: boolean;
  onInternalError: (error: unknown) => void;
  tls?: BankApiTls | undefined;
}

/** The bank API as a Fastify application that is not listening yet. */
export function createBankApi(deps: BankApiDeps): FastifyInstance {
  const app = fastify({
    genReqId: () => deps.ids.next('req'),
    logger: false,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestMsMax,
    ajv: {
      plugins: [compileWhenNeeded],
      customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true },
    },
    ...(deps.tls
      ? {
          https: {
            key: deps.tls.key,
            cert: deps.tls.cert,
            minVersion: 'TLSv1.2',
            ...(deps.tls.ca === undefined
              ? {}
              : { ca: deps.tls.ca, requestCert: true, rejectUnauthorized: true }),
          },
        }
      : {}),
  } as object) as unknown as FastifyInstance;
  app.removeContentTypeParser('text/plain');
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id).header('cache-control', 'no-store');
  });
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(deps, error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?');
    const known = Object.values<BankApiRoute>(bankApiRoutes).some((route) => matches(route.path, path));
    return sendProblem(reply, request, known ? 'method_not_allowed' : 'not_found');
  });
  const handlers = handlersOf(deps.use);
  const keyDigest = digest(deps.apiKey);
  for (const route of Object.values<BankApiRoute>(bankApiRoutes)) {
    if (route.sandbox && !deps.sandbox) continue;
    addRoute(app, route, handlers[route.id as BankApiRouteId], (r) => authenticate(r, keyDigest));
  }
  app.get('/openapi.json', async () => bankApiOpenApi(deps.sandbox));
  return app;
}

function addRoute(
  app: FastifyInstance,
  route: BankApiRoute,
  handler: Handler,
  authenticated: (request: FastifyRequest) => void,
): void {
  app.route({
    method: route.method,
    url: fastifyPath(route.path),
    schema: {
      ...(route.params ? { params: route.params } : {}),
      ...(route.query ? { querystring: route.query } : {}),
      ...(route.body ? { body: route.body } : {}),
    },
    onRequest: async (request) => {
      if (route.authenticated) authenticated(request);
    },
    handler: async (request, reply) => {
      const answer = await handler(request);
      reply.code(route.id === 'health' && (answer as BankHealth).status !== 'ok' ? 503 : route.status);
      return route.answer ? answer : reply.send();
    },
  });
}

/** True when an address is one of a route, whatever the method. */
function matches(route: string, path: string): boolean {
  const [wanted, given] = [route.split('/'), path.split('/')];
  return (
    wanted.length === given.length && wanted.every((part, i) => part.startsWith('{') || part === given[i])
  );
}

function fastifyPath(path: string): string {
  return path.replace(/\{([a-z_]+)\}/g, ':$1');
}

function authenticate(request: FastifyRequest, keyDigest: Buffer): void {
  const given = /^Bearer ([\x21-\x7e]{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined || !timingSafeEqual(digest(given), keyDigest))
    throw new BankProblem('unauthorised');
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

const fastifyCodes: Record<string, BankProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
};

function answerError(
  deps: BankApiDeps,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof BankProblem) {
    if (error.code === 'unauthorised') reply.header('www-authenticate', 'Bearer');
    return sendProblem(reply, request, error.code, undefined, undefined, error.limit);
  }
  if (error.validation) {
    const where = error.validationContext ?? 'body';
    const errors = error.validation.slice(0, errorsMax).map((v) => ({
      path: `${where}${v.instancePath}`,
      message: v.params?.additionalProperty
        ? `unknown field "${String(v.params.additionalProperty)}"`
        : (v.message ?? 'is not valid'),
    }));
    return sendProblem(reply, request, 'invalid_request', undefined, errors);
  }
  const status = error.statusCode ?? 500;
  if (status < 500) {
    return sendProblem(reply, request, fastifyCodes[error.code] ?? 'invalid_request', error.message);
  }
  deps.onInternalError(error);
  return sendProblem(reply, request, 'internal');
}

function sendProblem(
  reply: FastifyReply,
  request: FastifyRequest,
  code: BankProblemCode,
  detail?: string,
  errors?: { path: string; message: string }[],
  limit?: BankLimit,
): FastifyReply {
  const problem = problemOf(code, request.id, detail, errors, limit);
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem);
}
