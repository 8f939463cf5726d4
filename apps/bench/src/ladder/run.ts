import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { age } from '../aged/age.ts';
import { auditBooks } from '../auditor.ts';
import { bestTpcB, loadBefore, machineLine } from '../machine.ts';
import { median } from '../measure/percentiles.ts';
import { type Bed, openBed } from './bed.ts';
import { type Aged, type Finding, judge, type Measured } from './judge.ts';
import { type Climb, capacityOf, climb, onSite, rungLine } from './ladder.ts';
import type { TownSize } from './people.ts';
import { runRung } from './rung.ts';
import { type Scenario, type ScenarioName, scenarios } from './scenarios.ts';
import { runSoak, type Soak } from './soak.ts';

export interface LadderOptions {
  scenarios: readonly ScenarioName[];
  seed: string;
  percents: readonly number[];
  seconds: number;
  warmUpSeconds: number;
  size: TownSize;
  connections: number;
  /** Customers at once when the capacity is sought: where banks answer at once, and where they think. */
  atOnce: { fast: number; slow: number };
  /** Payments of the aged database; 0 leaves it out. */
  aged: number;
  /** Real purchases that its past is copied from. */
  template: number;
  /** Fresh and aged in turn, so many times. */
  agedRounds: number;
  /** Length of the soak in seconds; 0 leaves it out. */
  soakSeconds: number;
  yardstick: boolean;
  /** False for a run that only proves that everything adds up: no figure is judged. */
  speed: boolean;
  command: readonly string[];
  write: (line: string) => void;
}

/** Everything a reader of the figures needs to believe them or to repeat them. */
export interface LadderResults extends Measured {
  at: string;
  machine: string;
  /** Load average of the minute before, and whether that is quiet. */
  load: { load: number; quiet: boolean };
  engine: string;
  settings: Record<string, string>;
  commit: string | null;
  options: Pick<LadderOptions, 'seed' | 'seconds' | 'percents' | 'size' | 'connections' | 'atOnce' | 'speed'>;
  findings: Finding[];
}

/** Shares of the capacity at which the soak and the comparison of aged with fresh are run. */
const steadyShare = 0.7;

/** Runs everything that is asked for, one after the other, and judges it. */
export async function runLadder(o: LadderOptions): Promise<LadderResults> {
  // Whoever interrupts a long run wants its server and its network gone as well: they go with this process.
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const)
    process.once(signal, () => process.exit(128 + number));
  const load = loadBefore();
  o.write(`machine   ${machineLine()}`);
  if (!load.quiet)
    o.write(
      `WARNING   the machine is not quiet: load average ${load.load.toFixed(2)} before the start; figures will be too low`,
    );
  const bed = await openBed(o);
  try {
    o.write(
      `engine    ${bed.version}, ${Object.entries(bed.settings)
        .map(([k, v]) => `${k} ${v}`)
        .join(', ')}`,
    );
    const yardstick =
      o.yardstick && bed.binaries
        ? bestTpcB(bed.binaries, bed.url, { scale: 20, seconds: 5, clients: [8, 16, 32, 64] })
        : null;
    if (yardstick) o.write(`pgbench   ${yardstick.tps.toFixed(0)} TPC-B/s at ${yardstick.clients} clients`);
    const measured: Measured = { ladders: [], yardstick, aged: null, soak: null, soakAuditClean: null };
    for (const name of o.scenarios) {
      const scenario: Scenario = scenarios[name];
      o.write(`\n── ${scenario.name}: ${scenario.what}`);
      measured.ladders.push(await climb(bed, scenario, climbOf(o, name)));
    }
    if (o.aged > 0) measured.aged = await compareAged(bed, o);
    if (o.soakSeconds > 0) Object.assign(measured, await soak(bed, o, measured));
    const findings = judge(measured, o.speed);
    tell(o, findings);
    const { seed, seconds, percents, size, connections, atOnce, speed } = o;
    return {
      ...measured,
      at: new Date().toISOString(),
      machine: machineLine(),
      load,
      engine: bed.version,
      settings: bed.settings,
      commit: commitOf(),
      options: { seed, seconds, percents, size, connections, atOnce, speed },
      findings,
    };
  } finally {
    await bed.close();
  }
}

const climbOf = (o: LadderOptions, name: string): Climb => ({ ...o, seed: `${o.seed}-${name}` });

/** Fresh and aged in turn, each time on a network that was just started; the medians are compared. */
async function compareAged(bed: Bed, o: LadderOptions): Promise<Aged> {
  const scenario = scenarios.uniform;
  o.write(`\n── aged: uniform, on a database with ${o.aged} payments and on a fresh one in turn`);
  const fresh = await bed.site('fresh');
  const old = await bed.site('aged');
  const past = await age(bed, old, { ...o, payments: o.aged, parallel: Math.max(2, cpus().length) });
  o.write(
    `past      ${past.payments} payments, ${(past.bytes / 2 ** 30).toFixed(1)} GiB, laid in ${past.seconds.toFixed(0)} s`,
  );
  const result: Aged = {
    payments: past.payments,
    bytes: past.bytes,
    loadSeconds: past.seconds,
    auditSeconds: Number.NaN,
    fresh: [],
    aged: [],
    freshP99: Number.NaN,
    agedP99: Number.NaN,
    auditClean: false,
  };
  const p99: Record<'fresh' | 'aged', number[]> = { fresh: [], aged: [] };
  for (let round = 1; round <= o.agedRounds; round++) {
    for (const which of ['fresh', 'aged'] as const) {
      const site = which === 'fresh' ? fresh : old;
      const c = { ...o, seed: `${o.seed}-${which}${round}` };
      await onSite(bed, site, scenario, c, async (stand) => {
        const capacity = await capacityOf(stand, scenario, c, 'capacity');
        const rate = (result.fresh[0] ?? capacity.captured) * steadyShare;
        const rung = await runRung(stand, { name: 'steady', rate, percent: null, seconds: o.seconds });
        result[which].push(capacity.captured);
        p99[which].push(rung.waits.p99);
        o.write(
          `${which.padEnd(10)}${capacity.captured.toFixed(0)} captured/s; at ${rate.toFixed(0)}/s p99 ${rung.waits.p99.toFixed(1)} ms`,
        );
      });
    }
  }
  const last = await auditBooks(o.command, old.env);
  const lastFresh = await auditBooks(o.command, fresh.env);
  const right = last.clean && lastFresh.clean;
  o.write(
    `audit     ${right ? 'right' : `WRONG\n${last.said}${lastFresh.said}`}; all of the aged database in ${last.seconds.toFixed(0)} s, longest ${last.longest?.name} ${last.longest?.seconds.toFixed(0)} s`,
  );
  await old.drop();
  await fresh.drop();
  return {
    ...result,
    freshP99: median(p99.fresh),
    agedP99: median(p99.aged),
    auditSeconds: last.seconds,
    auditClean: right,
  };
}

async function soak(
  bed: Bed,
  o: LadderOptions,
  m: Measured,
): Promise<{ soak: Soak; soakAuditClean: boolean }> {
  const scenario = scenarios.mixed;
  o.write(`\n── soak: mixed for ${(o.soakSeconds / 60).toFixed(1)} minutes`);
  const site = await bed.site('soak');
  const c = climbOf(o, 'soak');
  const result = await onSite(bed, site, scenario, c, async (stand) => {
    const known = m.ladders.find((l) => l.scenario.name === scenario.name)?.capacity;
    const { customers } = known ?? (await capacityOf(stand, scenario, c, 'capacity'));
    return runSoak(stand, { rate: customers * steadyShare, seconds: o.soakSeconds, write: o.write });
  });
  const { clean, said } = await auditBooks(o.command, site.env);
  o.write(rungLine(result.rung, clean));
  if (!clean) o.write(said);
  await site.drop();
  return { soak: result, soakAuditClean: clean && result.rung.counts.agree };
}

function tell(o: LadderOptions, findings: readonly Finding[]): void {
  o.write('\n── asked and found');
  for (const f of findings) {
    const met = f.met === null ? '  ?   ' : f.met ? '  met ' : 'MISSED';
    o.write(`${met} ${f.what.padEnd(62)} asked ${f.asked.padEnd(20)} found ${f.found}`);
  }
}

/** The commit that was measured, when this is a working copy. */
function commitOf(): string | null {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}
