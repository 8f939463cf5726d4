import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const fileLinesMax = 400;
const functionLinesMax = 70;
const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/**
 * Files and functions stay short enough to be read at once. `ratchet.json` beside the rules lists what stands above
 * the limit and how long it is: it may shrink, and then the list shrinks with it; it may not grow.
 */
export const size = {
  name: 'size',
  *check({ root, sources }) {
    const path = join(root, 'scripts', 'boundaries', 'ratchet.json');
    const allowed = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
    const seen = new Set();
    for (const source of sources) {
      for (const { key, lines, limit, line } of longOnes(source)) {
        const ceiling = allowed[key];
        if (ceiling !== undefined) seen.add(key);
        if (ceiling === undefined) {
          yield {
            path: source.path,
            line,
            says: `${key.split('#')[1] ?? 'the file'} has ${lines} lines, more than ${limit}`,
          };
        } else if (lines > ceiling) {
          yield {
            path: source.path,
            line,
            says: `${key} grew from ${ceiling} to ${lines} lines; the ratchet only shrinks`,
          };
        } else if (lines < ceiling) {
          yield {
            path: source.path,
            line,
            says: `${key} shrank to ${lines} lines: lower it in ratchet.json`,
          };
        }
      }
    }
    for (const key of Object.keys(allowed)) {
      if (!seen.has(key))
        yield { path: 'scripts/boundaries/ratchet.json', says: `${key} is within the limit: remove it` };
    }
  },
};

function* longOnes(source) {
  // A message catalogue is words, as many as there are.
  if (source.lines > fileLinesMax && !/\/(catalogue|words|i18n)\//.test(source.path)) {
    yield { key: source.path, lines: source.lines, limit: fileLinesMax, line: 1 };
  }
  // A test's `describe` is a chapter, not a function.
  if (source.test) return;
  const found = [];
  measure(source.program, undefined, (node, parent, ownLines) => {
    if (ownLines <= functionLinesMax) return;
    found.push({
      key: `${source.path}#${nameOf(node, parent)}`,
      lines: ownLines,
      limit: functionLinesMax,
      line: source.line(node.start),
    });
  });
  yield* found;

  /**
   * Tells each function's own lines: a function inside it counts as one line, since it is measured by itself. So a
   * factory is as long as what it does, not as what it returns. Gives back the lines of functions below `node`.
   */
  function measure(node, parent, tell) {
    if (node === null || typeof node !== 'object') return 0;
    if (Array.isArray(node)) return node.reduce((sum, one) => sum + measure(one, parent, tell), 0);
    if (typeof node.type !== 'string') return 0;
    let inner = 0;
    for (const key in node) inner += measure(node[key], node, tell);
    if (!functions.has(node.type)) return inner;
    const lines = source.line(node.end) - source.line(node.start) + 1;
    tell(node, parent, lines - inner);
    return lines - 1;
  }
}

function nameOf(node, parent) {
  const named = node.id ?? parent?.id ?? parent?.key;
  return named?.name ?? named?.value ?? 'a function';
}
