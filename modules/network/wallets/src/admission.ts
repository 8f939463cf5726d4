import type { DeviceState } from './freeze.ts';

/** How a device's asking to be let in has ended. */
export type AdmissionOutcome = 'approved' | 'recovered' | 'refused' | 'expired' | 'replaced';

/** A new device that asks to be let in beside another one. Ids are UUIDs, times ms since 1970. */
export interface Admission {
  deviceId: string;
  userId: string;
  /** Four digits that both phones show, so that a person lets in the phone in his or her hand and no other. */
  number: string;
  askedAtMs: number;
  expiresAtMs: number;
  outcome: AdmissionOutcome | null;
}

/** How long a device may wait to be let in, in ms. */
export const admissionMs = 10 * 60_000;
/** Devices of one person that wait at once; one more ends the oldest. */
export const waitingMax = 3;
/** Devices of one person that may begin to wait within an hour. */
export const asksPerHourMax = 10;
export const hourMs = 3_600_000;

/** True while it may still be decided. */
export const isOpen = (a: Admission, nowMs: number): boolean => a.outcome === null && nowMs < a.expiresAtMs;

const numbers = 10_000;
/** Four digits that no other waiting device of the person shows; `draw` gives 32 random bits. */
export function comparisonNumber(taken: readonly string[], draw: () => number): string {
  for (;;) {
    const number = String(draw() % numbers).padStart(4, '0');
    if (!taken.includes(number)) return number;
  }
}

/** What a new device is: let in by another, held still with its person, or at once what it asks to be. */
export function stateOfNew(known: { others: boolean; frozen: boolean }): DeviceState {
  if (known.others) return 'pending';
  return known.frozen ? 'frozen' : 'active';
}
