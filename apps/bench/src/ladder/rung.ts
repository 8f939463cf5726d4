import type { LoadClient } from '../httpClient.ts';
import { cpuSeconds } from '../machine.ts';
import { type Offered, offer, saturate } from '../measure/openModel.ts';
import { nearestRank, type Spread, spreadOf } from '../measure/percentiles.ts';
import { seeded } from '../measure/random.ts';
import type { Bed, Running, Site } from './bed.ts';
import { type Customers, createCustomers, type Ending } from './purchases.ts';
import { type Counts, compare, settled, stored } from './reconcile.ts';
import type { Scenario } from './scenarios.ts';

/** CPU seconds that were used. */
export interface Cpu {
  network: number;
  database: number;
  /** The load generator and the banks' stubs, which are one process. */
  generator: number;
}

/** One rung of a ladder: so much was offered, and this came of it. */
export interface Rung {
  run: string;
  /** Share of the capacity found, in percent; null when the rate was given otherwise. */
  percent: number | null;
  /** Customers a second that were to come, and how many came. */
  rate: number;
  due: number;
  seconds: number;
  captured: number;
  /** Purchases a second that were captured while customers came, the first fifth of that time left out. */
  capturedPerSecond: number;
  /** Of captured purchases, in ms from the intended start. */
  waits: Spread;
  /** Endings as they were meant that are not purchases: declined, refunded, voided. */
  others: Record<string, number>;
  /** Everything else, by kind. */
  errors: Record<string, number>;
  /** Still under way when the last customer came. */
  backlog: number;
  /** How late the generator started customers, in ms. */
  late: { p99: number; max: number };
  cpu: Cpu;
  counts: Counts;
  /** True when every stored message to a bank was acknowledged afterwards. */
  settled: boolean;
}

/** Everything a run needs that does not change from one to the next. */
export interface Stand {
  bed: Pick<Bed, 'town' | 'think' | 'databasePid'>;
  site: Site;
  running: Running;
  client: LoadClient;
  customers: Customers;
  seed: string;
}

export const underWayMax = 20_000;
const drainMsMax = 30_000;
const refusedMs = 1_000;
/** Share of a rung that goes by before as many are captured as come: the first are still under way. */
const rampShare = 0.2;

/** Opens a running network for a scenario. */
export function standAt(
  bed: Stand['bed'],
  site: Site,
  running: Running,
  client: LoadClient,
  scenario: Scenario,
  seed: string,
): Stand {
  bed.think(scenario.thinking, seed);
  const random = seeded(`${seed} customers`);
  const customers = createCustomers({ client, town: bed.town, scenario, random, nowMs: Date.now });
  return { bed, site, running, client, customers, seed };
}

function used(stand: Stand): Cpu {
  const own = process.cpuUsage();
  return {
    network: cpuSeconds(stand.running.pid),
    database: stand.bed.databasePid === null ? 0 : cpuSeconds(stand.bed.databasePid),
    generator: (own.user + own.system) / 1e6,
  };
}

const less = (a: Cpu, b: Cpu): Cpu => ({
  network: a.network - b.network,
  database: a.database - b.database,
  generator: a.generator - b.generator,
});

/** Gathers endings while a run goes on. */
class Tally {
  captured = 0;
  capturedSteadily = 0;
  unclear = 0;
  readonly told: Record<string, number> = {};
  readonly others: Record<string, number> = {};
  readonly errors: Record<string, number> = {};
  readonly waits: number[] = [];

  add(ending: Ending, waitMs: number, steady: boolean): void {
    if (ending.unclear) this.unclear += 1;
    for (const told of ending.told) count(this.told, told);
    if (!ending.asMeant || ending.what !== 'captured') {
      count(ending.asMeant ? this.others : this.errors, ending.what);
      return;
    }
    this.captured += 1;
    if (steady) this.capturedSteadily += 1;
    this.waits.push(waitMs);
  }

  error(what: string, times = 1): void {
    if (times > 0) count(this.errors, what, times);
  }

  lost(error: Error): void {
    this.unclear += 1;
    this.error(`connection: ${error.message}`);
  }
}

function count(into: Record<string, number>, what: string, times = 1): void {
  into[what] = (into[what] ?? 0) + times;
}

/** Offers customers at a rate for some seconds, waits for what they began, and compares told with stored. */
export async function runRung(
  stand: Stand,
  o: { name: string; rate: number; percent: number | null; seconds: number },
): Promise<Rung> {
  const run = `${stand.seed}-${o.name}`;
  const arrivals = seeded(`${run} arrivals`);
  const sums = new Tally();
  const since = new Date();
  const endAt = performance.now() + o.seconds * 1000;
  const steadyFrom = endAt - o.seconds * 1000 * (1 - rampShare);
  const endings = new Map<number, Ending>();
  const before = used(stand);
  const offered: Offered = await offer({
    seconds: o.seconds,
    gap: () => arrivals.gap(1000 / o.rate),
    perform: async (n) => void endings.set(n, await stand.customers.serve(run, n)),
    onEnd: (n, dueAt, endedAt, error) => {
      const ending = endings.get(n);
      endings.delete(n);
      if (error !== null || ending === undefined) sums.lost(error ?? new Error('no ending'));
      else sums.add(ending, endedAt - dueAt, endedAt >= steadyFrom && endedAt <= endAt);
    },
    underWayMax,
    drainMsMax,
  });
  const cpu = less(used(stand), before);
  sums.error('generator: too many under way', offered.dropped);
  sums.error('no answer in time', offered.unanswered);
  const quiet = await settled(stand.site.db());
  const counts = compare(
    sums.told,
    await stored(stand.site.db(), run, since),
    sums.unclear + offered.unanswered,
  );
  const late = Float64Array.from(offered.late).sort();
  return {
    run,
    percent: o.percent,
    rate: o.rate,
    due: offered.due,
    seconds: o.seconds,
    captured: sums.captured,
    capturedPerSecond: sums.capturedSteadily / (o.seconds * (1 - rampShare)),
    waits: spreadOf(sums.waits),
    others: sums.others,
    errors: sums.errors,
    backlog: offered.backlog,
    late: { p99: nearestRank(late, 990), max: nearestRank(late, 1000) },
    cpu,
    counts,
    settled: quiet,
  };
}

export interface Capacity {
  /** Customers served as they should be, and purchases captured, a second. */
  customers: number;
  captured: number;
  cpu: Cpu;
  capturedTotal: number;
}

/** How much is done when as many customers as `atOnce` come again at once: what a ladder's percentages are of. */
export async function findCapacity(
  stand: Stand,
  o: { name: string; seconds: number; atOnce: number },
): Promise<Capacity> {
  const run = `${stand.seed}-${o.name}`;
  const sums = new Tally();
  const before = used(stand);
  const endings = new Map<number, Ending>();
  let served = 0;
  const { seconds } = await saturate({
    seconds: o.seconds,
    atOnce: o.atOnce,
    perform: async (n) => {
      const ending = await stand.customers.serve(run, n);
      endings.set(n, ending);
      // Who is turned away comes again after a while, as the answer asks.
      if (!ending.asMeant) await new Promise((r) => setTimeout(r, refusedMs));
    },
    onEnd: (n, startedAt, endedAt, error) => {
      const ending = endings.get(n);
      endings.delete(n);
      if (ending?.asMeant) served += 1;
      if (error !== null || ending === undefined) sums.lost(error ?? new Error('no ending'));
      else sums.add(ending, endedAt - startedAt, true);
    },
  });
  return {
    customers: served / seconds,
    captured: sums.captured / seconds,
    cpu: less(used(stand), before),
    capturedTotal: sums.captured,
  };
}
