import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

const startMsMax = 90_000;

/**
 * Ports that one process gives out lie in a block of its own: a port that is free just now may be another's, which is
 * about to start there again. All are below those that the system gives out by itself (32768).
 */
const blockPorts = 200;
let nextPort = 20_000 + (process.pid % 60) * blockPorts;

/** The first of `count` consecutive free ports; no port is given out twice. */
export async function freePorts(count: number): Promise<number> {
  for (let i = 0; i < 50; i++) {
    const first = nextPort;
    nextPort += count;
    const free = await Promise.all(Array.from({ length: count }, (_, k) => isFree(first + k)));
    if (free.every(Boolean)) return first;
  }
  throw new Error('no free ports');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Starts `feiqian start` as a process of its own and waits until it is ready. */
export async function startProcess(
  command: readonly string[],
  env: Record<string, string>,
): Promise<ChildProcess> {
  const [file, ...args] = command;
  const child = spawn(file as string, [...args, 'start'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // It would go on without whoever started it, and hold its ports.
  const follow = () => void child.kill('SIGKILL');
  process.once('exit', follow);
  child.once('exit', () => process.removeListener('exit', follow));
  let said = '';
  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`the network was not ready in time:\n${said}`)),
      startMsMax,
    );
    const read = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('ready in')) {
        clearTimeout(timer);
        resolve();
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`the network ended with ${code}:\n${said}`)));
  });
  await ready;
  return child;
}

/** Asks a process to stop and waits until it has. */
export function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
