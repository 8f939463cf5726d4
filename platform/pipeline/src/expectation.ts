/** What is known of how long groups take, to say how long a command that came now would wait. */
export interface Expectation {
  /** A group of so many commands has begun; call what it returns when it has ended. */
  began(size: number): () => void;
  /** How long a command that comes when `queued` others wait would wait until its own group has ended, in ms. */
  waitMs(queued: number): number;
}

/** Weight of what is older than this fades, in ms. */
const memoryMs = 5_000;
/** What one more command costs a group while nothing better is known, in ms. */
const commandMsGuess = 0.5;

/**
 * A group takes a part that does not depend on its size (the commit) and a part for each command. Both are fitted to
 * the groups of the last seconds (least squares, older ones fading): so a burst after a quiet time is not taken for a
 * long queue, and a slow disk is.
 */
export function createExpectation(options: {
  groupMax: number;
  lanes: number;
  now: () => number;
}): Expectation {
  const { groupMax, lanes, now } = options;
  const running = new Map<object, { atMs: number; size: number }>();
  let [weight, sumN, sumD, sumNN, sumND] = [0, 0, 0, 0, 0];
  let atMs = now();

  function learn(size: number, ms: number): void {
    const nowMs = now();
    const kept = Math.exp(-(nowMs - atMs) / memoryMs);
    atMs = nowMs;
    weight = weight * kept + 1;
    sumN = sumN * kept + size;
    sumD = sumD * kept + ms;
    sumNN = sumNN * kept + size * size;
    sumND = sumND * kept + size * ms;
  }

  /** Milliseconds of a group of this size. */
  function groupMs(size: number): number {
    if (weight === 0) return size * commandMsGuess;
    const [meanN, meanD] = [sumN / weight, sumD / weight];
    const spread = sumNN / weight - meanN * meanN;
    const most = meanD / meanN;
    // Groups of one size say nothing of what one more command costs.
    const fitted = spread < 1 ? commandMsGuess : (sumND / weight - meanN * meanD) / spread;
    const commandMs = Math.min(most, Math.max(0.1 * most, fitted));
    return Math.max(0, meanD - commandMs * meanN) + commandMs * size;
  }

  return {
    began(size) {
      const mark = {};
      running.set(mark, { atMs: now(), size });
      return () => {
        const begun = running.get(mark);
        if (begun === undefined) return;
        running.delete(mark);
        learn(begun.size, now() - begun.atMs);
      };
    },
    waitMs(queued) {
      const nowMs = now();
      let untilFreeMs = running.size < lanes ? 0 : Number.POSITIVE_INFINITY;
      for (const group of running.values()) {
        const passedMs = nowMs - group.atMs;
        // One that takes longer than expected is expected to take as long again.
        const leftMs = Math.max(
          groupMs(group.size) - passedMs,
          passedMs > groupMs(group.size) ? passedMs : 0,
        );
        untilFreeMs = Math.min(untilFreeMs, leftMs);
      }
      const full = Math.floor(queued / groupMax);
      return untilFreeMs + (full * groupMs(groupMax)) / lanes + groupMs((queued % groupMax) + 1);
    },
  };
}
