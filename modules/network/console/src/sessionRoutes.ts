import {
  type ConsolePrincipal,
  callerAs,
  callerOf,
  clearSessionCookie,
  sessionMs,
  setSessionCookie,
} from '@feiqian/access';
import { instant } from '@feiqian/clock';
import {
  type ApiKey,
  ApiKeyList,
  Changed,
  type ConsoleMe,
  ConsoleMe as ConsoleMeSchema,
  ConsoleSession,
  ConsoleSignIn,
  CreateApiKey,
  CreatedApiKey,
  Id,
  Strict,
} from '@feiqian/contract';
import { type HttpApp, idempotently, ProblemError, requestKey, sendAnswer } from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import { Type } from 'typebox';
import type { ConsoleDeps } from './deps.ts';

const desk = { callers: ['console'] as const };

function meOf(p: ConsolePrincipal): ConsoleMe {
  const prefix = p.tenant?.kind === 'bank' ? 'mbr' : 'mer';
  return {
    id: fromUuid(p.operatorId, 'opr'),
    name: p.name,
    role: p.role,
    tenant: p.tenant === null ? null : { id: fromUuid(p.tenant.id, prefix), name: p.tenant.name },
  };
}

/** Sign-in at the console, and merchants' API keys. */
export function sessionRoutes(app: HttpApp, deps: ConsoleDeps): void {
  app.post(
    '/v1/console/sessions',
    {
      config: { problems: ['wrong_code', 'too_many_attempts', 'too_many_requests'] },
      schema: {
        tags: ['console'],
        summary: 'Sign in at the console',
        body: ConsoleSignIn,
        response: { 201: ConsoleSession },
      },
    },
    async (request, reply) => {
      const { username, password } = request.body;
      const { principal, credential } = await deps.access.signInConsole(username, password);
      setSessionCookie(reply, 'console', credential.secret, (sessionMs.console ?? 0) / 1000);
      return reply.code(201).send({ token: credential.secret, me: meOf(principal as ConsolePrincipal) });
    },
  );
  app.delete(
    '/v1/console/sessions/current',
    { config: { ...desk, produces: null }, schema: { tags: ['console'], summary: 'Sign out' } },
    async (request, reply) => {
      if (request.credentialId !== null) await deps.access.revoke(deps.db, request.credentialId, 'console');
      clearSessionCookie(reply, 'console');
      return reply.code(204).send();
    },
  );
  app.get(
    '/v1/console/me',
    {
      config: desk,
      schema: { tags: ['console'], summary: 'Who is signed in', response: { 200: ConsoleMeSchema } },
    },
    async (request) => meOf(callerAs(request, 'console')),
  );
}

/** The merchant whose keys this user may handle: null for any. Banks and readers may handle none. */
function keysOf(p: ConsolePrincipal, write: boolean): string | null {
  if (p.role === 'merchant' && p.tenant) return p.tenant.id;
  if (p.role === 'operator' || (p.role === 'read_only' && !write)) return null;
  throw new ProblemError('forbidden');
}

function keyView(row: {
  id: string;
  name: string;
  prefix: string;
  created_at: Date;
  revoked_at: Date | null;
}): ApiKey {
  return {
    id: fromUuid(row.id, 'key'),
    name: row.name,
    prefix: row.prefix,
    created_at: instant(row.created_at.getTime()),
    revoked_at: row.revoked_at === null ? null : instant(row.revoked_at.getTime()),
  };
}

export function apiKeyRoutes(app: HttpApp, deps: ConsoleDeps): void {
  app.get(
    '/v1/console/api-keys',
    {
      config: desk,
      schema: {
        tags: ['console'],
        summary: "Merchants' API keys",
        querystring: Strict({ merchant_id: Type.Optional(Id('mer')) }),
        response: { 200: ApiKeyList },
      },
    },
    async (request) => {
      const only = keysOf(callerAs(request, 'console'), false);
      const asked = request.query.merchant_id === undefined ? null : toUuid(request.query.merchant_id, 'mer');
      if (only !== null && asked !== null && asked !== only) return { data: [] };
      const rows = await deps.access.merchantKeys(only ?? asked);
      return { data: rows.map(keyView) };
    },
  );
  app.post(
    '/v1/console/api-keys',
    {
      config: { ...desk, keyed: true, problems: ['not_found'] },
      schema: {
        tags: ['console'],
        summary: 'Make a key; it is shown this once',
        body: CreateApiKey,
        response: { 201: CreatedApiKey },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'console');
      const only = keysOf(p, true);
      const merchantId = toUuid(request.body.merchant_id, 'mer');
      if ((only !== null && only !== merchantId) || !(await deps.merchants.merchant(merchantId))) {
        throw new ProblemError('not_found');
      }
      // The answer holds the secret, so it is not kept: a repeat of the request makes no second key but shows none.
      const made: { secret?: string; body?: unknown } = {};
      const answer = await idempotently(
        { db: deps.db, now: deps.clock.now },
        requestKey(request, callerOf(p)),
        async (tx) => {
          const key = await deps.access.issue(
            tx,
            { kind: 'merchant_key', merchantId },
            request.body.name,
            merchantId,
          );
          const view = keyView({
            ...key,
            name: request.body.name,
            created_at: new Date(deps.clock.now()),
            revoked_at: null,
          });
          made.body = { key: view, secret: key.secret };
          return { status: 201, body: { key: view, secret: '(shown once)' } };
        },
      );
      return sendAnswer(
        reply,
        made.body === undefined ? answer : { status: 201, body: JSON.stringify(made.body) },
      );
    },
  );
  app.delete(
    '/v1/console/api-keys/:id',
    {
      config: { ...desk, keyed: true, problems: ['not_found'] },
      schema: {
        tags: ['console'],
        summary: 'Revoke a key',
        params: Strict({ id: Id('key') }),
        response: { 200: Changed('key') },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'console');
      const only = keysOf(p, true);
      const id = toUuid(request.params.id, 'key');
      const answer = await idempotently(
        { db: deps.db, now: deps.clock.now },
        requestKey(request, callerOf(p)),
        async (tx) => {
          const row = await deps.access.credential(id, tx);
          if (row?.kind !== 'merchant_key' || (only !== null && row.tenant !== only))
            throw new ProblemError('not_found');
          await deps.access.revoke(tx, id, 'merchant_key');
          return { status: 200, body: { id: request.params.id } };
        },
      );
      return sendAnswer(reply, answer);
    },
  );
}
