import { createExpectation } from './expectation.ts';

/** Group commit: commands that arrive while a group is being committed form the next group. */
export interface Pipeline<C, R> {
  /** Resolves with the command's result after the commit of its group. Rejects when it was refused a place. */
  submit(command: C): Promise<R>;
  /** Resolves when nothing is waiting or running. */
  drain(): Promise<void>;
  /** Commands waiting for a group. */
  readonly waiting: number;
  /** How long a command that came now would wait until its group has been committed, in ms. */
  expectedWaitMs(): number;
  readonly stats: { groups: number; commands: number; largest: number };
}

export interface PipelineOptions<C, R> {
  name: string;
  /** Commands in one group at the most. */
  groupMax?: number;
  /** Commands that may wait; beyond it `submit` rejects with `PipelineFull`. */
  waitingMax?: number;
  /** Groups that may be under way at once. One keeps commands of a process strictly in order. */
  lanes?: number;
  /** Load, decide and commit one group; one result for each command, in order. */
  run: (group: C[]) => Promise<R[]>;
  /** True when a group that failed with this error may be run again command by command (nothing was committed). */
  mayRetry?: (error: unknown) => boolean;
}

const GROUP_MAX = 500;
const WAITING_MAX = 20_000;

/** Too many commands are waiting: the caller should answer 503 and say when to come back. */
export class PipelineFull extends Error {
  override name = 'PipelineFull';
}

interface Waiting<C, R> {
  command: C;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/**
 * Creates a pipeline. There is no artificial wait: a lone command starts at once, and under load a group is
 * whatever arrived during the last commit. When a group fails before its commit (a poison command), each of
 * its commands is run alone, so that only the poison one fails.
 */
export function createPipeline<C, R>(options: PipelineOptions<C, R>): Pipeline<C, R> {
  const groupMax = options.groupMax ?? GROUP_MAX;
  const waitingMax = options.waitingMax ?? WAITING_MAX;
  const lanes = options.lanes ?? 1;
  const mayRetry = options.mayRetry ?? failedBeforeCommit;
  let queue: Waiting<C, R>[] = [];
  let running = 0;
  let scheduled = false;
  let idle: (() => void)[] = [];
  const stats = { groups: 0, commands: 0, largest: 0 };
  const expectation = createExpectation({ groupMax, lanes, now: () => performance.now() });

  function schedule(): void {
    if (scheduled || queue.length === 0 || running >= lanes) return;
    scheduled = true;
    // One turn of the event loop, so that commands of requests read together share a group.
    setImmediate(() => {
      scheduled = false;
      while (queue.length > 0 && running < lanes) {
        const group = queue.length <= groupMax ? queue : queue.slice(0, groupMax);
        queue = queue.length <= groupMax ? [] : queue.slice(groupMax);
        void runGroup(group);
      }
    });
  }

  async function runGroup(group: Waiting<C, R>[]): Promise<void> {
    running += 1;
    stats.groups += 1;
    stats.commands += group.length;
    stats.largest = Math.max(stats.largest, group.length);
    const ended = expectation.began(group.length);
    try {
      await attempt(group);
    } catch (error) {
      if (group.length === 1 || !mayRetry(error)) for (const w of group) w.reject(error);
      else for (const w of group) await attempt([w]).catch((e: unknown) => w.reject(e));
    } finally {
      ended();
      running -= 1;
      if (running === 0 && queue.length === 0) {
        const done = idle;
        idle = [];
        for (const d of done) d();
      }
      schedule();
    }
  }

  async function attempt(group: Waiting<C, R>[]): Promise<void> {
    const results = await options.run(group.map((w) => w.command));
    if (results.length !== group.length) {
      throw new Error(`pipeline ${options.name}: ${results.length} results for ${group.length} commands`);
    }
    for (let i = 0; i < group.length; i++) (group[i] as Waiting<C, R>).resolve(results[i] as R);
  }

  return {
    submit(command) {
      if (queue.length >= waitingMax) {
        return Promise.reject(new PipelineFull(`${options.name}: ${queue.length} commands are waiting`));
      }
      return new Promise<R>((resolve, reject) => {
        queue.push({ command, resolve, reject });
        schedule();
      });
    },
    drain: () =>
      running === 0 && queue.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            idle.push(resolve);
          }),
    get waiting() {
      return queue.length;
    },
    expectedWaitMs: () => (running === 0 && queue.length === 0 ? 0 : expectation.waitMs(queue.length)),
    stats,
  };
}

/**
 * True for an SQL error that the server reported (it rolled back). A broken connection may hide a commit that
 * took place, so it is never run again blindly.
 */
function failedBeforeCommit(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^(08|57|58|53)/.test(code);
}
