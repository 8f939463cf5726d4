import { type MemoryEngine, MemorySchema, memoryDb } from '@feiqian/testkit';
import type { Bug } from './bugs.ts';
import { buildCity, type City, transferGround } from './city.ts';
import { enter, runMicrotasks } from './machine.ts';
import { type Plan, planOf } from './plan.ts';
import { memoryStore } from './store.ts';
import type { Keeping } from './trace.ts';
import { Watch } from './watch.ts';
import { World } from './world.ts';

/** What came of one seed. */
export interface Outcome {
  seed: number;
  /** What must not have been; empty when all was well. */
  violations: readonly string[];
  /** Of all that happened, when it was asked for. */
  hash: string;
  /** What happened, when it was asked for. */
  lines: readonly string[] | null;
  /** Events handled, virtual ms, and payments made. */
  steps: number;
  virtualMs: number;
  payments: number;
  transfers: number;
}

/** Events of one world at the most: one that goes on for ever is a failure too. */
const stepsMax = 200_000;

/** Everything that worlds on the memory engine share. */
export interface MemoryGround {
  base: MemoryEngine;
  city: City;
  watch: Watch;
}

export async function memoryGround(): Promise<MemoryGround> {
  const base = new MemorySchema().open();
  const city = await buildCity(memoryDb(base));
  const watch = new Watch({
    banks: city.banks.map((b) => b.id),
    transfers: transferGround(city),
    eachCommit: false,
    step: () => 0,
  });
  for (const schema of ['ledger', ...city.banks.map((b) => `bank_${b.id}_ledger`)]) {
    const rows = (table: string) =>
      base
        .rowsOf(`${schema}.${table}`)
        .map((after) => ({ table: `${schema}.${table}`, before: null, after }));
    watch.saw([...rows('accounts'), ...rows('transfers')]);
  }
  if (watch.violations.length > 0) throw new Error(`the city itself is wrong: ${watch.violations[0]}`);
  return { base, city, watch };
}

export interface RunOptions {
  bug?: Bug | null;
  keeping?: Keeping;
}

/** Runs one world from beginning to end, in one synchronous go: call it from a turn of the event loop. */
export function runInMemory(ground: MemoryGround, seed: number, options: RunOptions = {}): Outcome {
  const plan = planOf(seed, 'memory');
  const engine = ground.base.copy();
  for (const { text, params } of preparations(plan, ground.city)) {
    const tx = engine.begin();
    void engine.run(tx, text, params);
    engine.commit(tx);
  }
  const world = new World({
    plan,
    city: ground.city,
    store: memoryStore(engine),
    watchOf: (step) =>
      new Watch({
        banks: ground.city.banks.map((b) => b.id),
        transfers: transferGround(ground.city),
        eachCommit: true,
        step,
        base: ground.watch,
      }),
    bug: options.bug ?? null,
    keeping: options.keeping ?? 'nothing',
  });
  const { watch, trace, timeline } = world;
  if (trace.on) {
    engine.onCommit = (changes) => {
      for (const { table, before, after } of changes)
        trace.note('commit', `${table} ${brief(before)} -> ${brief(after)}`);
      watch.saw(changes);
    };
  } else {
    engine.observes = (table) => watch.reads(table);
    engine.onCommit = (changes) => watch.saw(changes);
  }
  const leave = enter(timeline);
  try {
    world.begin();
    runMicrotasks();
    while (!world.isOver()) {
      if (!timeline.step()) {
        watch.violate('P1 nothing is left to happen, and not all is settled');
        break;
      }
      runMicrotasks();
      if (timeline.steps > stepsMax) {
        watch.violate(`R1 more than ${stepsMax} events`);
        break;
      }
    }
    world.judge();
  } finally {
    leave();
  }
  return {
    seed,
    violations: watch.violations,
    hash: trace.hash(),
    lines: trace.lines,
    steps: timeline.steps,
    virtualMs: timeline.nowMs,
    payments: watch.payments.size,
    transfers: watch.transfers.transfers.size,
  };
}

/** What is different in this world's city: banks that are not in it are nowhere to be dialled. */
export function preparations(plan: Plan, city: City): { text: string; params: string[] }[] {
  return city.banks.slice(plan.banks).map((bank) => ({
    text: 'update members.member set link = null where id = $1',
    params: [bank.memberId],
  }));
}

/** What tells a row's change in a trace. */
function brief(row: Record<string, unknown> | null): string {
  if (row === null) return '-';
  const parts: string[] = [];
  for (const name of [
    'id',
    'state',
    'kind',
    'type',
    'status',
    'version',
    'attempts',
    'captured_amount',
    'response_code',
    'outcome',
  ]) {
    if (row[name] !== undefined && row[name] !== null) parts.push(`${name}=${String(row[name])}`);
  }
  return parts.join(' ');
}
