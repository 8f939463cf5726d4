import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { sandboxBanks } from '@feiqian/app-bank';
import { freePorts } from '@feiqian/app-bench';
import { root } from './city.ts';
import { quietly } from './network.ts';

const startMsMax = 60_000;
const bundle = join(root, 'dist', 'feiqian.mjs');

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
  /** Ends it as a failing machine does, or as an operator asks it to. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** Starts a network and waits until it answers. Throws with what it said when it ends instead. */
export async function startProcess(env: Record<string, string>): Promise<NetworkProcess> {
  const child = spawn(process.execPath, [bundle, 'start'], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const url = `http://127.0.0.1:${env.PORT}`;
  const deadline = performance.now() + startMsMax;
  while (!(await answers(url))) {
    if (over || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the network did not start:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    child,
    url,
    pid: child.pid ?? 0,
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/health`).then(
    (r) => r.ok,
    () => false,
  );

/** Runs a command to its end. */
export function runCommand(
  args: readonly string[],
  env: Record<string, string>,
): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: startMsMax,
  });
  return { code: status, said: `${stdout}${stderr}` };
}
