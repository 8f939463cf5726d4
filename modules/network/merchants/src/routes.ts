import type { Access } from '@feiqian/access';
import {
  type ConsolePrincipal,
  callerAs,
  callerOf,
  clearSessionCookie,
  sessionMs,
  setSessionCookie,
  type TillPrincipal,
} from '@feiqian/access';
import {
  CreatedStaff,
  CreateMerchant,
  CreateStaff,
  Id,
  MerchantPage,
  type MerchantView,
  MerchantView as MerchantViewSchema,
  PageQuery,
  ReviewedMerchant,
  ReviewMerchant,
  Strict,
  type TillMe,
  TillMe as TillMeSchema,
  TillSession,
  TillSignIn,
} from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { type HttpApp, idempotently, ProblemError, requestKey, sendAnswer } from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import type { Merchant } from './merchant.ts';
import type { Merchants } from './merchants.ts';

const MerchantParams = Strict({ id: Id('mer') });
const pageSize = 20;

/** Routes of tills and of merchants at the console. */
export function merchantRoutes(deps: {
  db: Db;
  now: () => number;
  merchants: Merchants;
  access: Access;
  currency: string;
  payables: (accounts: readonly string[]) => Promise<Map<string, bigint>>;
}) {
  return async (app: HttpApp): Promise<void> => {
    tillRoutes(app, deps);
    consoleRoutes(app, deps);
  };
}

type Deps = Parameters<typeof merchantRoutes>[0];

async function tillMe(deps: Deps, p: TillPrincipal): Promise<TillMe> {
  const till = await deps.merchants.till(p.storeId);
  if (!till) throw new ProblemError('not_found');
  return {
    staff: { id: fromUuid(p.staffId, 'stf'), name: p.staffName, role: p.role },
    merchant: { id: fromUuid(till.merchant.id, 'mer'), name: till.merchant.name },
    store: { id: fromUuid(till.store.id, 'sto'), name: till.store.name },
    terminal: p.terminal,
    currency: till.merchant.currency,
    may_refund: p.role === 'supervisor',
  };
}

function tillRoutes(app: HttpApp, deps: Deps): void {
  app.post(
    '/v1/till/sessions',
    {
      config: { problems: ['wrong_code', 'too_many_attempts', 'too_many_requests', 'not_found'] },
      schema: {
        tags: ['till'],
        summary: 'Sign a member of staff in',
        body: TillSignIn,
        response: { 201: TillSession },
      },
    },
    async (request, reply) => {
      const { staff_number, pin, device_name } = request.body;
      const { principal, credential } = await deps.merchants.signIn(staff_number, pin, device_name);
      setSessionCookie(reply, 'till', credential.secret, (sessionMs.till ?? 0) / 1000);
      return reply.code(201).send({ token: credential.secret, me: await tillMe(deps, principal) });
    },
  );
  app.delete(
    '/v1/till/sessions/current',
    {
      config: { callers: ['till'], produces: null },
      schema: { tags: ['till'], summary: 'Sign out' },
    },
    async (request, reply) => {
      if (request.credentialId !== null) await deps.access.revoke(deps.db, request.credentialId, 'till');
      clearSessionCookie(reply, 'till');
      return reply.code(204).send();
    },
  );
  app.get(
    '/v1/till/me',
    {
      config: { callers: ['till'], problems: ['not_found'] },
      schema: { tags: ['till'], summary: 'Who and where this till is', response: { 200: TillMeSchema } },
    },
    (request) => tillMe(deps, callerAs(request, 'till')),
  );
}

/** The merchant whose things a console user may see: null for all of them. */
function scopeOf(p: ConsolePrincipal): string | null {
  if (p.role === 'merchant') return p.tenant?.id ?? p.operatorId;
  if (p.role === 'bank' || p.role === 'call_centre') throw new ProblemError('forbidden');
  return null;
}

function consoleRoutes(app: HttpApp, deps: Deps): void {
  const { merchants } = deps;
  app.get(
    '/v1/console/merchants',
    {
      config: { callers: ['console'] },
      schema: {
        tags: ['console'],
        summary: 'Merchants',
        querystring: PageQuery,
        response: { 200: MerchantPage },
      },
    },
    async (request) => {
      const only = scopeOf(callerAs(request, 'console'));
      const limit = request.query.limit ?? pageSize;
      const found = await merchants.list(only, cursorOf(request.query.cursor), limit + 1);
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        data: await viewsOf(deps, page),
        next_cursor: found.length > limit && last ? fromUuid(last.id, 'mer') : null,
      };
    },
  );
  app.post(
    '/v1/console/merchants',
    {
      config: { callers: ['console'], keyed: true },
      schema: {
        tags: ['console'],
        summary: 'Register a merchant',
        body: CreateMerchant,
        response: { 201: MerchantViewSchema },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'console');
      if (p.role !== 'operator') throw new ProblemError('forbidden');
      const b = request.body;
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        const made = await merchants.register(tx, {
          name: b.name,
          nameEn: b.name_en,
          mcc: b.mcc,
          city: b.city,
          licence: b.licence,
          settlementAccount: b.settlement_account,
          storeName: b.store_name,
          currency: deps.currency,
        });
        return {
          status: 201,
          body: viewOf(made.merchant, 0n, [made.store], []),
        };
      });
      return sendAnswer(reply, answer);
    },
  );
  app.post(
    '/v1/console/merchants/:id/review',
    {
      config: { callers: ['console'], keyed: true, problems: ['not_found'] },
      schema: {
        tags: ['console'],
        summary: 'Approve or suspend',
        params: MerchantParams,
        body: ReviewMerchant,
        response: { 200: ReviewedMerchant },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'console');
      if (p.role !== 'operator') throw new ProblemError('forbidden');
      const id = toUuid(request.params.id, 'mer');
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        await merchants.review(tx, id, request.body.decision);
        return { status: 200, body: { id: request.params.id, decision: request.body.decision } };
      });
      return sendAnswer(reply, answer);
    },
  );
  app.post(
    '/v1/console/merchants/:id/staff',
    {
      config: { callers: ['console'], keyed: true, problems: ['not_found', 'store_unknown'] },
      schema: {
        tags: ['console'],
        summary: 'Add a member of staff',
        params: MerchantParams,
        body: CreateStaff,
        response: { 201: CreatedStaff },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'console');
      const only = scopeOf(p);
      const merchantId = toUuid(request.params.id, 'mer');
      if (p.role === 'read_only') throw new ProblemError('forbidden');
      if (only !== null && only !== merchantId) throw new ProblemError('not_found');
      if (!(await merchants.merchant(merchantId))) throw new ProblemError('not_found');
      const { store_id, name, role, pin } = request.body;
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        const staff = await merchants.addStaff(tx, {
          merchantId,
          storeId: toUuid(store_id, 'sto'),
          name,
          role,
          pin,
        });
        const body = { id: fromUuid(staff.id, 'stf'), number: staff.number, name, role, store_id };
        return { status: 201, body };
      });
      return sendAnswer(reply, answer);
    },
  );
}

function cursorOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return toUuid(text, 'mer');
  } catch {
    throw new ProblemError('invalid_request', 'cursor: not one that a list gave');
  }
}

async function viewsOf(deps: Deps, page: readonly Merchant[]): Promise<MerchantView[]> {
  const ids = page.map((m) => m.id);
  const [stores, staff, payables] = await Promise.all([
    deps.merchants.storesOf(ids),
    deps.merchants.staffOf(ids),
    deps.payables(page.map((m) => m.payableAccount)),
  ]);
  return page.map((m) =>
    viewOf(
      m,
      payables.get(m.payableAccount) ?? 0n,
      stores.filter((s) => s.merchantId === m.id),
      staff.filter((s) => s.merchantId === m.id),
    ),
  );
}

function viewOf(
  m: Merchant,
  payable: bigint,
  stores: readonly { id: string; name: string }[],
  staff: readonly { id: string; name: string; number: string; role: string; storeId: string }[],
): MerchantView {
  return {
    id: fromUuid(m.id, 'mer'),
    name: m.name,
    name_en: m.nameEn,
    mcc: m.mcc,
    status: m.status,
    city: m.city,
    settlement_account: `•••• ${m.settlementTail}`,
    payable: Number(payable),
    currency: m.currency,
    stores: stores.map((s) => ({ id: fromUuid(s.id, 'sto'), name: s.name, code: m.code })),
    staff: staff.map((s) => ({
      id: fromUuid(s.id, 'stf'),
      name: s.name,
      number: s.number,
      role: s.role,
      store_id: fromUuid(s.storeId, 'sto'),
    })),
  };
}
