/**
 * The clock is handed in, never read from the environment: tests and the simulation hand in one they move.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

/** The clock of the machine: the only place that reads it. */
export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves the clock by `ms` milliseconds (may be negative: clocks do jump). */
  advance(ms: number): void;
  /** Sets the clock to an instant in milliseconds. */
  set(ms: number): void;
}

/** A clock for tests, starting at `startMs`. */
export function manualClock(startMs = Date.UTC(2026, 0, 5, 1, 0, 0)): ManualClock {
  let t = startMs;
  return {
    now: () => t,
    advance: (ms) => {
      t += ms;
    },
    set: (ms) => {
      t = ms;
    },
  };
}

/** A power of two. */
const lastCount = 8;
const lastMs = new Float64Array(lastCount).fill(Number.NaN);
const lastTexts: string[] = Array(lastCount).fill('');
let nextPlace = 0;

/**
 * RFC 3339 in UTC with milliseconds; null stays null. What is made together bears the same few instants, so the last
 * are remembered.
 */
export function instant(ms: number): string;
export function instant(ms: number | null): string | null;
export function instant(ms: number | null): string | null {
  if (ms === null) return null;
  for (let i = 0; i < lastCount; i++) if (lastMs[i] === ms) return lastTexts[i] as string;
  const text = new Date(ms).toISOString();
  lastMs[nextPlace] = ms;
  lastTexts[nextPlace] = text;
  nextPlace = (nextPlace + 1) & (lastCount - 1);
  return text;
}

export { businessDay } from './businessDay.ts';
export { addMonths, monthOf, monthStartMs } from './month.ts';
