import { expect, test } from 'vitest';
import { type Aged, asked, judge, type Measured } from './judge.ts';
import type { AuditedRung, Ladder } from './ladder.ts';
import { type ScenarioName, scenarios } from './scenarios.ts';
import { judgeSoak, type Soak } from './soak.ts';

const cpu = { network: 1, database: 1, generator: 1 };

function rung(percent: number, captured: number, more: Partial<AuditedRung> = {}): AuditedRung {
  return {
    run: `r${percent}`,
    percent,
    rate: captured,
    due: captured * 10 + 3,
    seconds: 10,
    captured: captured * 10,
    capturedPerSecond: captured,
    waits: { count: captured * 10, p50: 10, p95: 20, p99: 50, p999: 80, max: 90 },
    others: { declined: 2 },
    errors: { 'pay 503 overloaded': 1 },
    backlog: 0,
    late: { p99: 1, max: 2 },
    cpu,
    counts: { told: {}, stored: {}, unclear: 0, agree: true },
    settled: true,
    auditClean: true,
    ...more,
  };
}

const ladder = (name: ScenarioName, captured: number, more: Partial<AuditedRung> = {}): Ladder => ({
  scenario: scenarios[name],
  capacity: { customers: captured, captured, cpu, capturedTotal: captured * 10 },
  rungs: [rung(70, Math.floor(captured * 0.7), more), rung(100, captured, more)],
});

const nothing: Measured = { ladders: [], yardstick: null, aged: null, soak: null, soakAuditClean: null };
const missed = (m: Partial<Measured>, speed = true): string[] =>
  judge({ ...nothing, ...m }, speed)
    .filter((f) => f.met === false)
    .map((f) => f.what);

test('a ladder on which all is well has nothing to say against it', () => {
  const m = { ladders: [ladder('uniform', 1000)], yardstick: { tps: 1200, clients: 32 } };
  expect(missed(m)).toEqual([]);
  expect(judge({ ...nothing, ...m }, true).every((f) => f.met === true)).toBe(true);
});

test.for<[string, Partial<AuditedRung>]>([
  [
    'uniform: what customers were told is what is stored',
    { counts: { told: {}, stored: {}, unclear: 0, agree: false } },
  ],
  ['uniform: every message to a bank was acknowledged', { settled: false }],
  ['uniform: the auditor finds the books right', { auditClean: false }],
  ['uniform: everybody who came is accounted for', { errors: {} }],
  ['uniform: percentiles rise', { waits: { count: 9, p50: 10, p95: 5, p99: 50, p999: 80, max: 90 } }],
])('%s, or it is found', ([what, more]) => {
  expect(missed({ ladders: [ladder('uniform', 1000, more)] }, false)).toEqual([what]);
});

test('a rung on which nothing was captured is found, however well the rest went', () => {
  const empty = { captured: 0, due: 3, waits: { count: 0, p50: 0, p95: 0, p99: 0, p999: 0, max: 0 } };
  expect(missed({ ladders: [ladder('uniform', 1000, empty)] }, false)).toEqual([
    'uniform: purchases are captured',
  ]);
});

test('speed is judged by what was captured, against pgbench of the same run', () => {
  const m = { ladders: [ladder('uniform', 1000)], yardstick: { tps: 1000 / asked.tpcB + 20, clients: 8 } };
  expect(missed(m)).toEqual(['purchases a second, bank stub']);
  expect(missed(m, false)).toEqual([]);
});

test('p99 is judged on the rung at 70 % and no other', () => {
  const slow = ladder('uniform', 1000);
  const at = (i: number): Ladder => ({
    ...slow,
    rungs: slow.rungs.map((r, n) =>
      n === i ? { ...r, waits: { ...r.waits, p99: 101, p999: 101, max: 101 } } : r,
    ),
  });
  expect(missed({ ladders: [at(0)] })).toEqual(['p99 at 70 % of it']);
  expect(missed({ ladders: [at(1)] })).toEqual([]);
});

test('a slow bank that costs throughput is found, and so is a hot merchant', () => {
  const of = (slow: number, hot: number) =>
    missed({ ladders: [ladder('uniform', 1000), ladder('slow_bank', slow), ladder('hot_merchant', hot)] });
  expect(of(960, 810)).toEqual([]);
  expect(of(940, 790)).toEqual(['slow bank, loss against uniform', 'hot merchant, loss against uniform']);
});

test('aged against fresh is judged by the medians, and a wrong book is found whatever the speed', () => {
  const aged: Aged = {
    payments: 10_000_000,
    bytes: 1,
    loadSeconds: 1,
    auditSeconds: 1,
    fresh: [1000, 400, 1010],
    aged: [860, 900, 300],
    freshP99: 1,
    agedP99: 1,
    auditClean: true,
  };
  expect(missed({ aged })).toEqual([]);
  expect(missed({ aged: { ...aged, aged: [840, 845, 900] } })).toEqual([
    'aged by 10000000 payments, loss against fresh',
  ]);
  expect(missed({ aged: { ...aged, auditClean: false } }, false)).toHaveLength(1);
});

test('memory that grows in the later half is found, warming up is not, and a short run says nothing', () => {
  const samples = (value: (minute: number) => number) =>
    Array.from({ length: 31 }, (_, minute) => ({ at: minute * 60, value: value(minute) }));
  const mib = 2 ** 20;
  expect(
    judgeSoak(
      samples((m) => 300 * mib + m * 2 * mib),
      1800,
    ),
  ).toMatchObject({ stable: false });
  expect(
    judgeSoak(
      samples((m) => (300 + Math.min(m, 10) * 20 + (m % 3)) * mib),
      1800,
    ),
  ).toMatchObject({ stable: true });
  expect(
    judgeSoak(
      samples((m) => m * mib),
      60,
    ).stable,
  ).toBeNull();
  const growing = judgeSoak(
    samples((m) => (300 + m * 2) * mib),
    1800,
  );
  expect(growing.bytesPerHour / mib).toBeCloseTo(120, 5);
  const soak = { seconds: 1800, verdict: growing } as Soak;
  expect(missed({ soak })).toEqual(['memory over 30.0 minutes, growth in the later half']);
  expect(missed({ soakAuditClean: false }, false)).toEqual(['soak: the auditor finds the books right']);
});
