import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';

const startMsMax = 30_000;
const stopMsMax = 10_000;
const pollMs = 50;

/** A PostgreSQL server of one's own: nobody else's data, gone after `stop`. */
export interface PrivatePostgres {
  /** `postgres://postgres@127.0.0.1:port/postgres`, no password, loopback only. */
  url: string;
  port: number;
  /** The server's version as `postgres --version` prints it. */
  version: string;
  /** Process id of the postmaster, for tests that kill it. */
  pid: number;
  /** The binaries' folder (`pgbench`, `psql`, `pg_dump` live there too). */
  binaries: string;
  /** Ends it as a machine that fails does: every process of it at once, and nothing is written any more. */
  kill(): Promise<void>;
  /** Starts it again on what it has stored, after `kill`; this one is then not to be used any more. */
  again(): Promise<PrivatePostgres>;
  /** A standby takes nothing in any more of what its primary sends, until `forget`. */
  fallBehind(): void;
  /** What was sent meanwhile and not taken in is gone for good, as with a line that breaks. */
  forget(): void;
  stop(): Promise<void>;
}

/** What the server is started with. Settings are `postgresql.conf` names; fsync stays on unless one says otherwise. */
export interface PrivatePostgresOptions {
  settings?: Readonly<Record<string, string | number | boolean>>;
  /** A standby of this server instead of an empty one, under this name in `synchronous_standby_names`. */
  standby?: { of: PrivatePostgres; name: string };
}

/**
 * The folder of the installed PostgreSQL server binaries: Debian's `/usr/lib/postgresql/<newest>/bin`, else the
 * folder on PATH that holds `initdb` and `postgres`; undefined when there is none.
 */
export function findPostgresBinaries(): string | undefined {
  const folders: string[] = [];
  const debian = '/usr/lib/postgresql';
  try {
    const versions = readdirSync(debian).filter((name) => /^\d+$/.test(name));
    versions.sort((a, b) => Number(b) - Number(a));
    folders.push(...versions.map((version) => join(debian, version, 'bin')));
  } catch {
    // Not a Debian layout; PATH decides.
  }
  folders.push(...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''));
  return folders.find(
    (folder) => isExecutable(join(folder, 'initdb')) && isExecutable(join(folder, 'postgres')),
  );
}

/**
 * Starts a fresh server from the installed binaries on a free loopback port with its socket and data in a
 * temporary folder. As root it runs as the user `postgres`, because PostgreSQL refuses root. It is stopped and its
 * folder removed by `stop()` and, if nobody called it, when this process ends.
 *
 * @throws when no binaries are installed or the server does not accept connections within 30 s.
 */
export async function startPrivatePostgres(options: PrivatePostgresOptions = {}): Promise<PrivatePostgres> {
  const binaries = findPostgresBinaries();
  if (binaries === undefined) {
    throw new Error(
      'No PostgreSQL server found: install the package postgresql, or put initdb and postgres on PATH.',
    );
  }
  const owner = serverOwner();
  const folder = mkdtempSync(join(tmpdir(), 'feiqian-postgres-'));
  const identity = owner ? { uid: owner.uid, gid: owner.gid } : {};
  const environment = { PATH: process.env.PATH ?? '', HOME: folder, LANG: 'C.UTF-8', TZ: 'UTC' };
  try {
    if (owner) execFileSync('chown', [`${owner.uid}:${owner.gid}`, folder]);
    const data = join(folder, 'data');
    const [program, ...args] = beginning(data, options);
    execFileSync(join(binaries, program as string), args, {
      ...identity,
      env: environment,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const port = await freePort();
    const launch = () => {
      // What a killed server has left behind would be taken for its word that it is ready.
      rmSync(join(data, 'postmaster.pid'), { force: true });
      const server = spawn(
        join(binaries, 'postgres'),
        ['-D', data, ...settingArguments(folder, port, options)],
        {
          ...identity,
          env: environment,
          cwd: folder,
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      );
      return supervise(server, { binaries, folder, port, data, launch });
    };
    return await launch();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Place {
  binaries: string;
  folder: string;
  data: string;
  port: number;
  launch: () => Promise<PrivatePostgres>;
}

/** Waits until the server answers and ties its life to this process. */
async function supervise(server: ChildProcess, place: Place): Promise<PrivatePostgres> {
  let log = '';
  server.stderr?.setEncoding('utf8');
  server.stderr?.on('data', (text: string) => {
    log = (log + text).slice(-8_000);
  });
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    server.once('exit', () => {
      ended = true;
      resolve();
    });
    server.once('error', (error) => {
      log += String(error);
      ended = true;
      resolve();
    });
  });
  const atExit = (): void => {
    if (!ended && server.pid !== undefined) stopNow(server.pid);
    rmSync(place.folder, { recursive: true, force: true });
  };
  process.once('exit', atExit);

  const deadline = performance.now() + startMsMax;
  while (!isReady(place.data)) {
    if (ended || performance.now() > deadline) {
      process.removeListener('exit', atExit);
      atExit();
      throw new Error(`The private PostgreSQL did not start.\n${log}`);
    }
    await pause(pollMs);
  }
  const version = execFileSync(join(place.binaries, 'postgres'), ['--version'], { encoding: 'utf8' }).trim();
  return {
    url: `postgres://postgres@127.0.0.1:${place.port}/postgres`,
    port: place.port,
    version,
    pid: server.pid ?? 0,
    binaries: place.binaries,
    async kill() {
      const children = ended ? [] : childrenOf(server.pid ?? 0);
      server.kill('SIGKILL');
      for (const child of children) signal(child.pid, 'SIGKILL');
      await exited;
    },
    again: () => place.launch(),
    fallBehind() {
      for (const receiver of receiversOf(server)) signal(receiver, 'SIGSTOP');
    },
    forget() {
      // It ends before it reads on.
      for (const receiver of receiversOf(server)) {
        signal(receiver, 'SIGTERM');
        signal(receiver, 'SIGCONT');
      }
    },
    async stop() {
      process.removeListener('exit', atExit);
      if (!ended) {
        // SIGINT is PostgreSQL's fast shutdown: it ends sessions and does not wait for them.
        server.kill('SIGINT');
        await Promise.race([exited, pause(stopMsMax)]);
      }
      if (!ended) server.kill('SIGKILL');
      rmSync(place.folder, { recursive: true, force: true });
    },
  };
}

/** The command that fills the data folder: an empty cluster, or a copy that follows another server. */
function beginning(data: string, { standby }: PrivatePostgresOptions): string[] {
  if (standby === undefined) {
    const locale = ['-E', 'UTF8', '--locale=C.UTF-8', '--no-instructions'];
    return ['initdb', '-D', data, '-U', 'postgres', '-A', 'trust', ...locale];
  }
  const source = `host=127.0.0.1 port=${standby.of.port} user=postgres application_name=${standby.name}`;
  return ['pg_basebackup', '-d', source, '-D', data, '-R', '-X', 'stream', '-c', 'fast'];
}

/** The processes that a postmaster has started, by what they call themselves. */
function childrenOf(pid: number): { pid: number; title: string }[] {
  const found: { pid: number; title: string }[] = [];
  for (const name of readdirSync('/proc').filter((entry) => /^[0-9]+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) !== pid) continue;
      found.push({ pid: Number(name), title: readFileSync(`/proc/${name}/cmdline`, 'utf8') });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

const receiversOf = (server: ChildProcess): number[] =>
  childrenOf(server.pid ?? 0)
    .filter((child) => child.title.includes('walreceiver'))
    .map((child) => child.pid);

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself, as it does when its postmaster is gone.
  }
}

/** The postmaster writes `ready` (a standby: `standby`) into the last line of its pid file once it accepts connections. */
function isReady(data: string): boolean {
  try {
    return /(ready|standby)\s*$/.test(readFileSync(join(data, 'postmaster.pid'), 'utf8'));
  } catch {
    return false;
  }
}

/** Immediate shutdown, synchronously: nothing of this server is needed any more. */
function stopNow(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    // Already gone.
  }
}

function settingArguments(folder: string, port: number, options: PrivatePostgresOptions): string[] {
  const settings: Record<string, string | number | boolean> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    max_connections: 200,
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    fsync: true,
    full_page_writes: true,
    synchronous_commit: true,
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    ...options.settings,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${settingText(value)}`]);
}

function settingText(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

/** Root may not run PostgreSQL: the account that does, else undefined for "as I am". */
function serverOwner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const entry = ['postgres', 'nobody']
    .map((name) => accounts.find((fields) => fields[0] === name))
    .find((fields) => fields !== undefined);
  if (!entry)
    throw new Error('PostgreSQL refuses to run as root and there is no account postgres or nobody.');
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A loopback port nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
