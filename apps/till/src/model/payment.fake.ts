import type { Payment, PaymentState } from '@feiqian/contract';

interface Wanted {
  id?: string;
  state?: PaymentState;
  amount?: number;
  captured?: number;
  refunded?: number;
  updatedMs?: number;
}

/** A payment as the network would send it, for tests. */
export function paymentOf(wanted: Wanted = {}): Payment {
  const state = wanted.state ?? 'created';
  const amount = wanted.amount ?? 1800;
  const updatedMs = wanted.updatedMs ?? Date.parse('2026-11-22T02:00:00.000Z');
  const money = ['captured', 'partially_refunded', 'refunded'].includes(state);
  return {
    id: wanted.id ?? `pay_${'0'.repeat(32)}`,
    state,
    amount,
    currency: 'CNY',
    authorised_amount: money ? amount : 0,
    captured_amount: wanted.captured ?? (money ? amount : 0),
    refunded_amount: wanted.refunded ?? 0,
    capture: 'automatic',
    entry: 'dynamic_code',
    order_reference: 'A1',
    description: null,
    merchant: { id: `mer_${'0'.repeat(32)}`, name: '云上咖啡' },
    store: { id: `sto_${'0'.repeat(32)}`, name: '云上咖啡 湖滨店' },
    terminal: 'T0000001',
    card: null,
    decline: null,
    rrn: null,
    approval_code: null,
    code: null,
    link: null,
    created_at: '2026-11-22T02:00:00.000Z',
    updated_at: new Date(updatedMs).toISOString(),
    expires_at: '2026-11-22T02:03:00.000Z',
    completed_at: null,
  };
}
