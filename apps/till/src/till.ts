import { minorDigits } from '@feiqian/ui';
import { network, refusalOf } from './api.ts';
import { nowMs } from './device/clock.ts';
import { keepSales, keptSales, nextSequence } from './kept.ts';
import { orderReferenceOf } from './model/day.ts';
import { createSales } from './model/sales.ts';
import { emptySum, entryOf, type Sum } from './model/sum.ts';
import { createStore } from './store.ts';

/** The sales of this till; see model/sales.ts. */
export const sales = createSales(
  {
    post: network.postPayment,
    get: network.getPayment,
    refusalOf,
    nowMs,
    newKey: () => crypto.randomUUID(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    keep: keepSales,
  },
  keptSales(),
);

/** What the cashier is about to charge: survives going back and forth between the screens. */
export const draft = createStore<Sum>(emptySum);

/** The order reference of the sale about to be charged; null until it is needed. */
export const order = createStore<string | null>(null);

/** The order reference, made now if there is none yet. */
export function orderReference(): string {
  const known = order.get();
  if (known !== null) return known;
  const made = orderReferenceOf(nowMs(), nextSequence());
  order.set(made);
  return made;
}

export function clearDraft(): void {
  draft.set(emptySum);
  order.set(null);
}

/** Puts an amount back on the keypad, to charge it again. */
export function refillDraft(minor: number, currency: string): void {
  draft.set({ ...emptySum, entry: entryOf(minor, minorDigits(currency)) });
  order.set(null);
}
