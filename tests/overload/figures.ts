import type { Sample } from './purchases.ts';

/** The value that a share of all is not above; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export interface Figures {
  offered: number;
  captured: number;
  /** Of what was offered. */
  share: number;
  p50: number;
  p95: number;
  p99: number;
  ends: Record<string, number>;
}

/** What came of samples; times are of captured purchases, from when they were due, ms. */
export function figuresOf(samples: readonly Sample[]): Figures {
  const captured = samples.filter((s) => s.end === 'captured');
  const ms = captured.map((s) => s.endAtMs - s.dueAtMs);
  const ends: Record<string, number> = {};
  for (const { end } of samples) ends[end] = (ends[end] ?? 0) + 1;
  return {
    offered: samples.length,
    captured: captured.length,
    share: captured.length / samples.length,
    p50: quantile(ms, 0.5),
    p95: quantile(ms, 0.95),
    p99: quantile(ms, 0.99),
    ends,
  };
}

/** What was offered and carried, each a second. */
export interface Rates {
  offered: number;
  carried: number;
}

const growingMs = 2_000;

/**
 * What the generator has really offered, by when it began each purchase, and what was captured meanwhile. Of that the
 * first two seconds do not count: the waits that make a network refuse are still growing.
 */
export function ratesOf(samples: readonly Sample[]): Rates {
  const firstMs = Math.min(...samples.map((s) => s.dueAtMs));
  const lastMs = Math.max(...samples.map((s) => s.startAtMs));
  const fromMs = firstMs + growingMs;
  const carried = samples.filter((s) => s.end === 'captured' && s.endAtMs >= fromMs && s.endAtMs < lastMs);
  return {
    offered: (samples.length * 1000) / (lastMs - firstMs),
    carried: (carried.length * 1000) / (lastMs - fromMs),
  };
}

export const ofBanks = (samples: readonly Sample[], ...banks: number[]): Sample[] =>
  samples.filter((s) => banks.includes(s.bank));

/** Of the purchases due in each second from the first on, the share that was captured within `withinMs`. */
export function bySecond(samples: readonly Sample[], withinMs: number): number[] {
  const first = Math.min(...samples.map((s) => s.dueAtMs));
  const seconds: { due: number; good: number }[] = [];
  for (const s of samples) {
    const i = Math.floor((s.dueAtMs - first) / 1000);
    seconds[i] ??= { due: 0, good: 0 };
    const second = seconds[i] as { due: number; good: number };
    second.due += 1;
    if (s.end === 'captured' && s.endAtMs - s.dueAtMs <= withinMs) second.good += 1;
  }
  return Array.from(seconds, (s) => (s === undefined ? 0 : s.good / s.due));
}

/** After how many seconds the share stays at `enough` or above for `steady` seconds; null when it never does. */
export function recoveredAfter(shares: readonly number[], enough: number, steady: number): number | null {
  for (let i = 0; i + steady <= shares.length; i++)
    if (shares.slice(i, i + steady).every((share) => share >= enough)) return i;
  return null;
}

/** One line for people. */
export function lineOf(name: string, f: Figures): string {
  const ms = (n: number) => (Number.isNaN(n) ? '–' : n.toFixed(0));
  const rest = Object.entries(f.ends)
    .filter(([end]) => end !== 'captured')
    .map(([end, n]) => `${n} × ${end}`);
  return `${name.padEnd(26)} ${f.captured} of ${f.offered} captured, p50 ${ms(f.p50)}, p95 ${ms(f.p95)}, p99 ${ms(f.p99)} ms${rest.length > 0 ? `; ${rest.join(', ')}` : ''}`;
}
