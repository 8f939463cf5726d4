import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { bugs } from './bugs.ts';
import { type Ground, openGround } from './ground.ts';
import { machineMs, machineTurn } from './machine.ts';
import type { Outcome } from './run.ts';

/** What one thread is asked to do, one thing after the other. */
interface Task {
  engine: 'memory' | 'pglite';
  what:
    | {
        kind: 'seeds';
        from: number;
        step: number;
        count: number;
        untilMs: number | null;
        determinism: boolean;
      }
    | { kind: 'bug'; name: string };
}

/** What a thread tells. */
type Told =
  | {
      kind: 'progress';
      worlds: number;
      payments: number;
      transfers: number;
      virtualMs: number;
      steps: number;
    }
  | { kind: 'failure'; seed: number; why: string }
  | { kind: 'bug'; name: string; seed: number; why: string }
  | { kind: 'done' };

/** A planted bug must be found within so many worlds. */
const bugSeedsMax = 600;
/** Every so many worlds one is run twice, and must be the same twice. */
const determinismEvery = 50;
/** Worlds between two words of progress. */
const progressEvery = 20;
const failuresMax = 10;
/** Of what a kept world showed. */
const showedCharsMax = 160;

async function work({ engine, what }: Task, tell: (told: Told) => void): Promise<void> {
  const ground = await openGround(engine);
  if (what.kind === 'bug') await findBug(ground, what.name, tell);
  else await runSeeds(ground, what, tell);
  await ground.close();
  tell({ kind: 'done' });
}

async function findBug(ground: Ground, name: string, tell: (told: Told) => void): Promise<void> {
  const bug = bugs.find((b) => b.name === name) ?? null;
  for (let seed = 1; seed <= bugSeedsMax; seed++) {
    const { violations } = await ground.run(seed, { bug });
    const [why] = violations;
    if (why !== undefined) return tell({ kind: 'bug', name, seed, why });
  }
  tell({ kind: 'bug', name, seed: 0, why: '' });
}

type Seeds = Extract<Task['what'], { kind: 'seeds' }>;

async function runSeeds(ground: Ground, task: Seeds, tell: (told: Told) => void): Promise<void> {
  let sum = { worlds: 0, payments: 0, transfers: 0, virtualMs: 0, steps: 0 };
  const flush = () => {
    tell({ kind: 'progress', ...sum });
    sum = { worlds: 0, payments: 0, transfers: 0, virtualMs: 0, steps: 0 };
  };
  for (let i = 0; i < task.count; i++) {
    const seed = task.from + i * task.step;
    const again = task.determinism && i % determinismEvery === 0;
    const outcome = await ground.run(seed, { keeping: again ? 'hash' : 'nothing', verifies: again });
    sum.worlds += 1;
    sum.payments += outcome.payments;
    sum.transfers += outcome.transfers;
    sum.virtualMs += outcome.virtualMs;
    sum.steps += outcome.steps;
    const why = outcome.violations[0] ?? (again ? await twice(ground, outcome) : null);
    if (why !== null) tell({ kind: 'failure', seed, why });
    if (sum.worlds >= progressEvery || why !== null) {
      flush();
      // A turn of the event loop, so that what is told is also sent.
      await machineTurn();
    }
    if (task.untilMs !== null && machineMs() + performance.timeOrigin > task.untilMs) break;
  }
  flush();
}

async function twice(ground: Ground, first: Outcome): Promise<string | null> {
  const second = await ground.run(first.seed, { keeping: 'hash' });
  return second.hash === first.hash
    ? null
    : `the same seed was another world the second time: ${first.hash}, ${second.hash}`;
}

// The command

interface Options {
  seeds: number;
  from: number;
  minutes: number | null;
  engine: 'memory' | 'pglite';
  workers: number;
  ci: boolean;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '2000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      trace: { type: 'boolean' },
      minutes: { type: 'string' },
      engine: { type: 'string', default: 'memory' },
      workers: { type: 'string' },
      bugs: { type: 'boolean' },
      ci: { type: 'boolean' },
    },
  });
  const { engine } = values;
  if (engine !== 'memory' && engine !== 'pglite') {
    process.stderr.write('--engine is memory or pglite\n');
    return 2;
  }
  if (values.seed !== undefined) return replay(engine, Number(values.seed), values.trace === true);
  const options: Options = {
    seeds: values.minutes === undefined ? Number(values.seeds) : Number.MAX_SAFE_INTEGER,
    from: Number(values.from),
    minutes: values.minutes === undefined ? null : Number(values.minutes),
    engine,
    workers: Number(values.workers ?? availableParallelism()),
    ci: values.ci === true,
  };
  if (values.bugs === true) return count(await plant(options));
  if (options.ci) return count(await everything(options));
  return count(await sweep(options));
}

interface Score {
  passed: number;
  failed: number;
}

function count({ passed, failed }: Score): number {
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed > 0 ? 1 : 0;
}

/** Replays one seed and says what happened. */
async function replay(engine: Options['engine'], seed: number, trace: boolean): Promise<number> {
  const ground = await openGround(engine);
  const outcome = await ground.run(seed, { keeping: trace ? 'lines' : 'hash' });
  await ground.close();
  for (const line of outcome.lines ?? []) process.stdout.write(`${line}\n`);
  process.stdout.write(
    `seed ${seed}: ${outcome.payments} payments, ${outcome.transfers} transfers, ${outcome.steps} events in ${seconds(outcome.virtualMs)}, trace ${outcome.hash}\n`,
  );
  for (const why of outcome.violations) process.stdout.write(`✗ ${why}\n`);
  return count({
    passed: outcome.violations.length === 0 ? 1 : 0,
    failed: outcome.violations.length === 0 ? 0 : 1,
  });
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** Everything for continuous integration, in a bounded time: what has failed once, the planted bugs, and new worlds. */
async function everything(options: Options): Promise<Score> {
  const begun = machineMs();
  const kept = await replayKept();
  const planted = await plant(options);
  const minutes = Math.max(0.1, (options.minutes ?? 2) - (machineMs() - begun) / 60_000);
  // Other worlds each time: those of the day, so that a failure can be repeated by anybody.
  const from = 1 + Math.floor((performance.timeOrigin / 86_400_000) % 10_000) * 100_000;
  const fresh = await sweep({ ...options, minutes, from, seeds: Number.MAX_SAFE_INTEGER });
  const all = [kept, planted, fresh];
  return {
    passed: all.reduce((n, s) => n + s.passed, 0),
    failed: all.reduce((n, s) => n + s.failed, 0),
  };
}

interface KeptSeed {
  engine: 'memory' | 'pglite';
  seed: number;
  /** What it showed when it failed. */
  showed: string;
}

/** Where the worlds are kept that have failed once; found from the repository's root. */
const keptFile = 'tests/simulation/kept-seeds.json';

function readKept(): KeptSeed[] {
  return JSON.parse(readFileSync(keptFile, 'utf8')) as KeptSeed[];
}

function keep(found: KeptSeed): void {
  const kept = readKept();
  if (kept.some((k) => k.seed === found.seed && k.engine === found.engine)) return;
  writeFileSync(keptFile, `${JSON.stringify([...kept, found], null, 2)}\n`);
}

async function replayKept(): Promise<Score> {
  const score = { passed: 0, failed: 0 };
  for (const engine of ['memory', 'pglite'] as const) {
    const kept = readKept().filter((k) => k.engine === engine);
    if (kept.length === 0) continue;
    const ground = await openGround(engine);
    for (const { seed } of kept) {
      const { violations } = await ground.run(seed, {});
      if (violations.length === 0) score.passed += 1;
      else {
        score.failed += 1;
        process.stdout.write(`✗ kept seed ${seed} on ${engine}: ${violations[0]}\n`);
      }
    }
    await ground.close();
  }
  process.stdout.write(
    `${score.passed} of ${score.passed + score.failed} worlds that failed once are right\n`,
  );
  return score;
}

/** Plants each bug in turn; one that is not found is a failure of the simulation. */
async function plant(options: Options): Promise<Score> {
  const score = { passed: 0, failed: 0 };
  const waiting = bugs.map((b) => b.name);
  const lane = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      await thread({ engine: options.engine, what: { kind: 'bug', name } }, (told) => {
        if (told.kind !== 'bug') return;
        if (told.seed > 0) score.passed += 1;
        else score.failed += 1;
        const [why] = told.why.split('\n');
        const found =
          told.seed > 0 ? `found in world ${told.seed}: ${why}` : `NOT found in ${bugSeedsMax} worlds`;
        process.stdout.write(`${told.seed > 0 ? '✓' : '✗'} planted ${told.name}: ${found}\n`);
      });
    }
  };
  await Promise.all(Array.from({ length: options.workers }, lane));
  return score;
}

/** Runs worlds on all threads, with progress. */
async function sweep(options: Options): Promise<Score> {
  const begun = machineMs();
  const sum = { worlds: 0, payments: 0, transfers: 0, virtualMs: 0, steps: 0 };
  const failures: { seed: number; why: string }[] = [];
  const untilMs =
    options.minutes === null ? null : performance.timeOrigin + machineMs() + options.minutes * 60_000;
  const rate = () => sum.worlds / ((machineMs() - begun) / 1000);
  const line = () =>
    `${sum.worlds}${options.minutes === null ? ` of ${options.seeds}` : ''} worlds, ${rate().toFixed(0)} a second, ${sum.payments} payments, ${sum.transfers} transfers, ${(sum.virtualMs / 3_600_000).toFixed(1)} simulated hours, ${failures.length} failed`;
  const progress = setInterval(
    () =>
      process.stdout.write(
        `${process.stdout.isTTY ? '\r' : ''}${line()}${process.stdout.isTTY ? ' ' : '\n'}`,
      ),
    process.stdout.isTTY ? 1_000 : 15_000,
  );
  const workers = Math.max(1, Math.min(options.workers, options.seeds));
  await Promise.all(
    Array.from({ length: workers }, (_, i) => {
      const mine = Math.ceil((options.seeds - i) / workers);
      const what = {
        kind: 'seeds' as const,
        from: options.from + i,
        step: workers,
        count: mine,
        untilMs,
        determinism: true,
      };
      return thread({ engine: options.engine, what }, (told) => {
        if (told.kind === 'progress') {
          sum.worlds += told.worlds;
          sum.payments += told.payments;
          sum.transfers += told.transfers;
          sum.virtualMs += told.virtualMs;
          sum.steps += told.steps;
        } else if (told.kind === 'failure') {
          failures.push(told);
          report(told, options.engine);
        }
      });
    }),
  );
  clearInterval(progress);
  process.stdout.write(
    `${process.stdout.isTTY ? '\r' : ''}${line()}, ${sum.steps} events, on ${options.engine} with ${workers} threads\n`,
  );
  for (const { seed, why } of failures.slice(0, failuresMax))
    keep({ engine: options.engine, seed, showed: (why.split('\n')[0] as string).slice(0, showedCharsMax) });
  return { passed: sum.worlds - failures.length, failed: failures.length };
}

function report({ seed, why }: { seed: number; why: string }, engine: string): void {
  const more = engine === 'memory' ? '' : ` --engine ${engine}`;
  process.stdout.write(`\n✗ seed ${seed}: ${why}\n  npm run sim --${more} --seed ${seed} --trace\n`);
}

function thread(task: Task, onTold: (told: Told) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: task });
    worker.on('message', onTold);
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a thread ended with ${code}`))));
  });
}

if (isMainThread) process.exitCode = await main();
else await work(workerData as Task, (told) => parentPort?.postMessage(told));
