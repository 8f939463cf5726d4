import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

/** Clock ticks of /proc a second (sysconf CLK_TCK is 100 on Linux). */
const ticksPerSecond = 100;

interface ProcessTimes {
  parent: number;
  /** User and system time of the process and of its children that have ended, in seconds. */
  seconds: number;
}

function timesOf(pid: number | string): ProcessTimes | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
    return { parent: Number(fields[1]), seconds: ticks / ticksPerSecond };
  } catch {
    return null;
  }
}

/** CPU seconds that a process and its children have used so far; 0 where /proc does not tell. */
export function cpuSeconds(pid: number): number {
  const own = timesOf(pid);
  if (!own) return 0;
  let sum = own.seconds;
  for (const name of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue;
    const times = timesOf(name);
    if (times?.parent === pid) sum += times.seconds;
  }
  return sum;
}

/** The best TPC-B rate of pgbench over some client counts, the yardstick of the same server in the same run. */
export function bestTpcB(
  binaries: string,
  url: string,
  o: { scale: number; seconds: number; clients: number[] },
) {
  const pgbench = join(binaries, 'pgbench');
  const target = new URL(url);
  target.pathname = '/pgbench_yardstick';
  const admin = ['-q', '-c'];
  execFileSync(join(binaries, 'psql'), [url, ...admin, 'create database pgbench_yardstick'], {
    stdio: 'ignore',
  });
  execFileSync(pgbench, ['-i', '-q', '-s', String(o.scale), target.href], { stdio: 'ignore' });
  let best = { tps: 0, clients: 0 };
  for (const clients of o.clients) {
    const args = ['-c', String(clients), '-j', '2', '-T', String(o.seconds), '-M', 'prepared', target.href];
    const out = execFileSync(pgbench, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const tps = Number(/tps = ([0-9.]+)/.exec(out)?.[1] ?? 0);
    if (tps > best.tps) best = { tps, clients };
  }
  execFileSync(join(binaries, 'psql'), [url, ...admin, 'drop database pgbench_yardstick'], {
    stdio: 'ignore',
  });
  return best;
}

/** The machine in one line. */
export function machineLine(): string {
  const list = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${list.length} × ${list[0]?.model.trim() ?? 'unknown processor'}, ${memory} GiB, Node.js ${process.version}`;
}

/** Memory that a process holds (resident set), in bytes; 0 where /proc does not tell. */
export function residentBytes(pid: number): number {
  try {
    const kib = /^VmRSS:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Runnable processes that a machine may have, as a share of its processors, before a measurement is called quiet. */
const quietLoadMax = 0.25;

/** How busy the machine was before the start: the load average of the last minute. */
export function loadBefore(): { load: number; quiet: boolean } {
  const load = loadavg()[0] ?? 0;
  return { load, quiet: load <= quietLoadMax * cpus().length };
}
