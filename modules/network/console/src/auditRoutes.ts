import { callerAs } from '@feiqian/access';
import { instant } from '@feiqian/clock';
import { type AuditCheck, AuditView } from '@feiqian/contract';
import { type HttpApp, ProblemError } from '@feiqian/http';
import { fromUuid } from '@feiqian/ids';
import type { ConsoleDeps } from './deps.ts';
import type { StoredCheck } from './store.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What the continuous audit found, for the network's own people. */
export function auditRoutes(app: HttpApp, deps: ConsoleDeps): void {
  app.get(
    '/v1/console/audit',
    {
      config: { callers: ['console'] as const },
      schema: {
        tags: ['console'],
        summary: 'What the continuous audit of the books found',
        response: { 200: AuditView },
      },
    },
    async (request) => {
      const p = callerAs(request, 'console');
      if (p.role !== 'operator' && p.role !== 'read_only') throw new ProblemError('forbidden');
      const { everyMs, last, day, checks } = await deps.audits.state();
      return {
        every_seconds: everyMs / 1000,
        last:
          last === null
            ? null
            : {
                at: instant(last.atMs),
                ms: last.ms,
                payments: last.payments,
                checks: last.checks,
                findings: last.findings,
              },
        day: { looks: day.looks, payments: day.payments, looks_with_findings: day.withFindings },
        checks: checks.map(checkView),
      };
    },
  );
}

function checkView(c: StoredCheck): AuditCheck {
  return {
    name: c.name,
    invariant: c.id,
    of: c.of,
    subject: c.subject,
    title: c.title.en,
    title_zh: c.title.zh,
    looked_at: instant(c.lookedAtMs),
    rows_looked: c.rows,
    findings: c.findings,
    examples: c.examples.map(({ what, found }) => ({
      what,
      payment_id: c.subject === 'payment' && uuid.test(what) ? fromUuid(what, 'pay') : null,
      found,
    })),
    last_finding_at: c.lastFindingAtMs === null ? null : instant(c.lastFindingAtMs),
  };
}
