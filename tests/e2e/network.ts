import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layOutCity } from '../support/city.ts';
import { buildCity } from '../support/network.ts';

const root = join(import.meta.dirname, '..', '..');
const built = join(root, 'dist', 'feiqian.mjs');
/** A first start builds the city; on a busy machine that takes its time. */
const startMsMax = 110_000;
const stopMsMax = 10_000;

/** A network as `npm start` runs it: a process of its own, on free ports, with a sandbox city of its own. */
export interface BuiltNetwork {
  url: string;
  stop: () => Promise<void>;
}

/** @param first true for a first start, which builds the city itself; else it finds a copy of one that is just built */
export async function startBuiltNetwork(
  env: Record<string, string> = {},
  first = false,
): Promise<BuiltNetwork> {
  if (!existsSync(built)) throw new Error(`${built} is missing: run npm run build first`);
  const dataDir = mkdtempSync(join(tmpdir(), 'feiqian-e2e-'));
  if (!first) await layOutCity(dataDir, buildCity);
  const port = await freePort();
  const child = spawn(process.execPath, [built, 'start'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TZ: 'UTC',
      PORT: String(port),
      FEIQIAN_DATA_DIR: dataDir,
      FEIQIAN_BANK_ISO_PORT: '0',
      FEIQIAN_BANK_API_PORT: '0',
      FEIQIAN_HISTORY: 'false',
      ...env,
    },
  });
  const stop = async () => {
    await ended(child);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await ready(child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://localhost:${port}`, stop };
}

/** Waits for the banner; says what the process printed when it does not come. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string) => reject(new Error(`${why}. It said:\n${said}`));
    const timer = setTimeout(() => fail('The network did not start in time'), startMsMax);
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (!/ready in/.test(said)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`The network ended with ${code}`);
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
