import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sandboxBanks } from '@feiqian/app-bank';
import { freePorts } from '@feiqian/app-bench';
import { openEngine, parseConfig } from '@feiqian/app-network';
import type { Db } from '@feiqian/db';
import { root } from './city.ts';
import { quietly } from './network.ts';
import { pause, until } from './until.ts';

const startMsMax = 60_000;
const haltMsMax = 20_000;
const pollMs = 20;
const bundle = join(root, 'dist', 'feiqian.mjs');
const inside = pathToFileURL(join(import.meta.dirname, 'inside.mjs')).href;

/** Settings of a process: fixed ports, so that it is found again after a restart. */
export async function settings(change: Record<string, string>): Promise<Record<string, string>> {
  return {
    ...quietly,
    PORT: String(await freePorts(1)),
    FEIQIAN_BANK_ISO_PORT: String(await freePorts(sandboxBanks.length)),
    FEIQIAN_BANK_API_PORT: String(await freePorts(sandboxBanks.length)),
    ...change,
  };
}

/** A network in a process of its own. */
export interface NetworkProcess {
  child: ChildProcess;
  url: string;
  pid: number;
  /** Waits until it answers. Throws with what it said when it ends instead. */
  ready(): Promise<void>;
  /** Resolves with its exit code when it has ended by itself; null when it was killed. */
  ended: Promise<number | null>;
  /** Ends it as a failing machine does, or as an operator asks it to. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** What it has said so far. */
  said(): string;
}

/** An instant at which a process stops for good: in its work with the database, where a statement or its parameters say `on`. */
export interface Halt {
  name: string;
  /** Before the first such statement, before the commit of a transaction that had one, or after that commit. */
  when: 'before' | 'before_commit' | 'after_commit';
  on: string;
}

/** The time of a process: an instant at which it stands, or from which it goes on. */
export interface ProcessClock {
  atMs: number;
  stands: boolean;
}

/** A process that can be stopped at an instant, and whose clock is ours. */
export interface HeldProcess extends NetworkProcess {
  /** Makes it stop there from now on. */
  halt(halt: Halt): Promise<void>;
  /** Waits until it has stopped there. */
  halted(name: string): Promise<void>;
  setClock(clock: ProcessClock): Promise<void>;
  /** Memory that is in use after everything unused was given back. */
  memoryBytes(): Promise<number>;
}

/** Starts a network and waits until it answers. Throws with what it said when it ends instead. */
export async function startProcess(env: Record<string, string>): Promise<NetworkProcess> {
  const started = attend(spawnNode([bundle, 'start'], env), env);
  await started.ready();
  return started;
}

/** Starts the same network again and again, each start with a clock and with instants to stop at. */
export interface Starter {
  start(begin?: { halts?: readonly Halt[]; clock?: ProcessClock }): HeldProcess;
  close(): Promise<void>;
}

/** Processes that are kept ready: while one dies and the next begins, another can load. */
const sparesMax = 2;

/** Keeps processes ready that have everything loaded and wait to be told to begin: half of a start is loading. */
export function createStarter(env: Record<string, string>, command = 'start'): Starter {
  const spares = Array.from({ length: sparesMax }, () => spawnHeld(env, command));
  return {
    start({ halts = [], clock } = {}) {
      const child = spares.shift() as ChildProcess;
      spares.push(spawnHeld(env, command));
      const held = hold(child, attend(child, env));
      child.send({ halts, clock: clock ?? null });
      return held;
    },
    async close() {
      const ended = spares.map((spare) => new Promise((resolve) => spare.once('exit', resolve)));
      for (const spare of spares) spare.kill('SIGKILL');
      await Promise.all(ended);
    },
  };
}

function spawnHeld(env: Record<string, string>, command: string): ChildProcess {
  const child = spawnNode(
    ['--expose-gc', '--import', inside, bundle, command],
    { ...env, TEST_WAITS: 'true' },
    ['ipc'],
  );
  child.setMaxListeners(0);
  return child;
}

/** A process that lives for seconds is not worth the optimising of the embedded engine's code. */
const briefly = ['--liftoff-only', '--no-wasm-dynamic-tiering'];

function spawnNode(
  args: readonly string[],
  env: Record<string, string>,
  more: readonly 'ipc'[] = [],
): ChildProcess {
  return spawn(process.execPath, [...briefly, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...more],
  });
}

function attend(child: ChildProcess, env: Record<string, string>): NetworkProcess {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
  let over = false;
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => {
      over = true;
      resolve(code);
    }),
  );
  const url = `http://127.0.0.1:${env.PORT}`;
  return {
    child,
    url,
    pid: child.pid ?? 0,
    said: () => said,
    ended,
    async ready() {
      const deadline = performance.now() + startMsMax;
      while (!(await answers(url))) {
        if (over || performance.now() > deadline) {
          child.kill('SIGKILL');
          throw new Error(`the network did not start:\n${said}`);
        }
        await pause(pollMs);
      }
    },
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

function hold(child: ChildProcess, attended: NetworkProcess): HeldProcess {
  const halted = new Set<string>();
  let number = 0;
  child.on('message', (told: { halted?: string }) => {
    if (told.halted !== undefined) halted.add(told.halted);
  });
  const tell = (what: object): Promise<number> =>
    new Promise((resolve, reject) => {
      const mine = ++number;
      child.on('message', (told: { heard?: number; bytes: number }) => {
        if (told.heard === mine) resolve(told.bytes);
      });
      child.once('exit', () => reject(new Error('the process has ended')));
      child.send({ ...what, number: mine });
    });
  return {
    ...attended,
    halt: async (halt) => void (await tell({ halt })),
    halted: (name) => until(() => halted.has(name), haltMsMax, `the process at ${name}`),
    setClock: async (clock) => void (await tell({ clock })),
    memoryBytes: () => tell({ memory: true }),
  };
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/health`).then(
    (r) => r.ok,
    () => false,
  );

/** Works on the database of a network that is not running, or runs on a server. */
export async function inDatabase<T>(env: Record<string, string>, work: (db: Db) => Promise<T>): Promise<T> {
  const parsed = parseConfig(env);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const engine = await openEngine(parsed.config, 'freely');
  try {
    return await work(engine.db);
  } finally {
    await engine.close();
  }
}

/** Runs a command to its end. */
export function runCommand(
  args: readonly string[],
  env: Record<string, string>,
): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...briefly, bundle, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: startMsMax,
  });
  return { code: status, said: `${stdout}${stderr}` };
}
