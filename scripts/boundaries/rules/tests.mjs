import { walk } from '../tree.mjs';

const runners = new Set(['test', 'it', 'describe', 'suite', 'bench']);
const switches = new Set(['skip', 'only', 'todo', 'fails']);

/** A test that does not run proves nothing, and one that runs alone silences the others. */
export const skippedTest = {
  name: 'skipped-test',
  *check({ sources }) {
    for (const source of sources) {
      if (!source.test) continue;
      const found = [];
      walk(source.program, (node) => {
        if (
          node.type === 'MemberExpression' &&
          switches.has(node.property.name) &&
          runners.has(base(node.object))
        ) {
          found.push({ at: node.start, says: `${base(node.object)}.${node.property.name}` });
        }
        if (node.type === 'CallExpression' && /^x(it|test|describe)$/.test(node.callee.name ?? '')) {
          found.push({ at: node.start, says: node.callee.name });
        }
      });
      for (const { at, says } of found) yield { path: source.path, line: source.line(at), says };
    }
  },
};

function base(node) {
  if (node.type === 'MemberExpression') return base(node.object);
  if (node.type === 'CallExpression') return base(node.callee);
  return node.name;
}
