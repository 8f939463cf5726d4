import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { isMainThread, type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import { bugs } from './bugs.ts';
import { type Ground, openGround } from './ground.ts';
import { machineMs, machineTurn } from './machine.ts';
import type { Outcome } from './run.ts';

type Engine = 'memory' | 'pglite';

interface Seeds {
  kind: 'seeds';
  from: number;
  step: number;
  count: number;
  untilMs: number | null;
  determinism: boolean;
}

/** What one thread is asked to do, one thing after the other. */
type Task = Seeds | { kind: 'bug'; name: string };

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

/** What a thread does, one task after the other on the same ground, until the port is closed. */
async function serve(engine: Engine, port: MessagePort): Promise<void> {
  const ground = await openGround(engine);
  const tell = (told: Told) => port.postMessage(told);
  port.on('message', async (task: Task | 'end') => {
    if (task === 'end') {
      port.close();
      await ground.close();
      return;
    }
    if (task.kind === 'bug') await findBug(ground, task.name, tell);
    else await runSeeds(ground, task, tell);
    tell({ kind: 'done' });
  });
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

async function runSeeds(ground: Ground, task: Seeds, tell: (told: Told) => void): Promise<void> {
  let sum = { worlds: 0, payments: 0, transfers: 0, virtualMs: 0, steps: 0 };
  const flush = () => {
    tell({ kind: 'progress', ...sum });
    sum = { worlds: 0, payments: 0, transfers: 0, virtualMs: 0, steps: 0 };
  };
  for (let i = 0; i < task.count; i++) {
    const seed = task.from + i * task.step;
    const again = task.determinism && i % determinismEvery === 0;
    const outcome = await ground.run(seed, { keeping: again ? 'hash' : 'nothing' });
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
  engine: Engine;
  workers: number;
  ci: boolean;
  threads: Threads;
}

/** As they were given and read by scripts/simulate.mjs, which says what each is. */
interface Given {
  seeds?: string;
  from?: string;
  minutes?: string;
  engine?: Engine;
  workers?: string;
  seed?: string;
  trace?: true;
  bugs?: true;
  ci?: true;
}

/** Runs what is asked for; gives the code to end with. */
export async function main(values: Given): Promise<number> {
  const engine = values.engine ?? 'memory';
  if (values.seed !== undefined) return replay(engine, Number(values.seed), values.trace === true);
  const options: Options = {
    seeds: values.minutes === undefined ? Number(values.seeds ?? 2_000) : Number.MAX_SAFE_INTEGER,
    from: Number(values.from ?? 1),
    minutes: values.minutes === undefined ? null : Number(values.minutes),
    engine,
    workers: Number(values.workers ?? availableParallelism()),
    ci: values.ci === true,
    threads: new Threads(engine),
  };
  try {
    if (values.bugs === true) return count(await plant(options));
    return count(await (options.ci ? everything(options) : sweep(options)));
  } finally {
    options.threads.end();
  }
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
  engine: Engine;
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
      await options.threads.run({ kind: 'bug', name }, (told) => {
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
      const task: Seeds = {
        kind: 'seeds',
        from: options.from + i,
        step: workers,
        count: mine,
        untilMs,
        determinism: true,
      };
      return options.threads.run(task, (told) => {
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

/** Threads that go on from task to task: what one has compiled serves the next. */
class Threads {
  readonly #engine: Engine;
  readonly #idle: Worker[] = [];
  readonly #all: Worker[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Gives a task to a thread that has none. */
  run(task: Task, onTold: (told: Told) => void): Promise<void> {
    const worker = this.#idle.pop() ?? this.#open();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        // Not all at once: a worker listens to itself for who listens.
        for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
        settle();
      };
      worker.on('message', (told: Told) => {
        if (told.kind !== 'done') return onTold(told);
        this.#idle.push(worker);
        end(resolve);
      });
      worker.on('error', (error) => end(() => reject(error)));
      worker.on('exit', (code) => end(() => reject(new Error(`a thread ended with ${code}`))));
      worker.postMessage(task);
    });
  }

  #open(): Worker {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: this.#engine });
    this.#all.push(worker);
    return worker;
  }

  /** Ends them, when all is done. */
  end(): void {
    for (const worker of this.#all) worker.postMessage('end');
  }
}

if (!isMainThread) await serve(workerData as Engine, parentPort as MessagePort);
