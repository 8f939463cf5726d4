// What every command does first, so that each works as the very first one after a clone: install what the lockfile
// says, build what is missing or older than its sources, and say so. Plain Node, no dependency: it runs before
// there is a node_modules.
import { ensureBuilt } from './prepare/bundle.mjs';
import { ensureFrontEnds } from './prepare/front-ends.mjs';
import { ensureInstalled } from './prepare/install.mjs';

export { bundleForNode, ensureBuilt } from './prepare/bundle.mjs';
export { ensureFrontEnds } from './prepare/front-ends.mjs';
export { ensureInstalled } from './prepare/install.mjs';
export { root } from './prepare/place.mjs';

/** Installed, the command bundled, the front ends built. A second call with nothing changed takes a moment. */
export async function prepare({ frontEnds = true } = {}) {
  await ensureInstalled();
  await ensureBuilt();
  if (frontEnds) await ensureFrontEnds();
}
