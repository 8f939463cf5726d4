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

/** RFC 3339 in UTC with milliseconds. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

export { businessDay } from './businessDay.ts';
