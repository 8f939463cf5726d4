// `npm start -- <options>`: prepares, then runs `feiqian start <options>` in this very process, so that signals and
// the exit code are its own.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';

await prepare();
process.setSourceMapsEnabled(true);
process.argv = [process.execPath, 'feiqian', 'start', ...process.argv.slice(2)];
await import(pathToFileURL(join(root, 'dist', 'feiqian.mjs')).href);
