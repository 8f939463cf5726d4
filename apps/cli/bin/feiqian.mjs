#!/usr/bin/env node
// The command line runs the built bundle; when it is missing or stale it is built first.
import { ensureBuilt } from '../../../scripts/prepare.mjs';

await ensureBuilt();
await import('../../../dist/feiqian.mjs');
