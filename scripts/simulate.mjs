// `npm run sim -- <options>`: bundles the simulation and runs it. tests/simulation/README.md tells the options.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheFolder } from './prepare/place.mjs';
import { bundleForNode, ensureInstalled, root } from './prepare.mjs';

await ensureInstalled();
const entry = join(root, 'tests', 'simulation', 'main.ts');
const bundle = await bundleForNode(entry, join(cacheFolder(), 'simulation.mjs'), 'the simulation');
process.setSourceMapsEnabled(true);
process.chdir(root);
// What is counted by the clock is counted in one zone, wherever it runs.
process.env.TZ = 'UTC';
await import(pathToFileURL(bundle).href);
