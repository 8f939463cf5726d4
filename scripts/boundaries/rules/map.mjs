import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every package is in the map, and what the map lists is there. */
export const map = {
  name: 'map',
  *check({ root, map, units }) {
    for (const home of map.homes) {
      const listed = home.units.map((entry) => entry.folder);
      for (const folder of listed) {
        const path = folder === home.folder ? folder : join(home.folder, folder);
        if (!units.some((unit) => unit.path === path)) {
          yield { path: 'module-map.json', says: `${path} is listed and has no package.json` };
        }
      }
      if (listed.includes(home.folder) || !existsSync(join(root, home.folder))) continue;
      // Two homes may share a folder; the first one speaks for it.
      if (map.homes.find((one) => one.folder === home.folder) !== home) continue;
      const known = map.homes.filter((one) => one.folder === home.folder).flatMap((one) => one.units);
      for (const entry of readdirSync(join(root, home.folder), { withFileTypes: true })) {
        const path = join(home.folder, entry.name);
        if (!entry.isDirectory() || known.some((one) => one.folder === entry.name)) continue;
        if (!existsSync(join(root, path, 'package.json'))) continue;
        yield {
          path,
          says: 'is not in module-map.json: give it its place, what it is, and its schema if it has one',
        };
      }
    }
    const owners = new Map();
    for (const unit of units) {
      const { schema } = unit.entry;
      if (unit.tables.length > 0 && schema === undefined && unit.entry.schemaGiven === undefined) {
        yield { path: unit.path, says: 'has migrations but module-map.json gives it no schema' };
      }
      if (schema === undefined) continue;
      if (owners.has(schema)) {
        yield {
          path: unit.path,
          says: `owns the schema ${schema}, which ${owners.get(schema)} owns already`,
        };
      }
      owners.set(schema, unit.path);
    }
  },
};
