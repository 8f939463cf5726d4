import { mkdirSync, readFileSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Who holds a data directory. */
export interface Holder {
  pid: number;
  bootId: string;
  host: string;
  since: string;
}

export type Held = { ok: true; release: () => void } | { ok: false; holder: Holder; path: string };

const lockName = 'feiqian.lock';
const beatMs = 2_000;
/** A lock whose holder cannot be looked up here (another host) is believed for this long after its last beat. */
const staleMs = 10_000;

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isHeld(path: string, holder: Holder): boolean {
  if (holder.host === hostname())
    return holder.bootId === bootId() && holder.pid !== process.pid && alive(holder.pid);
  return Date.now() - statSync(path).mtimeMs < staleMs;
}

/**
 * Takes a data directory for this process, before the embedded engine opens it: two processes on one directory
 * would both believe their writes and lose half of them. The lock names process, boot and host, and beats.
 */
export function holdDataDirectory(dir: string): Held {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, lockName);
  const mine: Holder = {
    pid: process.pid,
    bootId: bootId(),
    host: hostname(),
    since: new Date().toISOString(),
  };
  for (let i = 0; i < 3; i++) {
    try {
      writeFileSync(path, JSON.stringify(mine), { flag: 'wx' });
      return { ok: true, release: keepAlive(path) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readHolder(path);
      if (holder !== null && isHeld(path, holder)) return { ok: false, holder, path };
      rmSync(path, { force: true });
    }
  }
  throw new Error(`the lock ${path} could not be taken`);
}

function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function keepAlive(path: string): () => void {
  const timer = setInterval(() => {
    try {
      const now = new Date();
      utimesSync(path, now, now);
    } catch {
      // The directory was taken away under us: the engine will say so.
    }
  }, beatMs);
  timer.unref();
  const release = () => {
    clearInterval(timer);
    try {
      unlinkSync(path);
    } catch {
      // Already gone.
    }
  };
  process.once('exit', release);
  return () => {
    process.off('exit', release);
    release();
  };
}
