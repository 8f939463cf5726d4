import { basename } from 'node:path';
import { textsOf, walk } from '../tree.mjs';

/** `platform/` and `packages/` know no module; `platform/` knows no word of the business. */
export const namesModule = {
  name: 'names-module',
  *check({ units, sources }) {
    const modules = units.filter((unit) => unit.path.startsWith('modules/'));
    for (const source of sources) {
      const { unit, test } = source;
      if (!unit || test || !['packages', 'platform'].includes(unit.home.name)) continue;
      for (const { text, at } of textsOf(source)) {
        const named = modules.find((one) => text.includes(one.path) || mentions(text, one.name));
        if (named) yield { path: source.path, line: source.line(at), says: `names the module ${named.path}` };
      }
      for (const word of unit.home.wordsKeptOut ?? []) {
        const spot = source.text.search(new RegExp(word, 'i'));
        if (spot >= 0)
          yield {
            path: source.path,
            line: source.line(spot),
            says: `says “${word}”, a word of the business`,
          };
      }
    }
  },
};

function mentions(text, name) {
  const at = text.indexOf(name);
  return at >= 0 && !/[\w-]/.test(text[at + name.length] ?? '');
}

const emptyNames = /^(utils?|helpers?|common|misc|stuff|shared)$/i;

/** A file is named after what is in it. */
export const emptyName = {
  name: 'empty-name',
  *check({ paths }) {
    for (const path of paths) {
      const parts = path.split('/');
      parts[parts.length - 1] = basename(path).replace(/\..*$/, '');
      const bad = parts.find((part) => emptyNames.test(part));
      if (bad !== undefined) yield { path, says: `“${bad}” says nothing; name it after what is in it` };
    }
  },
};

/** A file `payment.ts` beside `payments.ts` is pure: types and decisions, nothing to wait for. */
export const pureFile = {
  name: 'pure-file',
  *check({ sources }) {
    const paths = new Set(sources.map((source) => source.path));
    for (const source of sources) {
      if (!source.path.startsWith('modules/') || source.test) continue;
      const stem = source.path.replace(/\.ts$/, '');
      const plural = [`${stem}s.ts`, `${stem.replace(/y$/, 'ie')}s.ts`].find((path) => paths.has(path));
      if (plural === undefined) continue;
      let first;
      walk(source.program, (node) => {
        if (node.type === 'AwaitExpression' || node.async === true) first ??= node;
      });
      if (first) {
        yield {
          path: source.path,
          line: source.line(first.start),
          says: `waits; that belongs into ${basename(plural)}`,
        };
      }
    }
  },
};
