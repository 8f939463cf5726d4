import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { openPglite } from '@feiqian/db';
import { copiedDatabase } from '@feiqian/testkit';

/** Root of the repository. */
export const root = join(import.meta.dirname, '..', '..');
const cache = join(root, 'node_modules', '.cache', 'feiqian');
/** What the contents of a freshly built city depend on, besides every migration. */
const builders = [
  'apps/network/src/seed.ts',
  'apps/network/src/sandbox.ts',
  'apps/bank/src',
  'modules/ledger/src',
  'modules/bank',
  'modules/network/access/src',
  'modules/network/members/src',
  'modules/network/merchants/src',
  'modules/network/tokens/src',
  'platform/db/src',
  'platform/keystore/src',
];

/**
 * Puts the embedded engine's files of a freshly built city into a directory, so that a start there takes a second
 * instead of ten. The city is built once for each state of the sources that build it, by `build`, and kept under
 * node_modules, one of each kind.
 */
export async function layOutCity(
  dataDir: string,
  build: (dataDir: string) => Promise<void>,
  kind = 'city',
): Promise<void> {
  const kept = join(cache, `${kind}-${fingerprint()}`);
  if (!existsSync(kept)) await make(kept, kind, build);
  cpSync(kept, join(dataDir, 'pglite'), { recursive: true });
}

/** A database on the server of `TEST_DATABASE_URL` with a freshly built city, which `build` builds once. */
export const cityOnServer = (build: (url: string) => Promise<void>, kind = 'city') =>
  copiedDatabase(`${kind}_${fingerprint()}`, build);

/** Puts an initialised cluster with nothing in it into a directory. */
export async function layOutCluster(dataDir: string): Promise<void> {
  cpSync(await emptyCluster(), join(dataDir, 'pglite'), { recursive: true });
}

async function make(kept: string, kind: string, build: (dataDir: string) => Promise<void>): Promise<void> {
  const aside = freshFolder();
  try {
    cpSync(await emptyCluster(), join(aside, 'pglite'), { recursive: true });
    await build(aside);
    const old = readdirSync(cache).filter(
      (name) => name.startsWith(`${kind}-`) && join(cache, name) !== kept,
    );
    settle(join(aside, 'pglite'), kept);
    for (const name of old) rmSync(join(cache, name), { recursive: true, force: true });
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** An initialised cluster with nothing in it: making one takes ten seconds of work. */
async function emptyCluster(): Promise<string> {
  const installed = join(root, 'node_modules', '@electric-sql', 'pglite', 'package.json');
  const { version } = JSON.parse(readFileSync(installed, 'utf8')) as { version: string };
  const kept = join(cache, `cluster-${version}`);
  if (existsSync(kept)) return kept;
  const aside = freshFolder();
  try {
    const db = await openPglite({ dir: join(aside, 'pglite') });
    await db.close();
    settle(join(aside, 'pglite'), kept);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return kept;
}

/** A folder of nobody else's: what a killed process left half made is never gone on with. */
function freshFolder(): string {
  mkdirSync(cache, { recursive: true });
  return mkdtempSync(join(cache, 'aside-'));
}

/** Moves a directory into its place; another process may have put its own there meanwhile, which is as good. */
function settle(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
    rmSync(from, { recursive: true, force: true });
  }
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const files = ['modules', 'platform', 'apps/network/src', 'apps/bank/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  );
  for (const path of files.sort()) {
    if (path.includes('node_modules') || !/(?<!test)\.(ts|sql)$/.test(path)) continue;
    if (!path.endsWith('.sql') && !builders.some((b) => path.startsWith(b))) continue;
    hash.update(path).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex').slice(0, 16);
}
