import type { Clock } from '@feiqian/clock';

/** Keeps what a process holds in memory no older than about `checkMs`. */
export interface Revision {
  /** Looks whether the revision has moved, at most once in `checkMs`; callers in between do not wait for anything. */
  check(): Promise<void> | undefined;
}

/**
 * Watches a counter that every change of some rows raises: one small query a second instead of one for each look at
 * a cache. `onMoved` empties the cache.
 */
export function createRevision(options: {
  clock: Clock;
  checkMs: number;
  read: () => Promise<bigint>;
  onMoved: () => void;
}): Revision {
  let known: bigint | null = null;
  let checkedMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  async function read(): Promise<void> {
    const startedMs = options.clock.now();
    try {
      const revision = await options.read();
      if (known !== null && revision !== known) options.onMoved();
      known = revision;
      checkedMs = startedMs;
    } finally {
      reading = undefined;
    }
  }
  return {
    check() {
      const sinceMs = options.clock.now() - checkedMs;
      if (sinceMs >= 0 && sinceMs < options.checkMs) return undefined;
      reading ??= read();
      return reading;
    },
  };
}
