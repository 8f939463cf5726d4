import { median } from '../measure/percentiles.ts';
import type { AuditedRung, Ladder } from './ladder.ts';
import { growthMax, type Soak } from './soak.ts';

/** One thing that was asked and what was found. */
export interface Finding {
  what: string;
  asked: string;
  found: string;
  /** Null when it could not be said here. */
  met: boolean | null;
  /** `right`: must hold on any machine at any time. `fast`: holds on a quiet machine of the kind asked for. */
  kind: 'right' | 'fast';
}

/** What is asked (ROADMAP.md and docs/benchmarks.md), of a machine with two cores, everything included. */
export const asked = {
  tpcB: 0.8,
  p99Ms: 100,
  p99Percent: 70,
  hotLossMax: 0.2,
  /** What two runs of the same differ by anyway. */
  noise: 0.05,
  agedLossMax: 0.15,
} as const;

/** Fresh and aged in turn, captured a second. */
export interface Aged {
  payments: number;
  bytes: number;
  loadSeconds: number;
  auditSeconds: number;
  fresh: number[];
  aged: number[];
  /** p99 in ms at 70 % of the fresh capacity. */
  freshP99: number;
  agedP99: number;
  auditClean: boolean;
}

export interface Measured {
  ladders: Ladder[];
  yardstick: { tps: number; clients: number } | null;
  aged: Aged | null;
  soak: Soak | null;
  soakAuditClean: boolean | null;
}

/** The most that a scenario captured a second, on any rung or when its capacity was sought. */
export function best(ladder: Ladder): number {
  return Math.max(ladder.capacity.captured, ...ladder.rungs.map((r) => r.capturedPerSecond));
}

/** What has been lost from `from` to `to`, as a share. */
export const loss = (from: number, to: number): number => (from > 0 ? 1 - to / from : Number.NaN);

/** A loss in words: less, or more when there was none. */
const lossText = (share: number): string =>
  `${Math.abs(share * 100).toFixed(0)} % ${share < 0 ? 'more' : 'less'}`;

/** Judges everything measured. Without `speed` only what must hold on any machine. */
export function judge(m: Measured, speed: boolean): Finding[] {
  return [...m.ladders.flatMap(right), ...rightOthers(m), ...(speed ? fast(m) : [])];
}

function right(l: Ladder): Finding[] {
  const { name } = l.scenario;
  const all = l.rungs.length;
  const of = (what: string, asked: string, good: (r: AuditedRung) => boolean): Finding => {
    const n = l.rungs.filter(good).length;
    return {
      what: `${name}: ${what}`,
      asked,
      found: `${n} of ${all} rungs`,
      met: all > 0 && n === all,
      kind: 'right',
    };
  };
  return [
    of('what customers were told is what is stored', 'every rung', (r) => r.counts.agree),
    of('every message to a bank was acknowledged', 'every rung', (r) => r.settled),
    of('the auditor finds the books right', 'every rung', (r) => r.auditClean),
    of('purchases are captured', 'every rung', (r) => r.captured > 0),
    of('percentiles rise', 'every rung', (r) =>
      rises([r.waits.p50, r.waits.p95, r.waits.p99, r.waits.p999, r.waits.max]),
    ),
    of('everybody who came is accounted for', 'every rung', (r) => accounted(r) === r.due),
  ];
}

const rises = (values: readonly number[]) =>
  values.every((v, i) => i === 0 || v >= (values[i - 1] as number));

/** Everybody who was due has exactly one ending. */
export function accounted(r: AuditedRung): number {
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
  return r.captured + sum(r.others) + sum(r.errors);
}

function rightOthers(m: Measured): Finding[] {
  const books = (what: string, clean: boolean): Finding => ({
    what: `${what}: the auditor finds the books right`,
    asked: 'at the end',
    found: clean ? 'right' : 'WRONG',
    met: clean,
    kind: 'right',
  });
  return [
    ...(m.aged ? [books(`aged by ${m.aged.payments} payments`, m.aged.auditClean)] : []),
    ...(m.soakAuditClean === null ? [] : [books('soak', m.soakAuditClean)]),
  ];
}

function fast(m: Measured): Finding[] {
  const find = (name: string) => m.ladders.find((l) => l.scenario.name === name);
  const uniform = find('uniform');
  const findings: Finding[] = [];
  const add = (what: string, wanted: string, found: string, met: boolean | null) =>
    findings.push({ what, asked: wanted, found, met, kind: 'fast' });
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  if (uniform) {
    const rate = best(uniform);
    const ratio = m.yardstick && rate / m.yardstick.tps;
    add(
      'purchases a second, bank stub',
      `${asked.tpcB} × pgbench TPC-B`,
      `${rate.toFixed(0)}/s${ratio === null ? '' : ` = ${ratio.toFixed(2)} ×`}`,
      ratio === null ? null : ratio >= asked.tpcB,
    );
    const rung = uniform.rungs.find((r) => r.percent === asked.p99Percent);
    if (rung)
      add(
        `p99 at ${asked.p99Percent} % of it`,
        `${asked.p99Ms} ms`,
        `${rung.waits.p99.toFixed(1)} ms`,
        rung.waits.p99 <= asked.p99Ms,
      );
    for (const [name, max, wanted] of [
      ['slow bank', asked.noise, 'no loss'],
      ['hot bank', asked.hotLossMax, `at most ${percent(asked.hotLossMax)}`],
      ['hot merchant', asked.hotLossMax, `at most ${percent(asked.hotLossMax)}`],
    ] as const) {
      const other = find(name);
      if (!other) continue;
      const lost = loss(rate, best(other));
      add(
        `${name}, loss against uniform`,
        wanted,
        `${best(other).toFixed(0)}/s, ${lossText(lost)}`,
        lost <= max,
      );
    }
  }
  if (m.aged) {
    const lost = loss(median(m.aged.fresh), median(m.aged.aged));
    add(
      `aged by ${m.aged.payments} payments, loss against fresh`,
      `at most ${percent(asked.agedLossMax)}`,
      `${median(m.aged.aged).toFixed(0)}/s against ${median(m.aged.fresh).toFixed(0)}/s, ${lossText(lost)}`,
      lost <= asked.agedLossMax,
    );
  }
  if (m.soak) {
    const { stable, growth } = m.soak.verdict;
    add(
      `memory over ${(m.soak.seconds / 60).toFixed(1)} minutes, growth in the later half`,
      `at most ${percent(growthMax)}`,
      `${(growth * 100).toFixed(1)} %${stable === null ? ', too short to judge' : ''}`,
      stable,
    );
  }
  return findings;
}
