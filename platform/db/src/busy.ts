/** How busy something is that does a bounded number of things at once and lets the rest wait. */
export interface Busy {
  /** Something was asked for; call what it returns when it has ended. */
  begin(): () => void;
  /** How long what is asked for now would probably wait before it is begun, in ms. */
  expectedWaitMs(): number;
}

/** Weight of what is older than this fades, in ms. */
const memoryMs = 2_000;

/**
 * Expects by Little's law: what waits, over how many end in a millisecond while there is something to do.
 * @param servers how many things are done at once
 * @param now in ms, only running forward
 */
export function createBusy(servers: number, now: () => number): Busy {
  let open = 0;
  let ended = 0;
  let busyMs = 0;
  let atMs = now();

  function pass(): void {
    const nowMs = now();
    const passed = nowMs - atMs;
    atMs = nowMs;
    if (open === 0 || passed <= 0) return;
    const kept = Math.exp(-passed / memoryMs);
    ended *= kept;
    busyMs = busyMs * kept + passed;
  }

  return {
    begin() {
      pass();
      open += 1;
      let over = false;
      return () => {
        if (over) return;
        over = true;
        pass();
        open -= 1;
        ended += 1;
      };
    },
    expectedWaitMs() {
      const waiting = open - servers;
      if (waiting <= 0) return 0;
      pass();
      // Nothing has ended at all: it takes at least as long as it has been taking.
      return ended < 1 ? busyMs : (waiting * busyMs) / ended;
    },
  };
}
