import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judge } from '../ladder/judge.ts';
import type { AuditedRung } from '../ladder/ladder.ts';
import type { LadderResults } from '../ladder/run.ts';
import { scenarios } from '../ladder/scenarios.ts';
import { judgeSoak } from '../ladder/soak.ts';
import { generatorWasLate, perThousand, resultsPage, writeResults } from './results.ts';

const rung: AuditedRung = {
  run: '1-mixed-r70',
  percent: 70,
  rate: 700,
  due: 7000,
  seconds: 10,
  captured: 5810,
  capturedPerSecond: 581,
  waits: { count: 5810, p50: 12.34, p95: 20, p99: 99.95, p999: 150, max: 151 },
  others: { declined: 630, refunded: 350 },
  errors: { 'pay 503 overloaded': 210 },
  backlog: 3,
  late: { p99: 1, max: 4 },
  cpu: { network: 5, database: 3, generator: 2 },
  counts: { told: {}, stored: {}, unclear: 0, agree: true },
  settled: true,
  auditClean: true,
};

function results(more: Partial<LadderResults> = {}): LadderResults {
  const memory = Array.from({ length: 31 }, (_, minute) => ({ at: minute * 60, value: 300 * 2 ** 20 }));
  const measured = {
    ladders: [
      {
        scenario: scenarios.mixed,
        capacity: {
          customers: 1000,
          captured: 830,
          cpu: { network: 8, database: 4, generator: 2 },
          capturedTotal: 8300,
        },
        rungs: [rung],
      },
    ],
    yardstick: { tps: 4648, clients: 32 },
    aged: {
      payments: 10_000_012,
      bytes: 50 * 2 ** 30,
      loadSeconds: 600,
      auditSeconds: 200,
      fresh: [1000, 1010, 990],
      aged: [900, 910, 905],
      freshP99: 20,
      agedP99: 25,
      auditClean: true,
    },
    soak: { seconds: 1800, rung, network: memory, generator: memory, verdict: judgeSoak(memory, 1800) },
    soakAuditClean: true,
  };
  return {
    ...measured,
    at: '2026-11-22T05:16:34.172Z',
    machine: '2 × Test, 24 GiB, Node.js v20.20.2',
    load: { load: 0.1, quiet: true },
    engine: 'postgres (PostgreSQL) 15.20',
    settings: { fsync: 'on', synchronous_commit: 'on' },
    commit: 'abc1234',
    options: {
      seed: '7',
      seconds: 10,
      percents: [70],
      size: { merchants: 50, shoppers: 1000, cardsAtEachBank: 2 },
      connections: 2000,
      atOnce: { fast: 256, slow: 1000 },
      speed: true,
    },
    findings: judge(measured, true),
    ...more,
  };
}

test('the page says what a reader needs to believe the figures or to repeat them', () => {
  const page = resultsPage(results(), 'npx feiqian bench ladder --write');
  for (const said of [
    'Written by `npx feiqian bench ladder --write`',
    'abc1234',
    '2 × Test, 24 GiB, Node.js v20.20.2',
    'postgres (PostgreSQL) 15.20',
    'fsync on, synchronous_commit on',
    'pgbench TPC-B 4,648/s at 32 clients',
    '| Seed | 7 |',
    '10,000,012 payments (50.0 GiB)',
    'CPU seconds for a thousand purchases: network 0.96, database 0.48, generator and bank stubs 0.24',
    '| 70 % | 700 | 581 | 12.3 | 20.0 | 100.0 | 150 | 1.0 | 630 declined, 350 refunded | 210 pay 503 overloaded | agree | right |',
  ])
    expect(page).toContain(said);
  expect(page).not.toContain('not quiet');
  expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
});

test('a machine that was not quiet, a missed figure and wrong books stand on the page', () => {
  const wrong = { ...rung, auditClean: false, counts: { ...rung.counts, agree: false } };
  const base = results({ load: { load: 9.24, quiet: false } });
  const ladders = base.ladders.map((l) => ({ ...l, rungs: [wrong] }));
  const page = resultsPage({ ...base, ladders, findings: judge({ ...base, ladders }, true) }, 'x');
  expect(page).toContain('**not quiet** (load average 9.24');
  expect(page).toContain('**missed**');
  expect(page).toContain('| **differ** | **wrong** |');
});

test('a table has as many cells in each row as in its head', () => {
  const lines = resultsPage(results(), 'x').split('\n');
  const widths = lines.map((l) => (l.startsWith('|') ? l.split(/(?<!\\)\|/).length : 0));
  for (const [i, width] of widths.entries())
    if (width > 0 && (widths[i - 1] ?? 0) > 0) expect(width).toBe(widths[i - 1]);
});

test('a rung on which the generator was late, or had no processor left, is marked', () => {
  expect(generatorWasLate(rung)).toBe(false);
  expect(generatorWasLate({ ...rung, late: { p99: 40, max: 50 } })).toBe(true);
  expect(generatorWasLate({ ...rung, cpu: { ...rung.cpu, generator: 9.5 } })).toBe(true);
  const marked = { ...rung, late: { p99: 40, max: 50 } };
  const base = results();
  const page = resultsPage({ ...base, ladders: base.ladders.map((l) => ({ ...l, rungs: [marked] })) }, 'x');
  expect(page).toContain('40.0 (!)');
});

test('processor time is told for each thousand captured', () => {
  expect(perThousand({ network: 2, database: 1, generator: 0.5 }, 2000)).toEqual({
    network: 1,
    database: 0.5,
    generator: 0.25,
  });
});

test('page and charts are written, and every picture on the page is there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'feiqian-results-'));
  try {
    writeResults(results(), folder, 'npx feiqian bench ladder --write');
    const page = readFileSync(join(folder, 'RESULTS.md'), 'utf8');
    const pictures = [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map((m) => m[1] as string);
    expect(pictures.toSorted()).toEqual(
      readdirSync(folder)
        .filter((f) => f.endsWith('.svg'))
        .sort(),
    );
    expect(pictures).toHaveLength(3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
