// npm test                       every suite, on the embedded engine
// npm test -- --postgres         the suites that store something, on a private PostgreSQL (or TEST_DATABASE_URL)
// npm test -- --suite unit       one suite (may be repeated)
// npm test -- ledger             only files whose path has this word
// npm test -- --seed 7           the draws of an earlier run again, where tests draw (also FEIQIAN_TEST_SEED)
// npm test -- --times 20         so many times as many rounds of them (also FEIQIAN_TEST_TIMES)
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium } from './chromium.mjs';
import { readOptions } from './prepare/options.mjs';
import { cacheFolder, giveUp, say } from './prepare/place.mjs';
import { bundleForNode, ensureBuilt, ensureFrontEnds, ensureInstalled, root } from './prepare.mjs';
import { suites } from './suites.mjs';
import { failuresOf, tally } from './tally.mjs';

const { values: flags, words: filters } = readOptions(
  'npm test',
  {
    postgres: { is: 'the suites that store something, on a private PostgreSQL (or TEST_DATABASE_URL)' },
    suite: {
      takes: 'NAME',
      many: true,
      is: `one suite, may be repeated: ${suites.map((suite) => suite.project).join(', ')}`,
    },
    seed: { takes: 'N', is: 'the draws of an earlier run again, where tests draw' },
    times: { takes: 'N', is: 'so many times as many rounds of them' },
  },
  { name: 'WORD …', is: 'only files whose path has one of these words' },
);
if (flags.seed !== undefined) process.env.FEIQIAN_TEST_SEED = flags.seed;
if (flags.times !== undefined) process.env.FEIQIAN_TEST_TIMES = flags.times;
const inCi = process.env.CI === 'true';

const unknown = (flags.suite ?? []).filter((name) => !suites.some((suite) => suite.project === name));
if (unknown.length > 0) {
  giveUp(`No suite ${unknown.join(', ')}; there are ${suites.map((suite) => suite.project).join(', ')}.`);
}

const chosen = suites.filter((suite) => {
  if (flags.suite) return flags.suite.includes(suite.project);
  if (suite.byName) return false;
  return flags.postgres ? suite.onPostgres : !suite.onlyPostgres;
});

const total = { passed: 0, failed: 0 };
const remarks = [];
let child;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    child?.kill(signal);
    process.exitCode = 1;
  });
}

await ensureInstalled();
if (chosen.some((suite) => suite.ownBuild)) {
  await ensureBuilt();
  await ensureFrontEnds();
}
const server = flags.postgres && !process.env.TEST_DATABASE_URL ? await startServer() : undefined;
if (server) process.env.TEST_DATABASE_URL = server.url;
try {
  // The suites that need no build of their own run in one go, sharing the start of the test runner.
  const alone = (suite) => suite.oneAtATime || suite.byItself;
  await run(chosen.filter((suite) => !alone(suite)));
  for (const suite of chosen.filter(alone)) await run([suite]);
} finally {
  await server?.stop();
}

for (const remark of remarks) say(remark);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed > 0 || process.exitCode ? 1 : 0;

async function run(group) {
  if (group.length === 0 || process.exitCode) return;
  const environment = { ...process.env };
  // A developer's own settings must not reach the network that a test starts.
  for (const name of ['DATABASE_URL', 'PORT']) delete environment[name];
  if (group.some((suite) => suite.needsChromium)) {
    const chromium = findChromium();
    if (chromium === undefined) {
      remarks.push(
        'Skipped: the browser tests, because no Chromium was found (install chromium, or set CHROMIUM_PATH).',
      );
      if (inCi) total.failed += 1;
      return;
    }
    environment.CHROMIUM_PATH = chromium;
  }
  const engine = environment.TEST_DATABASE_URL ? 'PostgreSQL' : 'the embedded engine';
  say(`\n${group.map((suite) => suite.what).join('; ')}, on ${engine}`);
  const report = join(cacheFolder(), `report-${process.pid}.json`);
  const code = await vitest(group, environment, report);
  count(code, readReport(report), group);
  rmSync(report, { force: true });
}

function vitest(group, environment, report) {
  child = spawn(
    process.execPath,
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...group.flatMap((suite) => ['--project', suite.project]),
      ...(group.some((suite) => suite.oneAtATime) ? ['--no-file-parallelism'] : []),
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filters,
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: environment },
  );
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (exitCode) => resolve(exitCode ?? 1));
  });
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function count(code, report, group) {
  const { passed, failed, skipped } = tally(code, report);
  const names = group.map((suite) => suite.project).join(' and ');
  if (skipped > 0) remarks.push(`Skipped: ${skipped} tests of ${names}.`);
  if (passed + failed + skipped === 0) remarks.push(`No tests in ${names}.`);
  total.passed += passed;
  total.failed += failed;
  remarks.push(...failuresOf(report, root).map((failure) => `✗ ${failure}`));
}

async function startServer() {
  const bundle = await bundleForNode(
    join(root, 'testkit', 'src', 'private-postgres.ts'),
    join(cacheFolder(), 'private-postgres.mjs'),
    'the private PostgreSQL starter',
  );
  const { startPrivatePostgres } = await import(pathToFileURL(bundle).href);
  const started = await startPrivatePostgres();
  say(`${started.version} on port ${started.port}, fsync on`);
  return started;
}
