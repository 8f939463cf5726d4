/** How late the event loop is: what waits in sockets is not seen otherwise. */
export interface Lag {
  /** How late timers have been lately, in ms. */
  ms(): number;
  stop(): void;
}

const everyMs = 20;
/** What is left of the last figure at each look: a long turn is remembered for about a quarter of a second. */
const kept = 0.92;

/** Watches the event loop of this process. */
export function watchLag(now: () => number = () => performance.now()): Lag {
  let atMs = now();
  let lagMs = 0;
  const timer = setInterval(() => {
    const nowMs = now();
    const late = Math.max(0, nowMs - atMs - everyMs);
    atMs = nowMs;
    lagMs = Math.max(late, lagMs * kept + late * (1 - kept));
  }, everyMs);
  timer.unref();
  return { ms: () => lagMs, stop: () => clearInterval(timer) };
}
