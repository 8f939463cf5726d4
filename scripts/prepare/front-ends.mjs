import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, readStamp, sourceFiles, writeStamp } from './freshness.mjs';
import { cacheFolder, giveUp, root, say, seconds } from './place.mjs';

const buildsAtOnceMax = 2;
const configNames = ['vite.config.mjs', 'vite.config.ts'];

/** Browser apps: every app with a configuration of vite. */
export function frontEnds() {
  const apps = join(root, 'apps');
  return readdirSync(apps).filter((name) => configNames.some((file) => existsSync(join(apps, name, file))));
}

/** Builds `apps/<name>/dist` for each browser app whose sources, or the packages it uses, have changed. */
export async function ensureFrontEnds() {
  const stale = frontEnds()
    .map((name) => ({ name, stamp: join(cacheFolder(), `front-end-${name}.json`), sources: sourcesOf(name) }))
    .filter(({ name, stamp, sources }) => {
      const built = existsSync(join(root, 'apps', name, 'dist', 'index.html'));
      return !built || readStamp(stamp)?.fingerprint !== fingerprint(sources);
    });
  if (stale.length === 0) return;
  say(`Building ${stale.map(({ name }) => name).join(', ')} …`);
  const queue = [...stale];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await build(next);
  };
  await Promise.all(Array.from({ length: buildsAtOnceMax }, worker));
}

async function build({ name, stamp, sources }) {
  const start = performance.now();
  // Taken before the build: a source saved while it runs makes the next call build again.
  const state = fingerprint(sources);
  const vite = spawn(
    process.execPath,
    [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
    {
      cwd: join(root, 'apps', name),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  let output = '';
  for (const stream of [vite.stdout, vite.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output += text;
    });
  }
  const code = await new Promise((resolve) => {
    vite.once('error', (error) => {
      output += error;
      resolve(1);
    });
    vite.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  if (code !== 0) giveUp(`Building ${name} failed.\n${output}`);
  writeStamp(stamp, { fingerprint: state });
  say(`  ${name} in ${seconds(start)}`);
}

/** The app's own files and those of the workspace packages it depends on, directly or not. */
function sourcesOf(name) {
  const folders = new Set();
  const visit = (folder) => {
    if (folders.has(folder)) return;
    folders.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const dependency of Object.keys(dependencies)) {
      if (!dependency.startsWith('@feiqian/')) continue;
      const linked = join(root, 'node_modules', ...dependency.split('/'));
      if (existsSync(linked)) visit(realpathSync(linked));
    }
  };
  visit(join(root, 'apps', name));
  const files = [...folders].flatMap((folder) => sourceFiles(folder));
  return [...files, join(root, 'scripts', 'vite.mjs'), join(root, 'package-lock.json')];
}
