// npm run check            types and floating promises, format and lint, module boundaries
// npm run check -- --fix   formats and applies safe fixes first
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readOptions } from './prepare/options.mjs';
import { say, seconds } from './prepare/place.mjs';
import { ensureInstalled, root } from './prepare.mjs';

const atOnceMax = 2;

const { values: flags } = readOptions('npm run check', {
  fix: { is: 'formats and applies safe fixes first' },
});
await ensureInstalled();

/** A tool's own script in node_modules, run by this Node. */
const tool = (...path) => join(root, 'node_modules', ...path);
const biome = tool('@biomejs', 'biome', 'bin', 'biome');

if (flags.fix) await run(biome, ['check', '--write', '.']);

// The longest first, so that the short ones fill the gaps. Types and promises are one look at the whole: each file under
// the nearest tsconfig.json.
const checks = [
  {
    name: 'types and floating promises',
    command: tool('oxlint', 'bin', 'oxlint'),
    args: ['--type-aware', '--type-check', '--quiet'],
  },
  { name: 'module boundaries', command: join(root, 'scripts', 'boundaries', 'boundaries.mjs'), args: [] },
  {
    name: 'format and lint',
    command: biome,
    args: ['ci', '--colors=off', '--error-on-warnings', '--max-diagnostics=40', '.'],
  },
];

const start = performance.now();
const queue = [...checks];
let failed = 0;
await Promise.all(
  Array.from({ length: atOnceMax }, async () => {
    for (let check = queue.shift(); check; check = queue.shift()) await report(check);
  }),
);
say(`${checks.length - failed} of ${checks.length} checks passed in ${seconds(start)}`);
process.stdout.write(`${checks.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

async function report({ name, command, args }) {
  const began = performance.now();
  const { code, output } = await run(command, args);
  if (code !== 0) {
    failed += 1;
    say(output.trimEnd());
  }
  say(`${code === 0 ? '✓' : '✗'} ${name} (${seconds(began)})`);
}

function run(command, args) {
  const child = spawn(process.execPath, [command, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output += text;
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, output: String(error) }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
