import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import type {} from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { ErrorCode } from '@feiqian/contract';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import helmet from 'helmet';
import { type Admission, installAdmission } from './admission.ts';
import { keyOf } from './idempotent.ts';
import { ProblemError, problemOf } from './problem.ts';
import { compileWhenNeeded } from './validators.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was sent; null when there was none. */
    bodyText: string | null;
  }
}

/** The Fastify instance of the edge, with TypeBox schemas giving the types of requests. */
export type HttpApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export interface HttpOptions {
  /** Makes request ids. */
  requestId: () => string;
  /** True for an error that says nothing of what became of the work: the database went away under it. */
  isUnavailable?: (error: unknown) => boolean;
  /** Told of every answer that is our fault. */
  onInternalError?: (error: unknown, request: FastifyRequest) => void;
  /** PEM key and certificate for TLS. */
  tls?: { key: string; cert: string } | undefined;
  bodyBytesMax?: number;
  /** What is hidden in texts of a request whose schema says `x-masked`, by that name. */
  masks?: Readonly<Record<string, (text: string) => string>>;
  /** Lets requests in or refuses them, before anything else is done for them. */
  admission?: Admission;
}

const BODY_BYTES_MAX = 64 * 1024;
/** How long a request may take to arrive, and its head by itself: a client that drips is let go of. */
const REQUEST_MS_MAX = 15_000;
const HEAD_MS_MAX = 8_000;
/** How often connections are looked at for that. */
const LOOK_MS = 1_000;
/** Connections of one process at the most; further ones are closed at once. */
const CONNECTIONS_MAX = 20_000;
const patience = {
  headersTimeout: HEAD_MS_MAX,
  requestTimeout: REQUEST_MS_MAX,
  connectionsCheckingInterval: LOOK_MS,
};
const contentSecurityPolicy = {
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    mediaSrc: ["'self'", 'blob:'],
    connectSrc: ["'self'"],
    workerSrc: ["'self'", 'blob:'],
    frameAncestors: ["'none'"],
    upgradeInsecureRequests: null,
  },
};

/**
 * Creates the HTTP application: strict validation (nothing is coerced in a body, unknown fields are refused),
 * every error a problem document with a stable code and the request's id, JSON exactly as the routes give it.
 * The caller sets the handler of what is not found, since it knows the pages.
 */
export async function createHttp(options: HttpOptions): Promise<HttpApp> {
  const app = fastify({
    genReqId: options.requestId,
    logger: false,
    bodyLimit: options.bodyBytesMax ?? BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    ajv: {
      plugins: [compileWhenNeeded],
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        allErrors: true,
        useDefaults: true,
        keywords: [maskedKeyword(options.masks ?? {})],
      },
    },
    clientErrorHandler: (error: Error & { code?: string }, socket: Socket) =>
      answerNoRequest(error, socket, options),
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      reply.header('x-request-id', request.id);
      return answerError(error, request, reply, options);
    },
    ...(options.tls ? { https: { ...options.tls, ...patience } } : { http: patience }),
  } as object).withTypeProvider<TypeBoxTypeProvider>() as unknown as HttpApp;

  app.server.maxConnections = CONNECTIONS_MAX;
  // Whoever reads or sets a cookie does so by itself: most requests carry none.
  await app.register(cookie, { hook: false });
  const pageHeaders = helmet({ contentSecurityPolicy, crossOriginEmbedderPolicy: false, hsts: false });
  // Only JSON is spoken. A form of another site may send plain text without being asked, so it is not taken for a body.
  app.removeContentTypeParser('text/plain');
  keepBodyText(app);
  coerceQueries(app);
  refuseIdleBodies(app);
  refuseIdleQueries(app);
  refuseKeylessWrites(app);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    // What an answer of the API needs; pages get the whole set from helmet, which computes it for each answer.
    if (!request.url.startsWith('/v1/')) return pageHeaders(request.raw, reply.raw, done as () => void);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cache-control', 'no-store');
    done();
  });
  if (options.admission) installAdmission(app, options.admission);
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, options));
  return app;
}

/** A text is masked as it is read: nothing that comes after ever has the rest of it. */
function maskedKeyword(masks: NonNullable<HttpOptions['masks']>) {
  interface Place {
    parentData: Record<string | number, unknown>;
    parentDataProperty: string | number;
  }
  return {
    keyword: 'x-masked',
    type: 'string',
    schemaType: 'string',
    modifying: true,
    errors: false,
    compile: (name: string) => {
      const mask = masks[name];
      if (mask === undefined) throw new Error(`there is no mask ${name}`);
      return (text: string, { parentData, parentDataProperty }: Place) => {
        parentData[parentDataProperty] = mask(text);
        return true;
      };
    },
  };
}

/** A signature is over the body as it was sent, so its text is kept beside what was read from it. */
function keepBodyText(app: HttpApp): void {
  app.decorateRequest('bodyText', null);
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    request.bodyText = body;
    return parse(request, body, done);
  });
}

/** What came is no HTTP request, or one that did not end in time: there is no reply object, so the answer is written by hand. */
function answerNoRequest(error: { code?: string }, socket: Socket, options: HttpOptions): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const id = options.requestId();
  const line = noRequestLines[error.code ?? ''] ?? '400 Bad Request';
  const body = JSON.stringify({ ...problemOf('invalid_request', id), status: Number(line.slice(0, 3)) });
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `X-Request-Id: ${id}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const noRequestLines: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Numbers in a query string arrive as text: only there they are read as numbers. */
function coerceQueries(app: HttpApp): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const query = request.query as Record<string, unknown>;
    const limit = query.limit;
    if (typeof limit === 'string' && /^[0-9]{1,6}$/.test(limit)) query.limit = Number(limit);
    done();
  });
}

/** A route that takes no body gets none, or an empty object: what nobody reads is a mistake of the caller. */
function refuseIdleBodies(app: HttpApp): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const { body } = request;
    if (body === undefined || body === null || request.routeOptions.schema?.body !== undefined) return done();
    const empty = typeof body === 'object' && !Array.isArray(body) && Object.keys(body).length === 0;
    done(empty ? undefined : new ProblemError('invalid_request', 'This route takes no body.'));
  });
}

/** A route of the API that declares no query takes none: a misspelt filter must not look as if it had been applied. */
function refuseIdleQueries(app: HttpApp): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const { is404, url, routeOptions } = request;
    if (is404 || !url.startsWith('/v1/') || routeOptions.schema?.querystring !== undefined) return done();
    const [name] = Object.keys(request.query as object);
    const idle = name !== undefined;
    done(idle ? new ProblemError('invalid_request', 'This route takes no query parameters.') : undefined);
  });
}

/** A write without a key is refused for that, whatever else may be said of it. */
function refuseKeylessWrites(app: HttpApp): void {
  app.addHook('preHandler', (request, _reply, done) => {
    // What a hook throws before it calls back is an error like that of any handler.
    if (request.routeOptions.config.keyed) keyOf(request);
    done();
  });
}

/** Answers a request with a problem document. */
export function sendProblem(
  reply: FastifyReply,
  code: ErrorCode,
  requestId: string,
  detail?: string,
  errors?: { path: string; message: string }[],
  members?: Record<string, unknown>,
): FastifyReply {
  const problem = { ...members, ...problemOf(code, requestId, detail, errors) };
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .serializer((p: unknown) => JSON.stringify(p))
    .send(problem);
}

const fastifyCodes: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  // Nothing has a name that long.
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
};

function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  options: HttpOptions,
) {
  if (error instanceof ProblemError) {
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
    return sendProblem(reply, error.code, request.id, error.detail, undefined, error.members);
  }
  if (error.validation) {
    const where = error.validationContext ?? 'body';
    const errors = error.validation.slice(0, 20).map((v) => ({
      path: `${where}${v.instancePath}`,
      message: v.params?.additionalProperty
        ? `unknown field "${String(v.params.additionalProperty)}"`
        : (v.message ?? 'is not valid'),
    }));
    const badId = where === 'params';
    return sendProblem(
      reply,
      badId ? 'invalid_identifier' : 'invalid_request',
      request.id,
      undefined,
      errors,
    );
  }
  const known = fastifyCodes[error.code];
  // Words about an address would repeat it.
  const words = known === 'not_found' ? undefined : error.message;
  if (known) return sendProblem(reply, known, request.id, words);
  if (error.statusCode === 429) return sendProblem(reply, 'too_many_requests', request.id);
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return sendProblem(reply, 'invalid_request', request.id, error.message);
  }
  if (options.isUnavailable?.(error)) {
    reply.header('retry-after', '1');
    return sendProblem(reply, 'unknown_outcome', request.id);
  }
  if (error.name === 'PipelineFull') {
    reply.header('retry-after', '1');
    return sendProblem(reply, 'overloaded', request.id);
  }
  options.onInternalError?.(error, request);
  return sendProblem(reply, 'internal_error', request.id);
}
