import { PAY_CODE_STEP_MS, payCode } from '@feiqian/keys';

/** A card in a wallet that shows codes. */
export interface CodeCard {
  /** 32 bytes that the device and the network share. */
  secret: Uint8Array;
  handle: string;
  slot: number;
}

/** A code pays once, so each card has one for each step; older steps are taken for a minute (docs/pay-code.md). */
const stepsBack = 3;

/**
 * Hands out codes that nobody has used: of the current step first, then of the steps before it. Null when every
 * card has used them all up, which is the generator's limit and not the network's.
 */
export function createPayCodeSource(cards: readonly CodeCard[]): (nowMs: number) => string | null {
  const used = new Map<number, number>();
  return (nowMs) => {
    const current = Math.floor(nowMs / PAY_CODE_STEP_MS);
    for (const step of used.keys()) if (step < current - stepsBack) used.delete(step);
    for (let step = current; step >= current - stepsBack; step--) {
      const next = used.get(step) ?? 0;
      const card = cards[next];
      if (card === undefined) continue;
      used.set(step, next + 1);
      return payCode({ ...card, atMs: step * PAY_CODE_STEP_MS });
    }
    return null;
  };
}
