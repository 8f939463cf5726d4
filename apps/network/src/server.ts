import { readFileSync } from 'node:fs';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import { installGuard } from '@feiqian/access';
import { accountRoutes, openingRoutes } from '@feiqian/accounts';
import { instant } from '@feiqian/clock';
import { consoleRoutes } from '@feiqian/console';
import { Health, type Mask, MessageList, MessageQuery, Sandbox } from '@feiqian/contract';
import { creditRoutes, repayRoutes } from '@feiqian/credit';
import { isConnectionLost } from '@feiqian/db';
import { createHttp, describeProblems, type HttpApp, ProblemError, watchLag } from '@feiqian/http';
import { fromUuid } from '@feiqian/ids';
import { maskCardNumbers } from '@feiqian/keys';
import { merchantRoutes } from '@feiqian/merchants';
import { noticeRoutes, pushRoutes } from '@feiqian/notices';
import { payerRoutes, paymentRoutes, spendingRoutes, streamRoutes } from '@feiqian/payments';
import type { Logger, Registry } from '@feiqian/telemetry';
import {
  payeeRoutes,
  requestRoutes,
  requestStream,
  transferRoutes,
  transferStream,
} from '@feiqian/transfers';
import { verificationRoutes } from '@feiqian/verification';
import { deviceRoutes, identityRoutes, leavingRoutes, walletRoutes } from '@feiqian/wallets';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyReply } from 'fastify';
import { nameWorks, networkAdmission } from './admission.ts';
import type { Network } from './compose.ts';
import type { Engine } from './engine.ts';
import { serveFrontEnds } from './frontEnds.ts';
import { limitDevices } from './limits.ts';
import { messagesPage } from './messagesPage.ts';
import { meterAdmission, meterDatabase } from './meter.ts';
import { tracesOf } from './traces.ts';
import { version } from './version.ts';

export interface ServerDeps {
  network: Network;
  engine: Engine;
  logger: Logger;
  metrics: Registry;
  /** What `/v1/sandbox` tells; null in production. */
  sandbox: (() => Promise<Sandbox>) | null;
}

/** Sign-in attempts from one address in a minute; codes and PINs have their own locks besides. */
const signInMax = 120;

/** Builds the HTTP application: the API, its reference page, health, metrics and the front ends. */
export async function buildServer(deps: ServerDeps): Promise<HttpApp> {
  const { network, logger } = deps;
  const { config } = network;
  const lag = watchLag();
  const admission = networkAdmission(network, config, lag);
  meterAdmission(deps.metrics, admission, lag);
  meterDatabase(deps.metrics, deps.engine);
  const app = await createHttp({
    admission,
    requestId: () => network.ids.next('req'),
    tls: config.tls
      ? { key: readFileSync(config.tls.keyFile, 'utf8'), cert: readFileSync(config.tls.certFile, 'utf8') }
      : undefined,
    isUnavailable: isConnectionLost,
    masks: {
      card_numbers: (text) => maskCardNumbers(text),
      issued_card_numbers: (text) =>
        maskCardNumbers(text, (digits) => network.members.routeByPan(digits) !== null),
    } satisfies Record<Mask, (text: string) => string>,
    onInternalError: (error, request) =>
      logger.error(
        { err: error, requestId: request.id, route: request.routeOptions.url },
        'a request failed',
      ),
  });
  app.addHook('onClose', async () => lag.stop());
  nameWorks(app);
  const complete = describeProblems(app);
  await app.register(swagger, {
    openapi: openApiHead(config.publicUrl),
    transform: describeRoute as never,
    transformObject: (document) =>
      complete('openapiObject' in document ? document.openapiObject : document.swaggerObject),
  });
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, context) =>
      new ProblemError('too_many_requests', undefined, { retryAfterSeconds: Math.ceil(context.ttl / 1000) }),
  });
  app.addHook('onRoute', (route) => {
    const signIn =
      route.method === 'POST' && /^\/v1\/(wallet|till|console)\/(sessions|codes)$/.test(route.url);
    if (signIn) route.config = { ...route.config, rateLimit: { max: signInMax, timeWindow: '1 minute' } };
  });
  limitDevices(app, network);
  installGuard(app, network.access, { secureCookies: config.publicUrl.startsWith('https://') });
  await app.register(async (api) => apiRoutes(api as HttpApp, deps));
  systemRoutes(app, deps);
  await app.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      title: 'Feiqian API',
      withDefaultFonts: false,
      telemetry: false,
      agent: { disabled: true },
      hideClientButton: true,
    },
    hooks: {
      onRequest: (_: unknown, reply: FastifyReply, done: () => void) => {
        reply.header('content-security-policy', docsPolicy);
        done();
      },
    },
  } as object);
  await serveFrontEnds(app);
  return app;
}

/** The reference page's bundle evaluates its own text; it may reach nothing but this site. */
const docsPolicy =
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self' data:; frame-ancestors 'none'";

async function apiRoutes(app: HttpApp, deps: ServerDeps): Promise<void> {
  const { network } = deps;
  const { db, clock, access } = network;
  const now = clock.now;
  const { wallets, verification } = network;
  await app.register(walletRoutes({ db, now, wallets, access }) as never);
  const { demand, hasFactor } = verification;
  await app.register(deviceRoutes({ db, now, wallets, access, demand, hasFactor }) as never);
  const kick = () =>
    void wallets.tellBanks().catch((err: unknown) => deps.logger.error({ err }, 'banks were not told'));
  await app.register(identityRoutes({ db, now, wallets, demand: verification.demand, kick }) as never);
  const traces = tracesOf(network);
  await app.register(leavingRoutes({ db, now, wallets, traces, demand: verification.demand, kick }) as never);
  await app.register(verificationRoutes({ db, now, wallets, verification }) as never);
  await app.register(accountRoutes({ accounts: network.accounts }) as never);
  await app.register(
    openingRoutes({
      db,
      now,
      openings: network.openings,
      verification,
      sandbox: deps.sandbox !== null,
    }) as never,
  );
  await app.register(
    creditRoutes({
      db,
      now,
      bills: network.bills,
      applications: network.applications,
      verification,
    }) as never,
  );
  const { repayments, autoRepays } = network;
  await app.register(repayRoutes({ db, now, repayments, autoRepays, verification }) as never);
  await app.register(noticeRoutes({ db, now, notices: network.notices }) as never);
  const { pushes } = network;
  await app.register(pushRoutes({ db, now, pushes, lockDevice: wallets.lockDevice }) as never);
  await app.register(
    merchantRoutes({
      db,
      now,
      merchants: network.merchants,
      access,
      currency: network.config.currency,
      payables: async (accounts) => {
        const found = await network.ledger.lookupAccounts(db, accounts);
        return new Map(found.map((a) => [a.id, a.creditsPosted - a.debitsPosted]));
      },
    }) as never,
  );
  await moneyRoutes(app, network);
  await app.register(
    consoleRoutes({
      db,
      clock,
      access,
      members: network.members,
      merchants: network.merchants,
      links: network.links,
      ledger: network.ledger,
      outbox: network.outbox,
      audits: network.audits,
      payments: network.paymentRoutesDeps,
      currency: network.config.currency,
      timeZone: network.config.timeZone,
      businessDay: network.businessDay,
    }) as never,
  );
}

/** Payments, spending, transfers and requests, and what is told of them. */
async function moneyRoutes(app: HttpApp, network: Network): Promise<void> {
  await app.register(paymentRoutes(network.paymentRoutesDeps) as never);
  await app.register(payerRoutes(network.paymentRoutesDeps) as never);
  const { spendings, transferRoutesDeps } = network;
  await app.register(spendingRoutes({ ...network.paymentRoutesDeps, spendings }) as never);
  await app.register(transferRoutes(transferRoutesDeps) as never);
  await app.register(payeeRoutes(transferRoutesDeps) as never);
  await app.register(requestRoutes(transferRoutesDeps) as never);
  const alsoStreamed = [transferStream(transferRoutesDeps), requestStream(transferRoutesDeps)];
  await app.register(streamRoutes(network.paymentRoutesDeps, alsoStreamed) as never);
}

function systemRoutes(app: HttpApp, deps: ServerDeps): void {
  const { network, engine, metrics, sandbox } = deps;
  app.get(
    '/health',
    {
      schema: {
        tags: ['system'],
        summary: 'Health, engine and promises',
        response: { 200: Health, 503: Health },
      },
    },
    async (_request, reply) => {
      const now = await engine.look().catch(() => null);
      const { profile, promises, settings } = now ?? engine;
      const body: Health = {
        status: now === null || now.waits ? 'degraded' : 'ok',
        engine: engine.name,
        profile,
        promises,
        settings,
        mode: network.config.mode,
        version,
        links: network.links
          .states()
          .map((s) => ({ bank: network.members.get(s.memberId)?.code ?? s.memberId, state: s.phase })),
      };
      return reply
        .code(now === null ? 503 : 200)
        .header('cache-control', 'no-store')
        .send(body);
    },
  );
  app.get(
    '/metrics',
    { config: { produces: 'text/plain' }, schema: { tags: ['system'], summary: 'Metrics for Prometheus' } },
    async (_request, reply) => {
      const text = await metrics.metrics();
      return reply
        .type(metrics.contentType)
        .serializer((t: unknown) => t as string)
        .send(text);
    },
  );
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  messageRoutes(app, network, sandbox !== null);
  app.get(
    '/v1/sandbox',
    {
      config: { problems: ['not_found'] },
      schema: {
        tags: ['system'],
        summary: 'What a newcomer needs; sandbox only',
        response: { 200: Sandbox },
      },
    },
    async () => {
      if (sandbox === null) throw new ProblemError('not_found');
      return sandbox();
    },
  );
}

/** The inbox of the sandbox, for programs and for people. */
function messageRoutes(app: HttpApp, { inbox }: Network, open: boolean): void {
  app.get(
    '/v1/sandbox/messages',
    {
      config: { problems: ['not_found'] },
      schema: {
        tags: ['system'],
        summary: 'Short messages that would have been sent, newest first; sandbox only',
        querystring: MessageQuery,
        response: { 200: MessageList },
      },
    },
    async (request) => {
      if (!open) throw new ProblemError('not_found');
      const found = await inbox.list(request.query.mobile ?? null);
      return {
        data: found.map((m) => ({
          id: fromUuid(m.id, 'msg'),
          to: m.mobile,
          purpose: m.purpose,
          code: m.code,
          sent_at: instant(m.sentAtMs),
        })),
      };
    },
  );
  app.get('/sandbox/messages', { schema: { hide: true } }, async (_request, reply) => {
    if (!open) throw new ProblemError('not_found');
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .serializer((text: unknown) => text as string)
      .send(messagesPage(await inbox.list(null)));
  });
}

function openApiHead(publicUrl: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Feiqian API',
      version,
      description:
        'Amounts are integers in minor units. Writes take an `Idempotency-Key`. Errors are problem details (RFC 9457) with a stable `code`; docs/errors.md lists them.',
    },
    servers: [{ url: publicUrl }],
    components: {
      securitySchemes: {
        merchant_key: {
          type: 'http' as const,
          scheme: 'bearer',
          description: 'Secret key of a merchant server',
        },
        session: {
          type: 'http' as const,
          scheme: 'bearer',
          description: 'Session of a wallet, till or console',
        },
      },
    },
  };
}

const signedBy = ' A wallet’s request is signed by its device (docs/device-key.md).';

/** Adds to each route who may call it. */
function describeRoute(described: {
  schema: object;
  url: string;
  route: { config?: { callers?: readonly string[]; signed?: unknown } };
}): { schema: object; url: string } {
  const callers = described.route.config?.callers;
  const { schema, url } = described;
  if (!callers) return { schema, url };
  const security = callers.map((c) => (c === 'merchant_key' ? { merchant_key: [] } : { session: [] }));
  const signed = described.route.config?.signed === undefined ? '' : signedBy;
  return { schema: { ...schema, security, description: `Callers: ${callers.join(', ')}.${signed}` }, url };
}
