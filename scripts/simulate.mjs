// `npm run sim -- <options>`: bundles the simulation and runs it. tests/simulation/README.md tells more of it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readOptions } from './prepare/options.mjs';
import { cacheFolder } from './prepare/place.mjs';
import { bundleForNode, ensureInstalled, root } from './prepare.mjs';

const { values } = readOptions('npm run sim', {
  seeds: { takes: 'N', is: 'so many worlds (2000)' },
  from: { takes: 'N', is: 'the first of them (1)' },
  minutes: { takes: 'N', is: 'worlds for so long, instead of so many' },
  engine: { takes: 'memory|pglite', is: 'what they are stored in (memory)' },
  workers: { takes: 'N', is: 'threads (one for each core)' },
  seed: { takes: 'N', is: 'this one world' },
  trace: { is: 'with --seed: tells it line by line' },
  bugs: { is: 'plants each bug; it must be found' },
  ci: { is: 'the worlds that failed once, the planted bugs, then worlds of the day (2 minutes)' },
});
await ensureInstalled();
const entry = join(root, 'tests', 'simulation', 'main.ts');
const bundle = await bundleForNode(entry, join(cacheFolder(), 'simulation.mjs'), 'the simulation');
process.setSourceMapsEnabled(true);
process.chdir(root);
// What is counted by the clock is counted in one zone, wherever it runs.
process.env.TZ = 'UTC';
const { main } = await import(pathToFileURL(bundle).href);
process.exitCode = await main(values);
