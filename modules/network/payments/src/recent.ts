import type { Command } from './authorise.ts';
import type { Payment } from './payment.ts';

/** Payments kept at the most: those that wait for their payer or their bank. */
const recentMax = 20_000;
/** States after which nothing more of the hot path comes. */
const waiting = new Set(['created', 'processing', 'declined']);

/** Payments as this process stored them last. Another process may have changed them since: see `runGroup`. */
export interface Recent {
  keep(payment: Payment): void;
  forget(id: string): void;
  /** Those of the payments that the commands are about which are known here. */
  of(commands: readonly Command[]): Map<string, Payment>;
}

export function createRecent(): Recent {
  const kept = new Map<string, Payment>();
  return {
    keep(payment) {
      kept.delete(payment.id);
      if (!waiting.has(payment.state)) return;
      kept.set(payment.id, payment);
      if (kept.size > recentMax) kept.delete(kept.keys().next().value as string);
    },
    forget(id) {
      kept.delete(id);
    },
    of(commands) {
      const found = new Map<string, Payment>();
      for (const command of commands) {
        if (command.kind === 'create') continue;
        const payment = kept.get(command.paymentId);
        if (payment !== undefined) found.set(payment.id, payment);
      }
      return found;
    },
  };
}
