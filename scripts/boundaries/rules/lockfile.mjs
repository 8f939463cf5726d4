import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** package-lock.json knows what each package.json asks for, or `npm ci` refuses on the next clone. */
export const lockfile = {
  name: 'lockfile',
  *check({ root, units }) {
    const path = join(root, 'package-lock.json');
    if (!existsSync(path)) return;
    const { packages } = JSON.parse(readFileSync(path, 'utf8'));
    for (const folder of ['', ...units.map((unit) => unit.path)]) {
      const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      for (const kind of ['dependencies', 'devDependencies']) {
        const wanted = manifest[kind] ?? {};
        const known = packages[folder]?.[kind] ?? {};
        for (const name of new Set([...Object.keys(wanted), ...Object.keys(known)])) {
          if (wanted[name] === known[name]) continue;
          const says = `${name} ${wanted[name] ?? 'absent'}, in package-lock.json ${known[name] ?? 'absent'}`;
          yield { path: join(folder, 'package.json'), says };
        }
      }
    }
  },
};
