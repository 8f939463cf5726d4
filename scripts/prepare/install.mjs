import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash } from './freshness.mjs';
import { giveUp, root, say, seconds } from './place.mjs';

const nodeFloor = [20, 19];
const progressEveryMs = 5_000;

const lockfile = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.feiqian-lock');

/**
 * Makes node_modules what package-lock.json says, with `npm ci`, when it is missing or the lockfile has changed.
 * What somebody installed by hand and matches the lockfile is left alone.
 */
export async function ensureInstalled() {
  requireNode();
  const wanted = contentHash(lockfile);
  if (wanted === undefined) giveUp(`package-lock.json is missing in ${root}; is this a complete clone?`);
  if (readText(stamp)?.trim() === wanted) return;
  if (!installedMatchesLock()) await install();
  writeFileSync(stamp, `${wanted}\n`);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [floorMajor, floorMinor] = nodeFloor;
  if (major > floorMajor || (major === floorMajor && minor >= floorMinor)) return;
  giveUp(`Feiqian needs Node.js ${nodeFloor.join('.')} or newer; this is ${process.versions.node}.`);
}

/** npm leaves a lockfile of what it really installed; optional packages of other platforms are not in it. */
function installedMatchesLock() {
  const wanted = readJson(lockfile)?.packages ?? {};
  const installed = readJson(join(modules, '.package-lock.json'))?.packages;
  if (!installed) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.includes('node_modules/')) continue;
    if (entry.link) {
      if (!existsSync(join(root, path))) return false;
      continue;
    }
    const there = installed[path];
    if (!there && entry.optional) continue;
    if (!there || there.version !== entry.version || there.resolved !== entry.resolved) return false;
    if (!existsSync(join(root, path))) return false;
  }
  return true;
}

async function install() {
  const wanted = packagesForThisMachine();
  say(`Installing ${wanted.length} packages from the lockfile (npm ci); only after a clone or an upgrade …`);
  const start = performance.now();
  const npm = spawn(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' },
  );
  const timer = setInterval(() => {
    const there = wanted.filter((path) => existsSync(join(root, path, 'package.json'))).length;
    say(`  ${seconds(start)}: ${there} of ${wanted.length} packages`);
  }, progressEveryMs);
  const code = await new Promise((resolve) => {
    npm.once('error', (error) => {
      say(String(error));
      resolve(1);
    });
    npm.once('exit', (exitCode) => resolve(exitCode ?? 1));
  });
  clearInterval(timer);
  if (code !== 0) giveUp(`npm ci failed with exit code ${code}; nothing was started.`);
  say(`Installed in ${seconds(start)}.`);
}

/** Folders the lockfile fills here; binaries for other systems and processors are left out by npm. */
function packagesForThisMachine() {
  const { packages = {} } = readJson(lockfile) ?? {};
  const fits = (list, here) => list === undefined || list.includes(here);
  return Object.entries(packages)
    .filter(
      ([path, { os, cpu }]) =>
        path.includes('node_modules/') && fits(os, process.platform) && fits(cpu, process.arch),
    )
    .map(([path]) => path);
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(path) {
  const text = readText(path);
  return text === undefined ? undefined : JSON.parse(text);
}
