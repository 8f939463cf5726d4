import { callerAs } from '@feiqian/access';
import { instant } from '@feiqian/clock';
import {
  ConsolePaymentPage,
  Id,
  type PaymentSearch,
  PaymentSearch as PaymentSearchSchema,
  type PaymentStory,
  PaymentStory as PaymentStorySchema,
  Strict,
} from '@feiqian/contract';
import { type HttpApp, ProblemError } from '@feiqian/http';
import { hasPrefix, toUuid } from '@feiqian/ids';
import { FIELDS_1987 } from '@feiqian/iso8583';
import { createdAtMs, type Transfer } from '@feiqian/ledger';
import { exchangesOf, forwardsOf } from '@feiqian/links';
import { eventView, kindByCode, type Payment, paymentPage, paymentView, refundView } from '@feiqian/payments';
import type { ConsoleDeps } from './deps.ts';
import { type Scope, scopeOf, sees } from './scope.ts';

const desk = { callers: ['console'] as const };
const csvRowsMax = 10_000;
const csvPage = 100;

/** Search, story and export of payments at the console. */
export function paymentRoutes(app: HttpApp, deps: ConsoleDeps): void {
  app.get(
    '/v1/console/payments',
    {
      config: { ...desk, problems: ['bank_unknown'] },
      schema: {
        tags: ['console'],
        summary: 'Search payments',
        querystring: PaymentSearchSchema,
        response: { 200: ConsolePaymentPage },
      },
    },
    (request) => search(deps, scopeOf(callerAs(request, 'console')), request.query),
  );
  app.get(
    '/v1/console/payments/:id',
    {
      config: { ...desk, problems: ['not_found'] },
      schema: {
        tags: ['console'],
        summary: 'The whole story of a payment',
        params: Strict({ id: Id('pay') }),
        response: { 200: PaymentStorySchema },
      },
    },
    async (request) => {
      const payment = await deps.payments.payments.find(deps.db, toUuid(request.params.id, 'pay'));
      const scope = scopeOf(callerAs(request, 'console'));
      if (!payment || !sees(scope, payment)) throw new ProblemError('not_found');
      return storyOf(deps, payment, scope);
    },
  );
  app.get(
    '/v1/console/payments.csv',
    {
      config: { ...desk, produces: 'text/csv', problems: ['bank_unknown'] },
      schema: { tags: ['console'], summary: 'Found payments as CSV', querystring: PaymentSearchSchema },
    },
    async (request, reply) => {
      const scope = scopeOf(callerAs(request, 'console'));
      const lines = [csvHeader];
      let cursor: string | null | undefined = request.query.cursor;
      while (cursor !== null && lines.length <= csvRowsMax) {
        const page = await search(deps, scope, {
          ...request.query,
          limit: csvPage,
          ...(cursor === undefined ? {} : { cursor }),
        });
        for (const p of page.data) {
          lines.push(
            csvLine([
              p.id,
              p.created_at,
              p.state,
              p.amount,
              p.currency,
              p.merchant.name,
              p.store.name,
              p.order_reference,
              p.card?.bank_name_en,
              p.card?.last4,
              p.rrn,
              p.captured_amount,
              p.refunded_amount,
            ]),
          );
        }
        cursor = page.next_cursor;
      }
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="payments.csv"')
        .serializer((text: unknown) => text as string)
        .send(`\ufeff${lines.join('\r\n')}\r\n`);
    },
  );
}

const csvHeader =
  'id,created_at,state,amount_minor,currency,merchant,store,order_reference,bank,card_last4,rrn,captured_minor,refunded_minor';

/** RFC 4180, and no cell that a spreadsheet would take for a formula. */
function csvLine(cells: readonly (string | number | null | undefined)[]): string {
  return cells
    .map((c) => {
      const text = c === null || c === undefined ? '' : String(c);
      const safe = typeof c === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    })
    .join(',');
}

function search(deps: ConsoleDeps, scope: Scope, q: PaymentSearch) {
  const bank = q.bank === undefined ? undefined : deps.members.byCode(q.bank);
  if (q.bank !== undefined && bank === undefined) throw new ProblemError('bank_unknown');
  const merchantId = q.merchant_id === undefined ? null : toUuid(q.merchant_id, 'mer');
  const outside =
    (scope.merchantId !== null && merchantId !== null && merchantId !== scope.merchantId) ||
    (scope.issuerId !== null && bank !== undefined && bank.id !== scope.issuerId);
  if (outside) return Promise.resolve({ data: [], next_cursor: null });
  const text = q.q?.trim() ?? null;
  const byId = text !== null && hasPrefix(text, 'pay');
  return paymentPage(deps.payments, q, {
    merchantId: scope.merchantId ?? merchantId,
    issuerId: scope.issuerId ?? bank?.id ?? null,
    state: q.state ?? null,
    entry: q.entry ?? null,
    paymentId: byId ? toUuid(text, 'pay') : null,
    text: text === null || text === '' || byId ? null : text,
    fromMs: instantOf(q.from),
    toMs: instantOf(q.to),
  });
}

const instantOf = (text: string | undefined): number | null => (text === undefined ? null : Date.parse(text));

/** The story of a payment; of another bank's part in it (a card that was tried before) a bank hears nothing. */
async function storyOf(deps: ConsoleDeps, p: Payment, { issuerId }: Scope): Promise<PaymentStory> {
  const { payments, view } = deps.payments;
  const [refunds, events, exchanges, transfers, forwards] = await Promise.all([
    payments.refunds(deps.db, p.id),
    deps.outbox.eventsOf(deps.db, p.id),
    exchangesOf(deps.db, p.id),
    deps.ledger.transfersByGroup(deps.db, p.id),
    forwardsOf(deps.db, p.id),
  ]);
  const own = (memberId: string) => issuerId === null || memberId === issuerId;
  return {
    payment: paymentView(p, view),
    refunds: refunds.map(refundView),
    events: events.filter((e) => issuerId === null || e.tenants.includes(issuerId)).map(eventView),
    exchanges: exchanges
      .filter((e) => own(e.memberId))
      .map((e) => ({
        id: e.id,
        kind: e.kind,
        mti: e.mti,
        bank: deps.members.get(e.memberId)?.code ?? e.memberId,
        sent_at: instant(e.sentAtMs),
        received_at: e.receivedAtMs === null ? null : instant(e.receivedAtMs),
        outcome: e.outcome,
        response_code: e.responseCode,
        request: fieldsOf(e.request),
        response: e.response === null ? null : fieldsOf(e.response),
      })),
    entries: transfers.map((t) => entryView(deps, p, t)),
    forwards: forwards
      .filter((f) => own(f.memberId))
      .map((f) => ({
        id: f.id,
        kind: f.kind,
        attempts: f.attempts,
        next_attempt_at: f.acknowledgedAtMs === null ? instant(f.nextAttemptAtMs) : null,
        acknowledged_at: f.acknowledgedAtMs === null ? null : instant(f.acknowledgedAtMs),
        response_code: f.responseCode,
        escalated: f.escalatedAtMs !== null,
      })),
  };
}

function fieldsOf(masked: Record<string, string>) {
  return Object.entries(masked)
    .filter(([field]) => /^[0-9]+$/.test(field))
    .map(([field, value]) => ({ field: Number(field), name: FIELDS_1987[Number(field)]?.name ?? '', value }));
}

function entryView(deps: ConsoleDeps, p: Payment, t: Transfer) {
  const account = (id: string) => {
    if (id === p.payableAccount)
      return { id, name: `Payable to ${p.merchantName}`, name_zh: `应付 ${p.merchantName}` };
    const member = deps.members
      .list()
      .find((m) => m.roles.includes('issuer') && deps.members.positionAccount(m.id, p.currency) === id);
    return {
      id,
      name: `Position of ${member?.nameEn ?? 'a member'}`,
      name_zh: `${member?.name ?? '成员'} 头寸`,
    };
  };
  const kind = t.flags.postPending
    ? 'post'
    : t.flags.voidPending
      ? 'void'
      : (kindByCode.get(t.code) ?? 'other');
  return {
    id: t.id,
    at: instant(createdAtMs(t)),
    debit: account(t.debitAccountId),
    credit: account(t.creditAccountId),
    amount: Number(t.amount),
    currency: p.currency,
    kind: t.flags.pending ? (kindByCode.get(t.code) === 'refund' ? 'refund_hold' : 'hold') : kind,
  };
}
