import { existsSync, renameSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { fingerprint, readStamp, writeStamp } from './freshness.mjs';
import { cacheFolder, giveUp, root, say, seconds } from './place.mjs';

const builtins = new Set(builtinModules);

/**
 * Bundles the command line with everything of ours in it to `dist/feiqian.mjs`, when a source is newer. Packages
 * of others stay outside and are loaded from node_modules.
 */
export async function ensureBuilt() {
  const entry = join(root, 'apps', 'cli', 'src', 'main.ts');
  if (!existsSync(entry)) giveUp('apps/cli/src/main.ts is missing; is this a complete clone?');
  await bundleForNode(entry, join(root, 'dist', 'feiqian.mjs'), 'the network');
}

/** Bundles one TypeScript entry for Node, when needed; `name` is what the progress line calls it. */
export async function bundleForNode(entry, outfile, name) {
  const stamp = join(cacheFolder(), `bundle-${outfile.slice(root.length + 1).replaceAll(sep, '-')}.json`);
  const known = readStamp(stamp);
  if (known && existsSync(outfile) && fingerprint(known.inputs) === known.fingerprint) return outfile;

  const start = performance.now();
  const { build } = createRequire(join(root, 'package.json'))('esbuild');
  const aside = `${outfile}.${process.pid}`;
  let result;
  try {
    result = await build({
      entryPoints: [entry],
      outfile: aside,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
      loader: { '.sql': 'text' },
      // CommonJS packages that are bundled still ask for Node's own modules with require().
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
      absWorkingDir: root,
      plugins: [packagesOfOthersStayOutside()],
    });
  } catch (error) {
    const { formatMessages } = createRequire(join(root, 'package.json'))('esbuild');
    const lines = await formatMessages(error.errors ?? [], { kind: 'error' });
    giveUp(`Building ${name} failed.\n${lines.join('\n') || error}`);
  }
  // In one step, so that a process that starts meanwhile never reads half a file.
  renameSync(aside, outfile);
  const inputs = [
    ...Object.keys(result.metafile.inputs)
      .filter((path) => !path.startsWith('node_modules'))
      .map((path) => resolve(root, path)),
    join(root, 'package-lock.json'),
    join(root, 'scripts', 'prepare', 'bundle.mjs'),
  ];
  writeStamp(stamp, { inputs, fingerprint: fingerprint(inputs) });
  say(`Built ${name} in ${seconds(start)}.`);
  return outfile;
}

/**
 * `@feiqian/…` is ours and goes in. Any other package stays outside, unless npm could not put it at the root (two
 * versions of it are in use): from `dist/` its import would find the wrong one, so it goes in too.
 */
function packagesOfOthersStayOutside() {
  return {
    name: 'packages-of-others-stay-outside',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, (args) => {
        if (args.kind === 'entry-point') return undefined;
        if (args.path.startsWith('node:') || builtins.has(args.path))
          return { path: args.path, external: true };
        if (args.path.startsWith('@feiqian/')) return undefined;
        if (nearestFolder(args.path, args.resolveDir) === join(root, 'node_modules')) {
          return { path: args.path, external: true };
        }
        return undefined;
      });
    },
  };
}

/** The node_modules folder that Node would take this package from. */
function nearestFolder(specifier, from) {
  const parts = specifier.split('/');
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules');
    if (existsSync(join(candidate, name, 'package.json'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}
