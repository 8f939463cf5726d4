/** A stream of numbers from a seed: the same seed gives the same stream on every machine. Not for secrets. */
export interface Random {
  /** Evenly from 0 (included) to 1 (excluded). */
  next(): number;
  /** Gaps between arrivals that do not know of each other, in the unit of `mean` (exponential). */
  gap(mean: number): number;
  /** An index into `weights`, each as often as its weight says. */
  pick(weights: readonly number[]): number;
}

const twoTo32 = 2 ** 32;
const warmUpRounds = 20;

/** sfc32 (Doty-Humphrey), seeded by FNV-1a over the text. */
export function seeded(seed: string): Random {
  const word = fnv1a(seed);
  let [a, b, c, counter] = [word(), word(), word(), 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / twoTo32;
  };
  for (let i = 0; i < warmUpRounds; i++) next();
  return {
    next,
    gap: (mean) => -Math.log(1 - next()) * mean,
    pick(weights) {
      let left = next() * weights.reduce((sum, w) => sum + w, 0);
      const found = weights.findIndex((w) => {
        left -= w;
        return left < 0;
      });
      return found >= 0 ? found : weights.length - 1;
    },
  };
}

/** 32-bit words from a text, one after the other (FNV-1a, 32 bits). */
function fnv1a(text: string): () => number {
  let hash = 0x811c9dc5;
  const add = (byte: number) => {
    hash = Math.imul(hash ^ byte, 0x01000193);
  };
  for (const byte of new TextEncoder().encode(text)) add(byte);
  return () => {
    add(0xff);
    return hash | 0;
  };
}

/** The 99th percentile of the standard normal distribution. */
const z99 = 2.326_347_874;

/**
 * Waits of something that is usually quick and sometimes slow: log-normal with the given median and 99th
 * percentile. Both in ms, and so is what it gives.
 */
export function logNormal(random: Random, p50: number, p99: number): () => number {
  if (!(p50 > 0 && p99 > p50)) throw new RangeError('a log-normal needs 0 < p50 < p99');
  const sigma = Math.log(p99 / p50) / z99;
  return () => {
    // Box and Muller: one of the pair is enough here.
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    return p50 * Math.exp(sigma * radius * Math.cos(2 * Math.PI * random.next()));
  };
}
