import type { PaymentState } from '@feiqian/contract';

/**
 * Every transition a payment may make, and no other. docs/states.md is compared with this table by a test.
 *
 * - a declined payment may be paid again with another card until it expires
 * - `unknown` ends in `reversed` alone: a late approval is recorded and never posted
 */
export const transitions: Record<PaymentState, readonly PaymentState[]> = {
  created: ['processing', 'cancelled', 'expired'],
  processing: ['authorised', 'captured', 'declined', 'unknown'],
  authorised: ['captured', 'cancelled', 'expired'],
  captured: ['partially_refunded', 'refunded'],
  declined: ['processing', 'cancelled', 'expired'],
  unknown: ['reversed'],
  partially_refunded: ['partially_refunded', 'refunded'],
  cancelled: [],
  expired: [],
  reversed: [],
  refunded: [],
};

/** States in which a payer may pay. */
export const payable: readonly PaymentState[] = ['created', 'declined'];

/** True when a payment may go from one state to the other. */
export function mayBecome(from: PaymentState, to: PaymentState): boolean {
  return transitions[from].includes(to);
}
