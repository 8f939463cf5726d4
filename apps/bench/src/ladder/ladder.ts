import { auditBooks } from '../auditor.ts';
import { LoadClient } from '../httpClient.ts';
import type { Bed, Site } from './bed.ts';
import { type Capacity, findCapacity, type Rung, runRung, type Stand, standAt } from './rung.ts';
import type { Scenario } from './scenarios.ts';

/** How a ladder is climbed. */
export interface Climb {
  command: readonly string[];
  seed: string;
  /** Percentages of the capacity found, one for each rung. */
  percents: readonly number[];
  seconds: number;
  warmUpSeconds: number;
  connections: number;
  /** Customers at once when the capacity is sought: where banks answer at once, and where they think. */
  atOnce: { fast: number; slow: number };
  write: (line: string) => void;
}

export interface AuditedRung extends Rung {
  auditClean: boolean;
}

export interface Ladder {
  scenario: Scenario;
  capacity: Capacity;
  rungs: AuditedRung[];
}

const readyMsMax = 30_000;
const readyInARow = 30;
const complaintChars = 600;

/** Runs a scenario on a database of its own, from the lowest rung to the highest; the auditor ends each rung. */
export async function climb(bed: Bed, scenario: Scenario, o: Climb): Promise<Ladder> {
  const site = await bed.site(scenario.name);
  try {
    return await onSite(bed, site, scenario, o, async (stand) => {
      const capacity = await capacityOf(stand, scenario, o, 'capacity');
      if (!(capacity.customers > 0)) throw new Error('nobody was served while the capacity was sought');
      o.write(
        `capacity  ${capacity.customers.toFixed(0)} customers/s, ${capacity.captured.toFixed(0)} captured/s`,
      );
      const rungs: AuditedRung[] = [];
      for (const percent of o.percents) {
        const rate = (capacity.customers * percent) / 100;
        const rung = await runRung(stand, { name: `r${percent}`, rate, percent, seconds: o.seconds });
        const { clean, said } = await auditBooks(o.command, site.env);
        rungs.push({ ...rung, auditClean: clean });
        o.write(rungLine(rung, clean));
        if (!clean) o.write(said);
        for (const line of stand.running.complaints()) o.write(`network   ${line.slice(0, complaintChars)}`);
      }
      return { scenario, capacity, rungs };
    });
  } finally {
    await site.drop();
  }
}

/** Starts a network on a site, warms it up, and stops it when `work` is done. */
export async function onSite<T>(
  bed: Stand['bed'],
  site: Site,
  scenario: Scenario,
  o: Pick<Climb, 'seed' | 'warmUpSeconds' | 'connections' | 'atOnce'>,
  work: (stand: Stand) => Promise<T>,
): Promise<T> {
  const running = await site.start();
  const client = new LoadClient([running.port], o.connections);
  try {
    const stand = standAt(bed, site, running, client, scenario, o.seed);
    await untilReady(stand);
    if (o.warmUpSeconds > 0)
      await findCapacity(stand, { name: 'warm', seconds: o.warmUpSeconds, atOnce: atOnceOf(scenario, o) });
    return await work(stand);
  } finally {
    client.close();
    await running.stop();
  }
}

export function capacityOf(
  stand: Stand,
  scenario: Scenario,
  o: Pick<Climb, 'seconds' | 'atOnce'>,
  name: string,
): Promise<Capacity> {
  return findCapacity(stand, { name, seconds: o.seconds, atOnce: atOnceOf(scenario, o) });
}

const atOnceOf = (scenario: Scenario, { atOnce }: Pick<Climb, 'atOnce'>): number =>
  scenario.thinking === null ? atOnce.fast : atOnce.slow;

/** Until customers are served as they should be: the links to the banks sign on after the start. */
async function untilReady(stand: Stand): Promise<void> {
  const endAt = performance.now() + readyMsMax;
  let inARow = 0;
  let last = '';
  for (let n = 0; inARow < readyInARow; n++) {
    if (performance.now() > endAt) throw new Error(`the network did not become ready: ${last}`);
    const ending = await stand.customers.serve(`${stand.seed}-ready`, n);
    inARow = ending.asMeant ? inARow + 1 : 0;
    last = ending.what;
    if (!ending.asMeant) await new Promise((r) => setTimeout(r, 100));
  }
}

export function rungLine(r: Rung, clean: boolean): string {
  const ms = (n: number) => (Number.isFinite(n) ? n.toFixed(1) : '–');
  const share = r.percent === null ? '' : `${r.percent} %`;
  const wrong = Object.entries(r.errors).map(([what, n]) => `; ${n} × ${what}`);
  return `${share.padEnd(6)}offered ${r.rate.toFixed(0)}/s  captured ${r.capturedPerSecond.toFixed(0)}/s  p50 ${ms(r.waits.p50)}  p95 ${ms(r.waits.p95)}  p99 ${ms(r.waits.p99)}  p99.9 ${ms(r.waits.p999)} ms  counts ${r.counts.agree ? 'agree' : 'DIFFER'}, books ${clean ? 'right' : 'WRONG'}${wrong.join('')}`;
}
