import { spawnSync } from 'node:child_process';

/** Runs `taskset` and gives what it said; null where there is none, or it cannot. */
function taskset(...args: string[]): string | null {
  const { status, stdout } = spawnSync('taskset', args, { encoding: 'utf8' });
  return status === 0 ? stdout : null;
}

/** The last of the processors that this process may use, when there are others as well; null where nobody can tell. */
function lastOfSeveral(): string | null {
  const list = taskset('--cpu-list', '--pid', String(process.pid))?.split(': ')[1]?.trim() ?? '';
  const last = /(?:^|[,-])([0-9]+)$/.exec(list)?.[1];
  return last === undefined || last === list ? null : last;
}

/**
 * Keeps processes, and what they start from now on, on one processor, so that a load generator on the same machine has
 * another for itself and what is offered does not depend on how busy they are. Gives the processor's number; null when
 * this machine has one only, or no `taskset`, and all share what there is.
 */
export function keepOnOneProcessor(pids: readonly number[]): string | null {
  const processor = lastOfSeveral();
  if (processor === null) return null;
  const kept = pids.map((pid) => taskset('--all-tasks', '--cpu-list', '--pid', processor, String(pid)));
  return kept.includes(null) ? null : processor;
}
