import type { LimitState } from '@feiqian/bank-classes';
import type { LegRows } from './store.ts';

/** What became of a leg of a transfer; see `BankLeg` of the contract. */
export interface Leg {
  state: 'posted' | 'refused' | 'reversed' | 'abandoned' | 'not_seen';
  direction: 'out' | 'in' | null;
  /** Field 39 as it was answered. */
  code: string | null;
  limit: LimitState | null;
  /** Minor units. */
  amount: bigint | null;
  /** ISO 4217 numeric code. */
  currency: number | null;
  atMs: number | null;
}

const unknown: Leg = {
  state: 'not_seen',
  direction: null,
  code: null,
  limit: null,
  amount: null,
  currency: null,
  atMs: null,
};

/** Puts together what the tables know. A message that was refused has no operation but perhaps a memory of one. */
export function legOf({ operation, message }: LegRows): Leg {
  const told: Leg = message
    ? {
        ...unknown,
        direction: message.kind === 'transfer_in' ? 'in' : 'out',
        code: message.code,
        limit: message.limit,
        amount: message.amount === 0n ? null : message.amount,
        currency: message.currency,
        atMs: message.receivedAtMs,
      }
    : unknown;
  if (operation && operation.state !== 'refused') {
    return { ...told, state: operation.state === 'reversed' ? 'reversed' : 'posted' };
  }
  if (message) return { ...told, state: 'refused' };
  return operation ? { ...unknown, state: 'abandoned' } : unknown;
}
