import { callerAs } from '@feiqian/access';
import { instant } from '@feiqian/clock';
import { type Tick, type Today, Today as TodaySchema } from '@feiqian/contract';
import { type EventStream, type HttpApp, openStream } from '@feiqian/http';
import type { SecondCount, StoredEvent } from '@feiqian/outbox';
import { countByHour, countRefunds, type HourCount } from '@feiqian/payments';
import type { ConsoleDeps } from './deps.ts';
import { positionsOf } from './memberRoutes.ts';
import { type Scope, scopeOf } from './scope.ts';

const desk = { callers: ['console'] as const };
const secondMs = 1_000;
const windowSeconds = 300;
/** How long a day's summary is kept in memory: counting a busy day is not free. */
const keepMs = 2_000;

const approvedTypes = ['payment.captured', 'payment.authorised'];
const tickTypes = ['payment.created', ...approvedTypes, 'payment.declined', 'payment.unknown'];

const emptyTick = (atMs: number): Tick => ({
  at: instant(atMs),
  created: 0,
  approved: 0,
  declined: 0,
  unknown: 0,
});

function count(tick: Tick, type: string, n: number): void {
  if (type === 'payment.created') tick.created += n;
  else if (approvedTypes.includes(type)) tick.approved += n;
  else if (type === 'payment.declined') tick.declined += n;
  else if (type === 'payment.unknown') tick.unknown += n;
}

/** The network's day, and its pulse second by second. */
export function todayRoutes(app: HttpApp, deps: ConsoleDeps): void {
  const kept = new Map<string, { untilMs: number; today: Today }>();
  app.get(
    '/v1/console/today',
    {
      config: desk,
      schema: { tags: ['console'], summary: 'Today in figures', response: { 200: TodaySchema } },
    },
    async (request) => {
      const scope = scopeOf(callerAs(request, 'console'));
      const name = `${scope.merchantId} ${scope.issuerId}`;
      const now = deps.clock.now();
      const known = kept.get(name);
      if (known && known.untilMs > now) return known.today;
      const today = await summarise(deps, scope, now);
      if (kept.size > 100) kept.clear();
      kept.set(name, { untilMs: now + keepMs, today });
      return today;
    },
  );
  pulseRoute(app, deps);
}

async function summarise(deps: ConsoleDeps, scope: Scope, now: number): Promise<Today> {
  const day = deps.businessDay(now);
  const fromMs = Math.floor(now / secondMs) * secondMs - windowSeconds * secondMs;
  const q = { fromMs: day.startMs, ...scope };
  const [hours, refunds, seconds, positions] = await Promise.all([
    countByHour(deps.db, { ...q, timeZone: deps.timeZone }),
    countRefunds(deps.db, q),
    deps.outbox.countBySecond(deps.db, fromMs, tickTypes, scope.merchantId ?? scope.issuerId),
    positionsOf(deps),
  ]);
  const sum = (states: readonly string[]) =>
    hours.filter((h) => states.includes(h.state)).reduce((n, h) => n + h.count, 0);
  return {
    business_date: day.date,
    captured_count: sum(capturedStates),
    captured_amount: Number(hours.reduce((n, h) => n + h.captured, 0n)),
    refunded_count: refunds.count,
    refunded_amount: Number(refunds.amount),
    declined_count: sum(['declined']),
    unknown_count: sum(['unknown']),
    currency: deps.currency,
    ticks: ticksOf(seconds, fromMs),
    hours: byHour(hours),
    banks: banksOf(deps, scope, hours, positions),
  };
}

const capturedStates = ['captured', 'partially_refunded', 'refunded'];
const approvedStates = [...capturedStates, 'authorised'];

function ticksOf(seconds: readonly SecondCount[], fromMs: number): Tick[] {
  const ticks = Array.from({ length: windowSeconds }, (_, i) => emptyTick(fromMs + i * secondMs));
  for (const s of seconds) {
    const tick = ticks[(s.atMs - fromMs) / secondMs];
    if (tick) count(tick, s.type, s.count);
  }
  return ticks;
}

function byHour(hours: readonly HourCount[]): Today['hours'] {
  return Array.from({ length: 24 }, (_, hour) => {
    const rows = hours.filter((h) => h.hour === hour && capturedStates.includes(h.state));
    return {
      hour,
      count: rows.reduce((n, r) => n + r.count, 0),
      amount: Number(rows.reduce((n, r) => n + r.captured, 0n)),
    };
  });
}

function banksOf(
  deps: ConsoleDeps,
  scope: Scope,
  hours: readonly HourCount[],
  positions: Map<string, bigint>,
): Today['banks'] {
  const states = new Map(deps.links.states().map((s) => [s.memberId, s]));
  const issuers = deps.members
    .list()
    .filter((m) => m.roles.includes('issuer') && (scope.issuerId === null || m.id === scope.issuerId));
  return issuers.map((m) => {
    const of = (list: readonly string[]) =>
      hours.filter((h) => h.issuerId === m.id && list.includes(h.state)).reduce((n, h) => n + h.count, 0);
    const approved = of(approvedStates);
    const declined = of(['declined']);
    const link = states.get(m.id);
    return {
      id: m.code,
      name: m.name,
      name_en: m.nameEn,
      approved,
      declined,
      approval_rate: approved + declined === 0 ? null : approved / (approved + declined),
      p50_ms: link?.p50Ms ?? null,
      p99_ms: link?.p99Ms ?? null,
      position: scope.merchantId === null ? Number(positions.get(m.id) ?? 0n) : 0,
    };
  });
}

/** One tick a second to each open console, counted from the events as they pass. */
function pulseRoute(app: HttpApp, deps: ConsoleDeps): void {
  const open = new Set<{ stream: EventStream; tenant: string | null; tick: Tick }>();
  let stop: (() => void) | null = null;

  function begin(): () => void {
    const unsubscribe = deps.outbox.subscribe((events: StoredEvent[]) => {
      for (const e of events) {
        for (const o of open) if (o.tenant === null || e.tenants.includes(o.tenant)) count(o.tick, e.type, 1);
      }
    });
    const timer = setInterval(() => {
      const atMs = Math.floor(deps.clock.now() / secondMs) * secondMs - secondMs;
      for (const o of open) {
        o.stream.send({ event: 'tick', data: { ...o.tick, at: instant(atMs) } });
        o.tick = emptyTick(atMs);
      }
    }, secondMs);
    return () => {
      clearInterval(timer);
      unsubscribe();
    };
  }

  app.get(
    '/v1/console/stream',
    {
      exposeHeadRoute: false,
      config: { ...desk, produces: 'text/event-stream' },
      schema: { tags: ['console'], summary: 'One tick a second (SSE)' },
    },
    (request, reply) => {
      const scope = scopeOf(callerAs(request, 'console'));
      const one = {
        stream: openStream(request, reply),
        tenant: scope.merchantId ?? scope.issuerId,
        tick: emptyTick(deps.clock.now()),
      };
      open.add(one);
      stop ??= begin();
      one.stream.onClose(() => {
        open.delete(one);
        if (open.size === 0) {
          stop?.();
          stop = null;
        }
      });
    },
  );
}
