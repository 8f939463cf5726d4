// Draws module-map.json as text; run as a command it puts the drawing into ARCHITECTURE.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const begin = '<!-- module-map: drawn from module-map.json by `npm run draw` -->';
const end = '<!-- /module-map -->';

/** The map as a code block: homes with what they may import, units with what they are and own. */
export function drawMap(map) {
  const lines = [];
  for (const home of map.homes) {
    const uses =
      home.mayImport.length > 0 ? `may import ${home.mayImport.join(', ')}` : 'imports none of ours';
    const within = { any: '', earlier: '; within, only what stands above', none: '; not each other' }[
      home.within
    ];
    const [only] = home.units.filter((unit) => unit.folder === home.folder);
    lines.push(column(`${home.folder}/`) + home.is + owned(only), `${column('')}(${uses}${within})`);
    for (const unit of home.units) {
      if (unit !== only) lines.push(column(`  ${unit.folder}/`) + unit.is + owned(unit) + alone(unit));
    }
    lines.push('');
  }
  return `\`\`\`text\n${lines.join('\n').trimEnd()}\n\`\`\``;
}

const columnWidth = 18;

function column(text) {
  return text.padEnd(columnWidth);
}

/** The schema a unit owns, in brackets. */
function owned(unit) {
  const schema = unit?.schema ?? unit?.schemaGiven;
  return schema === undefined ? '' : `  [${schema}]`;
}

/** What a unit that stands alone may import, whatever its home may. */
function alone(unit) {
  return unit.alone === undefined ? '' : `  (${unit.alone.join(', ')} alone)`;
}

/** What stands between the marks of a document; undefined when they are not there. */
export function drawingIn(document) {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  return from < 0 || to < from ? undefined : document.slice(from + begin.length, to);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(fileURLToPath(import.meta.url), '..', '..', '..');
  const path = join(root, 'ARCHITECTURE.md');
  const document = readFileSync(path, 'utf8');
  const map = JSON.parse(readFileSync(join(root, 'module-map.json'), 'utf8'));
  const old = drawingIn(document);
  if (old === undefined) throw new Error(`ARCHITECTURE.md lacks the marks ${begin} and ${end}`);
  writeFileSync(
    path,
    document.replace(`${begin}${old}${end}`, () => `${begin}\n${drawMap(map)}\n${end}`),
  );
}
