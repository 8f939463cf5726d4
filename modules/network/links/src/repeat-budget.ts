import type { BreakerSettings } from '@feiqian/members';

/** The most repeats that may be saved up, so that a quiet night does not turn into a storm in the morning. */
export const repeatsSavedMax = 100;

/**
 * What may be repeated to one bank: a share of what it answers, and a little always. After an outage everything that
 * had no answer is due at once; without a budget the repeats alone could keep the bank down.
 */
export interface RepeatBudget {
  /** How many repeats may go out now, a whole number. */
  left(): number;
  /** Repeats went out; may go below zero by one batch. */
  spend(count: number): void;
  /** The bank has answered a request. */
  answered(): void;
}

/** Creates the budget of one bank; `now` in ms, only running forward. */
export function createRepeatBudget(
  settings: Pick<BreakerSettings, 'repeatsPerSecond' | 'repeatPercent'>,
  now: () => number,
): RepeatBudget {
  let saved = Math.min(repeatsSavedMax, settings.repeatsPerSecond);
  let atMs = now();
  const add = (count: number) => {
    saved = Math.min(repeatsSavedMax, saved + count);
  };
  function refill(): void {
    const nowMs = now();
    add(((nowMs - atMs) / 1_000) * settings.repeatsPerSecond);
    atMs = nowMs;
  }
  return {
    left() {
      refill();
      return Math.max(0, Math.floor(saved));
    },
    spend(count) {
      saved -= count;
    },
    answered: () => add(settings.repeatPercent / 100),
  };
}
