import type { Admission, Lag } from '@feiqian/http';
import { Gauge, type Registry } from '@feiqian/telemetry';
import type { Network } from './compose.ts';

const breakerLevels = { closed: 0, half_open: 1, open: 2 } as const;

/** What a network tells Prometheus beside the process's own figures. */
export function meter(registry: Registry, network: Network): void {
  const bankOf = (id: string) => network.members.get(id)?.code ?? id;
  new Gauge({
    name: 'feiqian_payment_commands_total',
    help: 'Commands of the payment pipeline since the start',
    registers: [registry],
    collect() {
      this.set(network.payments.pipeline.stats.commands);
    },
  });
  new Gauge({
    name: 'feiqian_payment_groups_total',
    help: 'Groups committed by the payment pipeline since the start',
    registers: [registry],
    collect() {
      this.set(network.payments.pipeline.stats.groups);
    },
  });
  new Gauge({
    name: 'feiqian_payment_commands_waiting',
    help: 'Commands waiting for a group',
    registers: [registry],
    collect() {
      this.set(network.payments.pipeline.waiting);
    },
  });
  new Gauge({
    name: 'feiqian_link_up',
    help: '1 when the link to a bank is signed on',
    labelNames: ['bank'],
    registers: [registry],
    collect() {
      for (const s of network.links.states())
        this.set({ bank: bankOf(s.memberId) }, s.phase === 'signed_on' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'feiqian_link_in_flight',
    help: 'Messages under way to a bank',
    labelNames: ['bank'],
    registers: [registry],
    collect() {
      for (const s of network.links.states()) this.set({ bank: bankOf(s.memberId) }, s.inFlight);
    },
  });
  new Gauge({
    name: 'feiqian_link_breaker',
    help: 'Breaker of a bank: 0 closed, 1 half open, 2 open',
    labelNames: ['bank'],
    registers: [registry],
    collect() {
      for (const s of network.links.states())
        this.set({ bank: bankOf(s.memberId) }, breakerLevels[s.breaker.state]);
    },
  });
  new Gauge({
    name: 'feiqian_link_breaker_opened_total',
    help: 'Times the breaker of a bank has opened since the start',
    labelNames: ['bank'],
    registers: [registry],
    collect() {
      for (const s of network.links.states()) this.set({ bank: bankOf(s.memberId) }, s.breaker.opened);
    },
  });
  new Gauge({
    name: 'feiqian_link_breaker_refused_total',
    help: 'Messages that were not sent to a bank because of its breaker, since the start',
    labelNames: ['bank'],
    registers: [registry],
    collect() {
      for (const s of network.links.states()) this.set({ bank: bankOf(s.memberId) }, s.breaker.refused);
    },
  });
  new Gauge({
    name: 'feiqian_link_repeats_left',
    help: 'Stored messages that may be repeated to a bank now',
    labelNames: ['bank'],
    registers: [registry],
    collect() {
      for (const s of network.links.states()) this.set({ bank: bankOf(s.memberId) }, s.repeatsLeft);
    },
  });
  new Gauge({
    name: 'feiqian_link_p99_ms',
    help: 'p99 of the answers of a bank over the last minute',
    labelNames: ['bank'],
    registers: [registry],
    collect() {
      for (const s of network.links.states())
        if (s.p99Ms !== null) this.set({ bank: bankOf(s.memberId) }, s.p99Ms);
    },
  });
}

/** What admission tells Prometheus. */
export function meterAdmission(registry: Registry, admission: Admission, lag: Lag): void {
  const gauge = (name: string, help: string, labelNames: string[], collect: (g: Gauge) => void) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        collect(this);
      },
    });
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

/** What the continuous audit found. Figures must be had also when the database is not. */
export function meterAudit(registry: Registry, network: Network): void {
  const found = () => network.audits.state().catch(() => null);
  new Gauge({
    name: 'feiqian_audit_findings',
    help: 'Rows that break an invariant, by the last look of the continuous audit',
    labelNames: ['of', 'check'],
    registers: [registry],
    async collect() {
      const state = await found();
      this.reset();
      for (const c of state?.checks ?? []) {
        this.set({ of: c.of, check: c.name.slice(c.of.length + 1) }, c.findings);
      }
    },
  });
  new Gauge({
    name: 'feiqian_audit_last_look_timestamp_seconds',
    help: 'When the continuous audit last looked, in seconds since 1970',
    registers: [registry],
    async collect() {
      const last = (await found())?.last;
      if (last) this.set(last.atMs / 1000);
    },
  });
}
