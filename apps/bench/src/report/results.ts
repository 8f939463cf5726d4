import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { best, type Finding } from '../ladder/judge.ts';
import type { Ladder } from '../ladder/ladder.ts';
import type { LadderResults } from '../ladder/run.ts';
import type { Cpu, Rung } from '../ladder/rung.ts';
import type { Soak } from '../ladder/soak.ts';
import { median } from '../measure/percentiles.ts';
import { lineChart } from './chart.ts';

const ms = (n: number): string => (Number.isFinite(n) ? (n < 100 ? n.toFixed(1) : n.toFixed(0)) : '–');
const whole = (n: number): string =>
  Number.isFinite(n) ? n.toLocaleString('en-US', { maximumFractionDigits: 0 }) : '–';
const mib = (bytes: number): string => `${whole(bytes / 2 ** 20)} MiB`;
/** The generator's own fault when it starts customers so late, or has no processor left. */
const lateMsMax = 20;
const busyShareMax = 0.9;

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
/** A table whose columns of numbers stand to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const numbers = head.map((_, i) => rows.every((r) => /^[0-9.,–]+( %| MiB| \(!\))?$/.test(r[i] ?? '')));
  return [row(head), row(numbers.map((n) => (n ? '--:' : '---'))), ...rows.map(row)].join('\n');
}

/** True when the generator itself may have been the limit on a rung. */
export function generatorWasLate(r: Pick<Rung, 'late' | 'cpu' | 'seconds'>): boolean {
  return r.late.p99 > lateMsMax || r.cpu.generator / r.seconds > busyShareMax;
}

/** CPU seconds for each thousand purchases. */
export function perThousand(cpu: Cpu, captured: number): Cpu {
  const of = (n: number) => (captured > 0 ? (n / captured) * 1000 : Number.NaN);
  return { network: of(cpu.network), database: of(cpu.database), generator: of(cpu.generator) };
}

/** Writes `RESULTS.md` and its charts into a folder. Returns the files. */
export function writeResults(results: LadderResults, folder: string, command: string): string[] {
  mkdirSync(folder, { recursive: true });
  const files: Record<string, string> = {
    'RESULTS.md': resultsPage(results, command),
    ...(results.ladders.length > 0
      ? { 'throughput.svg': throughputChart(results), 'waits.svg': waitsChart(results) }
      : {}),
    ...(results.soak ? { 'soak.svg': soakChart(results.soak) } : {}),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return Object.keys(files).map((name) => join(folder, name));
}

/** The page, from what was measured and nothing else. */
export function resultsPage(r: LadderResults, command: string): string {
  const parts = [
    '# Load figures, measured',
    `Written by \`${command}\`; not to be edited. How it is measured: [docs/benchmarks.md](../docs/benchmarks.md).`,
    ...(r.load.quiet
      ? []
      : [
          `> The machine was **not quiet** (load average ${r.load.load.toFixed(2)} before the start): these figures are floors.`,
        ]),
    about(r),
    '## Asked and found',
    findingsTable(r.findings),
    ...(r.ladders.length > 0
      ? [
          '![Captured purchases by offered customers a second](throughput.svg)',
          '![99th percentile of waits by offered load](waits.svg)',
          ...r.ladders.map(ladderPart),
        ]
      : []),
    ...agedPart(r),
    ...soakPart(r),
  ];
  return `${parts.join('\n\n')}\n`;
}

function about(r: LadderResults): string {
  const { size } = r.options;
  const lines = [
    ['When', r.at],
    ['Commit', r.commit ?? 'unknown'],
    ['Machine', r.machine],
    ['Load average before', `${r.load.load.toFixed(2)}${r.load.quiet ? '' : ' (not quiet)'}`],
    ['Engine', r.engine],
    [
      'Its settings',
      Object.entries(r.settings)
        .map(([k, v]) => `${k} ${v}`)
        .join(', '),
    ],
    [
      'Yardstick',
      r.yardstick ? `pgbench TPC-B ${whole(r.yardstick.tps)}/s at ${r.yardstick.clients} clients` : 'not run',
    ],
    ['Seed', r.options.seed],
    ['Each rung', `${r.options.seconds} s`],
    [
      'Town',
      `${size.merchants} merchants, ${size.shoppers} people with ${size.cardsAtEachBank} cards at each of three banks`,
    ],
  ];
  return [row(['', '']), '|---|---|', ...lines.map(row)].join('\n');
}

function findingsTable(findings: readonly Finding[]): string {
  const met = (f: Finding) => (f.met === null ? '?' : f.met ? 'met' : '**missed**');
  const fast = findings.filter((f) => f.kind === 'fast');
  const right = findings.filter((f) => f.kind === 'right');
  const kept = right.filter((f) => f.met === true).length;
  const wrong = right.filter((f) => f.met !== true);
  return [
    table(
      ['What', 'Asked', 'Found', ''],
      [...fast, ...wrong].map((f) => [f.what, f.asked, f.found, met(f)]),
    ),
    `Of what must hold on any machine (told is stored, books right, everybody accounted for) ${kept} of ${right.length} hold.`,
  ].join('\n\n');
}

function ladderPart(l: Ladder): string {
  const cpu = perThousand(l.capacity.cpu, l.capacity.capturedTotal);
  const head = [
    'of capacity',
    'offered/s',
    'captured/s',
    'p50',
    'p95',
    'p99',
    'p99.9 ms',
    'late p99',
    'other endings',
    'errors',
    'counts',
    'books',
  ];
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([what, n]) => `${whole(n)} ${what}`)
      .join(', ') || '–';
  const rows = l.rungs.map((r) => [
    r.percent === null ? '' : `${r.percent} %`,
    whole(r.rate),
    whole(r.capturedPerSecond),
    ms(r.waits.p50),
    ms(r.waits.p95),
    ms(r.waits.p99),
    ms(r.waits.p999),
    `${ms(r.late.p99)}${generatorWasLate(r) ? ' (!)' : ''}`,
    list(r.others),
    list(r.errors),
    r.counts.agree ? 'agree' : '**differ**',
    r.auditClean ? 'right' : '**wrong**',
  ]);
  const late = l.rungs.some(generatorWasLate)
    ? '\n\n(!) On this rung the generator was late or short of processor time: it, and not the network, may be what is measured.'
    : '';
  return `## ${l.scenario.name}

${l.scenario.what[0]?.toUpperCase()}${l.scenario.what.slice(1)}. Capacity ${whole(l.capacity.customers)} customers a second, ${whole(best(l))} purchases captured at best. CPU seconds for a thousand purchases: network ${cpu.network.toFixed(2)}, database ${cpu.database.toFixed(2)}, generator and bank stubs ${cpu.generator.toFixed(2)}.

${table(head, rows)}${late}`;
}

function agedPart(r: LadderResults): string[] {
  const a = r.aged;
  if (!a) return [];
  const lines = a.fresh.map((f, i) => [String(i + 1), whole(f), whole(a.aged[i] ?? Number.NaN)]);
  return [
    '## An aged database',
    `${whole(a.payments)} payments (${(a.bytes / 2 ** 30).toFixed(1)} GiB) laid in ${whole(a.loadSeconds)} s; then uniform, fresh and aged in turn on the same server. The auditor reads all of it after the last round, and took ${whole(a.auditSeconds)} s.`,
    table(
      ['round', 'fresh, captured/s', 'aged, captured/s'],
      [...lines, ['median', whole(median(a.fresh)), whole(median(a.aged))]],
    ),
    `p99 at 70 % of the fresh capacity: fresh ${ms(a.freshP99)} ms, aged ${ms(a.agedP99)} ms.`,
  ];
}

function soakPart(r: LadderResults): string[] {
  const s = r.soak;
  if (!s) return [];
  const word = s.verdict.stable === null ? 'too short to judge' : s.verdict.stable ? 'stable' : '**growing**';
  const tenth = Math.max(1, Math.floor(s.network.length / 10));
  const rows = s.network
    .map((n, i) => ({ n, g: s.generator[i] }))
    .filter((_, i) => i % tenth === 0)
    .map(({ n, g }) => [`${(n.at / 60).toFixed(1)}`, mib(n.value), mib(g?.value ?? 0)]);
  return [
    '## Soak',
    `Mixed at ${whole(s.rung.rate)} customers a second for ${(s.seconds / 60).toFixed(1)} minutes: ${whole(s.rung.captured)} captured, p99 ${ms(s.rung.waits.p99)} ms. The line through the later half of the network's memory rises by ${(s.verdict.growth * 100).toFixed(1)} % (${mib(s.verdict.bytesPerHour)} an hour): ${word}.`,
    '![Memory over time](soak.svg)',
    table(['minute', 'network', 'generator and stubs'], rows),
  ];
}

function throughputChart(r: LadderResults): string {
  return lineChart({
    title: 'Captured by offered',
    x: 'customers offered a second',
    y: 'purchases captured a second',
    series: r.ladders.map((l) => ({
      name: l.scenario.name,
      points: l.rungs.map((g) => [g.rate, g.capturedPerSecond] as const),
    })),
  });
}

function waitsChart(r: LadderResults): string {
  return lineChart({
    title: 'p99 from the intended start',
    x: 'offered, % of the capacity found',
    y: 'ms',
    log: true,
    series: r.ladders.map((l) => ({
      name: l.scenario.name,
      points: l.rungs.map((g) => [g.percent ?? 0, g.waits.p99] as const),
    })),
    level: { at: 100, name: 'asked at 70 %' },
  });
}

function soakChart(s: Soak): string {
  const inMib = (samples: Soak['network']) => samples.map((p) => [p.at / 60, p.value / 2 ** 20] as const);
  return lineChart({
    title: 'Memory over time',
    x: 'minutes',
    y: 'MiB resident',
    series: [
      { name: 'network', points: inMib(s.network) },
      { name: 'generator', points: inMib(s.generator) },
    ],
  });
}
