// `npm run build`: dist/feiqian.mjs and apps/*/dist, whatever is not fresh.
import { prepare } from './prepare.mjs';

await prepare();
process.stdout.write('Everything is built.\n');
