import { instant } from '@feiqian/clock';
import type { AutoRepay as AutoRepayView, Bill } from '@feiqian/contract';
import { fromUuid } from '@feiqian/ids';

/** A card that is repaid by itself. Ids are UUIDs. */
export interface AutoRepay {
  accountId: string;
  userId: string;
  deviceId: string;
  cardId: string;
  fromCardId: string;
  mode: AutoRepayView['mode'];
  state: AutoRepayView['state'];
  billId: string | null;
  tries: number;
  failedBecause: string | null;
  transferId: string | null;
  actedAtMs: number | null;
  lookAtMs: number;
}

/** How often a bill is looked at before it is due, in ms. */
export const lookEveryMs = 6 * 3600_000;
/** The pause before a repayment that did not succeed is tried again, in ms. */
export const retryMs = 3600_000;
/** Tries for one bill. */
export const triesMax = 3;

/**
 * What is to be repaid of a bill now: nothing before the day it is due, and never more than is owed.
 * @param today calendar day in the network's zone
 */
export function dueAmount(mode: AutoRepay['mode'], bill: Bill | null, owed: number, today: string): number {
  if (bill === null || today < bill.due_date || bill.state === 'paid' || bill.state === 'carried') return 0;
  const asked = (mode === 'full' ? bill.amount : bill.minimum) - bill.paid;
  return Math.max(0, Math.min(asked, owed));
}

/** True while a bill may still be tried. A new bill begins anew. */
export function mayTry(a: AutoRepay, billId: string): boolean {
  return a.billId !== billId || (a.tries < triesMax && a.state !== 'paid');
}

/** After a try: paid, to be tried again in an hour, or given up until the next bill. */
export function afterTry(
  a: AutoRepay,
  billId: string,
  outcome: { paid: boolean; because: string | null; transferId: string | null },
  nowMs: number,
): AutoRepay {
  const tries = (a.billId === billId ? a.tries : 0) + 1;
  const state = outcome.paid ? 'paid' : tries < triesMax ? 'retrying' : 'failed';
  return {
    ...a,
    billId,
    tries,
    state,
    failedBecause: outcome.because,
    transferId: outcome.transferId,
    actedAtMs: nowMs,
    lookAtMs: nowMs + (state === 'retrying' ? retryMs : lookEveryMs),
  };
}

export function autoRepayView(a: AutoRepay): AutoRepayView {
  return {
    card_id: fromUuid(a.cardId, 'tok'),
    from_card_id: fromUuid(a.fromCardId, 'tok'),
    mode: a.mode,
    state: a.state,
    tries: a.tries,
    failed_because: a.failedBecause,
    transfer_id: a.transferId === null ? null : fromUuid(a.transferId, 'trf'),
    acted_at: a.actedAtMs === null ? null : instant(a.actedAtMs),
  };
}
