import type { Admission, Lag } from '@feiqian/http';
import { Gauge, type Registry } from '@feiqian/telemetry';
import type { Network } from './compose.ts';
import type { Engine, Promises } from './engine.ts';

/** How long one look at the database serves, ms. */
const sharedMs = 500;
const breakerLevels = { closed: 0, half_open: 1, open: 2 } as const;

/** Figures with their names, each collected when Prometheus asks. */
function gaugesOf(registry: Registry) {
  return (
    name: string,
    help: string,
    labelNames: string[],
    collect: (g: Gauge) => void | Promise<void>,
  ): void => {
    const gauge = { name, help, labelNames, registers: [registry] };
    new Gauge({
      ...gauge,
      collect() {
        return collect(this);
      },
    });
  };
}

/** What a network tells Prometheus beside the process's own figures. */
export function meter(registry: Registry, network: Network): void {
  const gauge = gaugesOf(registry);
  const { pipeline } = network.payments;
  gauge('feiqian_payment_commands_total', 'Commands of the payment pipeline since the start', [], (g) =>
    g.set(pipeline.stats.commands),
  );
  gauge('feiqian_payment_groups_total', 'Groups committed by the payment pipeline since the start', [], (g) =>
    g.set(pipeline.stats.groups),
  );
  gauge('feiqian_payment_commands_waiting', 'Commands waiting for a group', [], (g) =>
    g.set(pipeline.waiting),
  );

  type LinkState = ReturnType<Network['links']['states']>[number];
  const perBank = (name: string, help: string, value: (s: LinkState) => number | null) =>
    gauge(name, help, ['bank'], (g) => {
      for (const s of network.links.states()) {
        const figure = value(s);
        const bank = network.members.get(s.memberId)?.code ?? s.memberId;
        if (figure !== null) g.set({ bank }, figure);
      }
    });
  perBank('feiqian_link_up', '1 when the link to a bank is signed on', (s) =>
    s.phase === 'signed_on' ? 1 : 0,
  );
  perBank('feiqian_link_in_flight', 'Messages under way to a bank', (s) => s.inFlight);
  perBank(
    'feiqian_link_breaker',
    'Breaker of a bank: 0 closed, 1 half open, 2 open',
    (s) => breakerLevels[s.breaker.state],
  );
  perBank(
    'feiqian_link_breaker_opened_total',
    'Times the breaker of a bank has opened since the start',
    (s) => s.breaker.opened,
  );
  perBank(
    'feiqian_link_breaker_refused_total',
    'Messages that were not sent to a bank because of its breaker, since the start',
    (s) => s.breaker.refused,
  );
  perBank(
    'feiqian_link_repeats_left',
    'Stored messages that may be repeated to a bank now',
    (s) => s.repeatsLeft,
  );
  perBank('feiqian_link_p99_ms', 'p99 of the answers of a bank over the last minute', (s) => s.p99Ms);
}

/** What admission tells Prometheus. */
export function meterAdmission(registry: Registry, admission: Admission, lag: Lag): void {
  const gauge = gaugesOf(registry);
  gauge('feiqian_event_loop_late_ms', 'How late the event loop has been lately', [], (g) => g.set(lag.ms()));
  gauge('feiqian_expected_wait_ms', 'How long a request that came now would wait', ['work'], (g) => {
    for (const [work, f] of admission.figures()) g.set({ work }, f.expectedWaitMs);
  });
  gauge('feiqian_requests_under_way', 'Requests that were let in and have not ended', ['work'], (g) => {
    for (const [work, f] of admission.figures()) g.set({ work }, f.underWay);
  });
  gauge('feiqian_requests_admitted_total', 'Requests let in since the start', ['work'], (g) => {
    for (const [work, f] of admission.figures()) g.set({ work }, f.admitted);
  });
  gauge('feiqian_requests_refused_total', 'Requests refused since the start', ['work', 'why'], (g) => {
    for (const [work, f] of admission.figures())
      for (const [why, count] of Object.entries(f.refused)) g.set({ work, why }, count);
  });
}

/** What the continuous audit found. Figures must be had also when the database is not: then they stay as they were. */
export function meterAudit(registry: Registry, network: Network): void {
  const gauge = gaugesOf(registry);
  // The two are collected together, and are of one look.
  let asked: ReturnType<Network['audits']['state']> | null = null;
  const look = () => {
    asked ??= network.audits.state().finally(() => {
      asked = null;
    });
    return asked.catch(() => null);
  };
  gauge(
    'feiqian_audit_findings',
    'Rows that break an invariant, by the last look of the continuous audit',
    ['of', 'check'],
    async (g) => {
      const state = await look();
      if (state === null) return;
      g.reset();
      for (const c of state.checks) g.set({ of: c.of, check: c.name.slice(c.of.length + 1) }, c.findings);
    },
  );
  gauge(
    'feiqian_audit_last_look_timestamp_seconds',
    'When the continuous audit last looked, in seconds since 1970',
    [],
    async (g) => {
      const last = (await look())?.last;
      if (last) g.set(last.atMs / 1000);
    },
  );
}

/** What the database lets this process promise. Figures must be had also when it is not there: then these are not. */
export function meterDatabase(registry: Registry, engine: Pick<Engine, 'look'>): void {
  let last: { at: number; told: Promise<Promises | null> } | null = null;
  // The gauges of one scrape share one look.
  const look = () => {
    if (last === null || performance.now() - last.at > sharedMs)
      last = { at: performance.now(), told: engine.look().catch(() => null) };
    return last.told;
  };
  const gauge = (name: string, help: string, read: (told: Promises) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const told = await look();
        if (told === null) this.remove();
        else this.set(read(told));
      },
    });
  gauge(
    'feiqian_database_profile',
    '1 embedded, 2 one PostgreSQL, 3 with a synchronous standby: docs/guides/production.md',
    (told) => ['A', 'B', 'C'].indexOf(told.profile) + 1,
  );
  gauge('feiqian_database_standby_missing', '1 while commits wait for a standby and none is there', (told) =>
    told.waits ? 1 : 0,
  );
  gauge('feiqian_database_commits_waiting', 'Commits that wait for a standby', (told) =>
    Number(told.settings['commits waiting'] ?? 0),
  );
}
