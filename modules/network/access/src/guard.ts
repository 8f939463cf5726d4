import type { ErrorCode } from '@feiqian/contract';
import { type HttpApp, ProblemError } from '@feiqian/http';
import { signatureHeaders } from '@feiqian/keys';
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from './access.ts';
import { cookieName, type Held, type Principal, type PrincipalKind } from './principal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null;
    credentialId: string | null;
    requestKey: Uint8Array | null;
    /** Of a signed request whose route uses its nonce up itself. */
    nonceId: string | null;
  }
  interface FastifyContextConfig {
    /** Kinds of caller that the route takes; absent means anyone. */
    callers?: readonly PrincipalKind[];
    /**
     * The wallet's requests must be signed by its device, each nonce once. `in_commit`: the route uses the nonce up in
     * the commit of its effect (`nonceOf`), which costs less and is for hot paths alone.
     */
    signed?: true | 'in_commit';
    /** What a wallet that is held may still call it in. One that is frozen may look at everything besides. */
    whileHeld?: readonly Held[];
  }
}

/** Adds to the application: each route with `config.callers` is refused to everybody else. */
export function installGuard(app: HttpApp, access: Access, options: { secureCookies: boolean }): void {
  app.addHook('onRoute', (route) => {
    const more = heldProblems(route.config);
    if (more.length > 0)
      route.config = { ...route.config, problems: [...(route.config?.problems ?? []), ...more] };
  });
  app.decorateRequest('principal', null);
  app.decorateRequest('credentialId', null);
  app.decorateRequest('requestKey', null);
  app.decorateRequest('nonceId', null);
  app.addHook('onRequest', async (request) => {
    const callers = request.routeOptions.config.callers;
    if (callers === undefined) return;
    const secret = secretOf(request, callers);
    const known = secret === null ? null : await access.identify(secret.text);
    if (known === null) throw new ProblemError('unauthenticated');
    if (!callers.includes(known.principal.kind)) throw new ProblemError('forbidden');
    if (secret?.fromCookie) refuseForeignOrigin(request);
    refuseHeld(known.principal, request);
    request.principal = known.principal;
    request.credentialId = known.credentialId;
    request.requestKey = known.requestKey;
  });
  // The body is signed as it was sent, so this waits until it is there.
  app.addHook('preValidation', (request, reply, done) => {
    const { signed } = request.routeOptions.config;
    if (signed === undefined || request.principal?.kind !== 'wallet') return done();
    checkSignature(request, reply).then(() => done(), done);
  });
  async function checkSignature(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { deviceId } = callerAs(request, 'wallet');
    const { signing } = access;
    // Also with a refusal: whoever signed with an old nonce may sign again at once.
    reply.header(signatureHeaders.nonce, signing.nonce(deviceId));
    const outcome = signing.verify(deviceId, request.requestKey, {
      method: request.method,
      path: request.url,
      body: request.bodyText,
      idempotencyKey: one(request.headers['idempotency-key']) ?? '',
      nonce: one(request.headers[signatureHeaders.nonce]),
      signature: one(request.headers[signatureHeaders.signature]),
    });
    if (!outcome.ok) throw new ProblemError(outcome.code);
    if (request.routeOptions.config.signed === 'in_commit') request.nonceId = outcome.nonceId;
    else if (!(await signing.use(access.db, [outcome.nonceId])).has(outcome.nonceId))
      throw new ProblemError('nonce_used');
  }
  app.decorate('secureCookies', options.secureCookies);
}

/** What a route answers to a wallet that is held, for its description. */
function heldProblems(config: FastifyContextConfig | undefined): ErrorCode[] {
  const { callers = [], signed, whileHeld = [] } = config ?? {};
  if (!callers.includes('wallet')) return [];
  return [
    ...(whileHeld.includes('pending') ? [] : (['device_pending'] as const)),
    ...(signed === undefined || whileHeld.includes('frozen') ? [] : (['wallet_frozen'] as const)),
  ];
}

/** A device that is not let in sees nothing; one of a frozen person changes nothing. */
function refuseHeld(principal: Principal, request: FastifyRequest): void {
  if (principal.kind !== 'wallet' || !principal.held) return;
  const { signed, whileHeld = [] } = request.routeOptions.config;
  if (whileHeld.includes(principal.held)) return;
  if (principal.held === 'pending') throw new ProblemError('device_pending');
  if (signed !== undefined) throw new ProblemError('wallet_frozen');
}

const one = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;

/** The nonce of a route with `signed: 'in_commit'`, which the commit of its effect must use up. */
export function nonceOf(request: FastifyRequest): string {
  if (request.nonceId === null) throw new Error('the route is not one of signed requests');
  return request.nonceId;
}

/** A cookie is sent by browsers on their own, so a write that carries one must come from our own pages. */
function refuseForeignOrigin(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const site = request.headers['sec-fetch-site'];
  const origin = request.headers.origin;
  const sameHost =
    origin !== undefined && URL.canParse(origin) && new URL(origin).host === request.headers.host;
  if (
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && !sameHost)
  ) {
    throw new ProblemError('forbidden', 'This write did not come from the page it belongs to.');
  }
}

function secretOf(
  request: FastifyRequest,
  callers: readonly PrincipalKind[],
): { text: string; fromCookie: boolean } | null {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const match = /^Bearer ([A-Za-z0-9_-]{20,100})$/i.exec(header);
    return match ? { text: match[1] as string, fromCookie: false } : null;
  }
  if (request.headers.cookie === undefined) return null;
  const cookies = request.server.parseCookie(request.headers.cookie);
  for (const kind of callers) {
    const name = cookieName[kind];
    const value = name === undefined ? undefined : cookies[name];
    if (value !== undefined) return { text: value, fromCookie: true };
  }
  return null;
}

/** The caller of a guarded route, narrowed to the kinds it takes. */
export function callerAs<K extends PrincipalKind>(
  request: FastifyRequest,
  ...kinds: readonly K[]
): Extract<Principal, { kind: K }> {
  const p = request.principal;
  if (p === null || !(kinds as readonly string[]).includes(p.kind)) throw new ProblemError('unauthenticated');
  return p as Extract<Principal, { kind: K }>;
}

/** Sets the session cookie of a front end: not readable by scripts, sent to this site alone. */
export function setSessionCookie(
  reply: FastifyReply,
  kind: PrincipalKind,
  secret: string,
  maxAgeSeconds: number,
): void {
  const name = cookieName[kind];
  if (name === undefined) return;
  const secure = (reply.server as unknown as { secureCookies: boolean }).secureCookies;
  const how = { path: '/', httpOnly: true, sameSite: 'strict', secure, maxAge: maxAgeSeconds } as const;
  reply.header('set-cookie', reply.server.serializeCookie(name, secret, how));
}

export function clearSessionCookie(reply: FastifyReply, kind: PrincipalKind): void {
  const name = cookieName[kind];
  const gone = { path: '/', sameSite: 'lax', maxAge: 0, expires: new Date(0) } as const;
  if (name !== undefined) reply.header('set-cookie', reply.server.serializeCookie(name, '', gone));
}
