// `npm run bench -- <options>`: prepares, then runs `feiqian bench <options>` in this very process.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';

await prepare({ frontEnds: false });
process.setSourceMapsEnabled(true);
process.argv = [process.execPath, 'feiqian', 'bench', ...process.argv.slice(2)];
await import(pathToFileURL(join(root, 'dist', 'feiqian.mjs')).href);
