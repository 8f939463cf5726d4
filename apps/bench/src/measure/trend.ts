/** A value at a time. */
export interface Sample {
  /** Seconds since the beginning. */
  at: number;
  value: number;
}

export interface Trend {
  /** Change of the value in a second. */
  slope: number;
  mean: number;
  /** How much the line rises from the first sample to the last, as a share of the mean. */
  growth: number;
}

/** The straight line through samples that leaves the least squares. Null for fewer than two different times. */
export function linearTrend(samples: readonly Sample[]): Trend | null {
  const n = samples.length;
  const mean = samples.reduce((sum, s) => sum + s.value, 0) / n;
  const middle = samples.reduce((sum, s) => sum + s.at, 0) / n;
  const spread = samples.reduce((sum, s) => sum + (s.at - middle) ** 2, 0);
  if (n < 2 || spread === 0) return null;
  const slope = samples.reduce((sum, s) => sum + (s.at - middle) * (s.value - mean), 0) / spread;
  const span = Math.max(...samples.map((s) => s.at)) - Math.min(...samples.map((s) => s.at));
  return { slope, mean, growth: mean === 0 ? 0 : (slope * span) / mean };
}

/** The later half of samples, by time: what comes before is warming up. */
export function laterHalf(samples: readonly Sample[]): Sample[] {
  const first = samples[0]?.at ?? 0;
  const last = samples.at(-1)?.at ?? 0;
  return samples.filter((s) => s.at >= (first + last) / 2);
}
