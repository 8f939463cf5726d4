/**
 * Chance that can be repeated. Every test that draws something draws it from here: `FEIQIAN_TEST_SEED` (or
 * `npm test -- --seed N`) gives the same draws again, `FEIQIAN_TEST_TIMES` (`--times N`) more of them.
 */

/** The seed of this run. A run that fails says it. */
export const seed = Number(process.env.FEIQIAN_TEST_SEED ?? Date.now() % 1_000_000);
/** How many times as much as in continuous integration. */
export const times = Math.max(0.01, Number(process.env.FEIQIAN_TEST_TIMES ?? 1));
/** So many, or a multiple where more was asked for. */
export const often = (count: number): number => Math.max(1, Math.round(count * times));

export interface Chance {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from 0 to below `below`. */
  below(below: number): number;
  /** True so often in a hundred. */
  percent(of: number): boolean;
  pick<T>(of: readonly T[]): T;
  shuffled<T>(of: readonly T[]): T[];
}

/** Chance of its own for a name: whatever else is drawn, in whatever order, it draws the same under one seed. */
export function chanceOf(name: string): Chance {
  let state = hash(`${seed} ${name}`);
  // Mulberry32.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    below,
    percent: (of) => next() * 100 < of,
    pick: <T>(of: readonly T[]): T => {
      if (of.length === 0) throw new Error('nothing to pick from');
      return of[below(of.length)] as T;
    },
    shuffled: <T>(of: readonly T[]): T[] => {
      const copy = [...of];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
      }
      return copy;
    },
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of Buffer.from(text)) h = Math.imul(h ^ byte, 0x01000193);
  return h;
}
