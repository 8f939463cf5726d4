import { Gauge, type Registry } from '@feiqian/telemetry';
import type { Network } from './compose.ts';

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
