/** Periodic work of one process. Work that must not run twice at once takes row locks; the timer does not guard it. */
export interface Jobs {
  /** Runs `work` every `ms` milliseconds, never overlapping itself. */
  every(name: string, ms: number, work: () => Promise<unknown>): void;
  /** Stops the timers and waits for what is running. */
  stop(): Promise<void>;
}

/** Creates the jobs of a process; an error is reported and the job goes on. */
export function createJobs(onError: (name: string, error: unknown) => void): Jobs {
  let stopped = false;
  const timers = new Map<string, NodeJS.Timeout>();
  const running = new Set<Promise<unknown>>();
  return {
    every(name, ms, work) {
      const turn = () => {
        if (stopped) return;
        const run = work()
          .catch((e: unknown) => onError(name, e))
          .finally(() => {
            running.delete(run);
            if (!stopped) timers.set(name, setTimeout(turn, ms));
          });
        running.add(run);
      };
      timers.set(name, setTimeout(turn, ms));
    },
    async stop() {
      stopped = true;
      for (const t of timers.values()) clearTimeout(t);
      await Promise.all(running);
    },
  };
}
