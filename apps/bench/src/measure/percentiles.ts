/** How waits are spread, in ms. NaN when there were none. */
export interface Spread {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
}

/**
 * The value that `perMille` thousandths of all values do not exceed: the nearest rank, so always one that was
 * measured. `sorted` ascends. With fewer than a thousand values the 999th thousandth is the greatest.
 */
export function nearestRank(sorted: ArrayLike<number>, perMille: number): number {
  const rank = Math.ceil((sorted.length * perMille) / 1000);
  return sorted[Math.max(rank, 1) - 1] ?? Number.NaN;
}

/** Percentiles of values in any order. */
export function spreadOf(values: Iterable<number>): Spread {
  const sorted = Float64Array.from(values).sort();
  return {
    count: sorted.length,
    p50: nearestRank(sorted, 500),
    p95: nearestRank(sorted, 950),
    p99: nearestRank(sorted, 990),
    p999: nearestRank(sorted, 999),
    max: nearestRank(sorted, 1000),
  };
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const low = sorted[Math.ceil(half) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(half)] ?? low;
  return (low + high) / 2;
}
