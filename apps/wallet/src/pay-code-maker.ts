import { PAY_CODE_STEP_MS, payCode, payCodeStep } from '@feiqian/keys';

/** How long one code stays on the screen before it renews itself; the network takes it a little longer. */
export const codeShownMs = 60_000;

export interface ShownCode {
  /** 19 digits. */
  digits: string;
  step: number;
  /** When it was made and when it renews itself, network time in ms. */
  madeAtMs: number;
  renewAtMs: number;
}

/**
 * The pay code of one card at one instant, or, when that code has been used, how long to wait for
 * the next one (ms). Pure, so that it works with no network and is tested with no clock.
 */
export function makeCode(
  key: { handle: string; secret: Uint8Array },
  slot: number,
  nowMs: number,
  usedStep = -1,
): ShownCode | { waitMs: number } {
  const step = payCodeStep(nowMs);
  if (step <= usedStep) return { waitMs: (usedStep + 1) * PAY_CODE_STEP_MS - nowMs };
  const digits = payCode({ secret: key.secret, handle: key.handle, slot, atMs: nowMs });
  return { digits, step, madeAtMs: nowMs, renewAtMs: nowMs + codeShownMs };
}

/** Digits in groups of four, as a cashier reads them out. */
export function groupDigits(digits: string): string {
  return digits.replace(/(.{4})(?=.)/g, '$1 ');
}
