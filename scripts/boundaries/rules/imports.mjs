import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { importsOf } from '../tree.mjs';

/** `@scope/name` or `name` of an import specifier. */
function packageOf(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function isRelative(specifier) {
  return specifier.startsWith('.');
}

function isPackage(specifier) {
  return !isRelative(specifier) && !isBuiltin(specifier) && !specifier.startsWith('virtual:');
}

/** Nothing of a package is imported but what its package.json exports; nobody reaches out of his own folder. */
export const deepImport = {
  name: 'deep-import',
  *check({ units, sources }) {
    for (const source of sources) {
      for (const { specifier, at } of importsOf(source)) {
        const where = { path: source.path, line: source.line(at) };
        if (isRelative(specifier)) {
          const target = join(source.path, '..', specifier);
          const owner = units.find((unit) => target.startsWith(`${unit.path}/`));
          if (owner && owner !== source.unit) {
            yield { ...where, says: `${specifier} reaches into ${owner.path}; import ${owner.name}` };
          } else if (source.unit && !owner && !(source.test && target.startsWith('vectors/'))) {
            yield { ...where, says: `${specifier} leaves ${source.unit.path}` };
          }
          continue;
        }
        const unit = units.find((one) => one.name === packageOf(specifier));
        if (unit && unit !== source.unit && !unit.exports.has(specifier)) {
          yield { ...where, says: `${specifier} is not exported by ${unit.name}` };
        }
      }
    }
  },
};

/** What a unit imports is in its package.json; tests may also use the test kit and the root's tools. */
export const undeclaredImport = {
  name: 'undeclared-import',
  *check({ sources, map }) {
    const tools = new Set(map.testImports);
    for (const source of sources) {
      const { unit } = source;
      if (!unit) continue;
      for (const { specifier, at } of importsOf(source)) {
        if (!isPackage(specifier)) continue;
        const name = packageOf(specifier);
        if (name === unit.name || unit.dependencies.has(name)) continue;
        if (source.test && (tools.has(name) || unit.devDependencies.has(name))) continue;
        yield {
          path: source.path,
          line: source.line(at),
          says: `${name} is not among the dependencies in ${unit.path}/package.json`,
        };
      }
    }
  },
};

/** A package.json lists nothing that is not used: the list is the wall, so it stays as low as it can. */
export const unusedDependency = {
  name: 'unused-dependency',
  *check({ units, sources }) {
    for (const unit of units) {
      const used = new Set();
      for (const source of sources) {
        if (source.unit !== unit) continue;
        for (const { specifier } of importsOf(source)) used.add(packageOf(specifier));
      }
      for (const name of unit.dependencies) {
        if (name.startsWith('@feiqian/') && !used.has(name)) {
          yield { path: `${unit.path}/package.json`, says: `${name} is listed and never imported` };
        }
      }
    }
  },
};

/** May `unit` depend on `other`, by the map? */
function mayDepend(unit, other) {
  const { home, entry } = unit;
  if (home === other.home && home.within === 'any') return true;
  if (home === other.home && home.within === 'earlier') return other.place < unit.place;
  const allowed = [...(home === other.home ? [] : home.mayImport), ...(entry.alsoImports ?? [])];
  return allowed.includes(other.home.name) || allowed.includes(other.path);
}

/** Dependencies run in the directions the map gives: between homes, and within a home in its order. */
export const direction = {
  name: 'direction',
  *check({ units, sources }) {
    for (const unit of units) {
      for (const name of unit.dependencies) {
        const other = units.find((one) => one.name === name);
        if (other && other !== unit && !mayDepend(unit, other)) {
          yield { path: `${unit.path}/package.json`, says: `${unit.path} may not depend on ${other.path}` };
        }
      }
    }
    // A production file that names a package which the list does not have is seen by `undeclared-import`; tests may
    // use tools, never a package from beyond the walls.
    for (const source of sources) {
      if (!source.unit || !source.test) continue;
      for (const { specifier, at } of importsOf(source)) {
        const other = units.find((one) => one.name === packageOf(specifier));
        if (!other || other === source.unit || other.home.name === 'testkit') continue;
        if (!mayDepend(source.unit, other)) {
          yield { path: source.path, line: source.line(at), says: `a test here may not use ${other.path}` };
        }
      }
    }
  },
};

/** Some stand alone: an auditor that shared code with what it audits would share its mistakes. */
export const alone = {
  name: 'alone',
  *check({ units, sources }) {
    for (const unit of units.filter((one) => one.entry.alone !== undefined)) {
      const allowed = (other) => other === unit || unit.entry.alone.includes(other.path);
      for (const name of unit.dependencies) {
        const other = units.find((one) => one.name === name);
        if (other && !allowed(other)) {
          yield {
            path: `${unit.path}/package.json`,
            says: `${unit.path} stands alone and may not use ${other.path}`,
          };
        }
      }
      for (const source of sources.filter((one) => one.unit === unit && !one.test)) {
        for (const { specifier, at } of importsOf(source)) {
          const other = units.find((one) => one.name === packageOf(specifier));
          if (!other || allowed(other)) continue;
          yield {
            path: source.path,
            line: source.line(at),
            says: `what stands alone may not use ${other.path}`,
          };
        }
      }
    }
  },
};

/** No package depends on itself by way of others. */
export const cycle = {
  name: 'cycle',
  *check({ units }) {
    const state = new Map();
    const trail = [];
    const found = [];
    const visit = (unit) => {
      if (state.get(unit) === 'done') return;
      if (state.get(unit) === 'open') {
        const ring = [...trail.slice(trail.indexOf(unit)), unit].map((one) => one.name);
        found.push({ path: `${unit.path}/package.json`, says: ring.join(' → ') });
        return;
      }
      state.set(unit, 'open');
      trail.push(unit);
      for (const name of unit.dependencies) {
        const other = units.find((one) => one.name === name);
        if (other) visit(other);
      }
      trail.pop();
      state.set(unit, 'done');
    };
    for (const unit of units) visit(unit);
    yield* found;
  },
};

const doors = new Set([
  'fs',
  'fs/promises',
  'net',
  'tls',
  'http',
  'https',
  'http2',
  'dgram',
  'dns',
  'child_process',
  'cluster',
  'worker_threads',
  'process',
  'os',
]);

/** `packages/` know a standard: no files, no network, no processes. */
export const noInputOutput = {
  name: 'no-input-output',
  *check({ sources }) {
    for (const source of sources) {
      if (!source.unit?.home.pure || source.test) continue;
      for (const { specifier, at } of importsOf(source)) {
        if (!doors.has(specifier.replace(/^node:/, ''))) continue;
        yield {
          path: source.path,
          line: source.line(at),
          says: `${specifier} in a package that must stay pure`,
        };
      }
    }
  },
};
