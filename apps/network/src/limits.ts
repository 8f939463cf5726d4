import { type HttpApp, ProblemError } from '@feiqian/http';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Network } from './compose.ts';

const minuteMs = 60_000;
/** Sign-ins and codes asked for from one browser in a minute, whatever numbers and addresses it comes with. */
export const browserTriesMax = 20;
/** Tries of a signed-in device in a minute to verify, to prove who its person is, to let in or to come back. */
export const deviceTriesMax = 120;
/** Short messages that a signed-in device may have sent in a minute. */
export const deviceCodesMax = 20;

const browserCookie = 'fq_browser';
const cookieShape = /^[A-Za-z0-9_-]{22}$/;
const cookieSeconds = 365 * 24 * 3600;

const browserRoutes = /^\/v1\/wallet\/(codes|sessions)$/;
const codeRoutes = /^\/v1\/wallet\/verifications\/:id\/code-requests$/;
const tryRoutes =
  /^\/v1\/wallet\/(identity|recovery|devices\/:id\/approval|verifications\/:id\/(pin|code|passkey|identity))$/;

/**
 * Limits by device, besides those by address and by number. A signed-in device is known by its session; before that a
 * browser is known by a cookie it was given, and who drops it is left to the other limits.
 */
export function limitDevices(app: HttpApp, { ids }: Pick<Network, 'ids'>): void {
  const limited = (max: number, keyOf: (request: FastifyRequest) => string | null): onRequestHookHandler => {
    const count = app.createRateLimit({
      max,
      timeWindow: minuteMs,
      keyGenerator: (request) => keyOf(request) ?? '',
    });
    return async (request) => {
      if (keyOf(request) === null) return;
      const found = await count(request);
      if (!found.isAllowed && found.isExceeded)
        throw new ProblemError('too_many_requests', undefined, { retryAfterSeconds: found.ttlInSeconds });
    };
  };
  const byBrowser = limited(browserTriesMax, browserOf);
  const byDevice = limited(deviceTriesMax, deviceOf);
  const codesByDevice = limited(deviceCodesMax, deviceOf);
  const know: onRequestHookHandler = async (request, reply) => {
    if (browserOf(request) !== null) return;
    const secure = (request.server as unknown as { secureCookies: boolean }).secureCookies;
    const how = {
      path: '/v1/wallet',
      httpOnly: true,
      sameSite: 'strict',
      secure,
      maxAge: cookieSeconds,
    } as const;
    reply.header('set-cookie', reply.server.serializeCookie(browserCookie, ids.secret(16), how));
  };
  app.addHook('onRoute', (route) => {
    if (route.method !== 'POST') return;
    const hooks = browserRoutes.test(route.url)
      ? [byBrowser, know]
      : codeRoutes.test(route.url)
        ? [codesByDevice]
        : tryRoutes.test(route.url)
          ? [byDevice]
          : [];
    if (hooks.length === 0) return;
    route.preHandler = [...hooks, ...[route.preHandler ?? []].flat()] as typeof route.preHandler;
    const problems = new Set([...(route.config?.problems ?? []), 'too_many_requests' as const]);
    route.config = { ...route.config, problems: [...problems] };
  });
}

const browserOf = (request: FastifyRequest): string | null => {
  const { cookie: header } = request.headers;
  const cookie = header === undefined ? undefined : request.server.parseCookie(header)[browserCookie];
  return cookie !== undefined && cookieShape.test(cookie) ? cookie : null;
};

const deviceOf = (request: FastifyRequest): string | null =>
  request.principal?.kind === 'wallet' ? request.principal.deviceId : null;
