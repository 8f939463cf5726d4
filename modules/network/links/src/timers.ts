/** Time that only runs forward, for waits: it does not jump when the machine's clock is set. */
export interface Timers {
  /** Milliseconds since some instant. */
  now(): number;
  /** Runs `work` once after `ms`; call what it returns to call it off. */
  after(ms: number, work: () => void): () => void;
  /** Runs `work` once, after what has arrived already has been handled. */
  soon(work: () => void): void;
}

/** The machine's timers. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  after(ms, work) {
    const handle = setTimeout(work, ms);
    return () => clearTimeout(handle);
  },
  soon: (work) => void setImmediate(work),
};
