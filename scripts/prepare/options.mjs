import { parseArgs } from 'node:util';
import { say } from './place.mjs';

/** Wrong options end a command with this code, as with the tools of the system. */
const misusedCode = 2;

/**
 * The options of a script, or else the end of it: with what there is after `--help`, and with one clear sentence when
 * something is asked that there is not.
 *
 * @param {string} command as people call it, for `npm run sim`
 * @param {Record<string, {is: string, takes?: string, many?: boolean}>} options by name. `takes` says what value it
 *   wants (`N` for a number); without it the option is only there or not. `many`: may be repeated, and gives a list
 * @param {{is: string, name: string} | null} words what further words mean, when there may be some
 * @returns {{values: Record<string, string | string[] | true | undefined>, words: string[]}}
 */
export function readOptions(command, options, words = null, args = process.argv.slice(2)) {
  const found = parseOptions(command, options, words, args);
  if (found.help !== undefined) {
    process.stdout.write(`${found.help}\n`);
    process.exit(0);
  }
  if (found.misused !== undefined) {
    say(found.misused);
    process.exit(misusedCode);
  }
  return found;
}

/** As `readOptions`, and ends nothing: gives `help` or `misused` where that would. */
export function parseOptions(command, options, words, args) {
  const { tokens } = parseArgs({
    args,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { takes }]) => [name, { type: takes ? 'string' : 'boolean' }]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values = {};
  const all = [];
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      if (words === null)
        return { misused: `${command} takes no words such as ${token.value}; ${knows(options)}` };
      all.push(token.value);
      continue;
    }
    const { name, rawName, value } = token;
    if (name === 'help' || name === 'h') return { help: helpOf(command, options, words) };
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) return { misused: `${command} has no option ${rawName}; ${knows(options)}` };
    const wrong = wrongValue(option, value);
    if (wrong !== null) return { misused: `${rawName} ${wrong}; ${knows(options)}` };
    if (option.many) values[name] = [...(values[name] ?? []), value];
    else values[name] = option.takes ? value : true;
  }
  return { values, words: all };
}

function wrongValue({ takes }, value) {
  if (takes === undefined) return value === undefined ? null : 'takes no value';
  if (value === undefined || value === '' || value.startsWith('--')) return `wants ${takes}`;
  if (takes === 'N' && !(Number(value) >= 0)) return `wants a number, not ${value}`;
  const choices = takes.split('|');
  return choices.length > 1 && !choices.includes(value) ? `is ${choices.join(' or ')}, not ${value}` : null;
}

const shown = (name, { takes }) => (takes ? `--${name} ${takes}` : `--${name}`);

function knows(options) {
  const names = Object.entries(options).map(([name, option]) => shown(name, option));
  return names.length === 0
    ? 'it has no options.'
    : `its options are ${names.join(', ')} (--help says more).`;
}

function helpOf(command, options, words) {
  const lines = Object.entries(options).map(([name, option]) => [shown(name, option), option.is]);
  if (words !== null) lines.unshift([words.name, words.is]);
  lines.push(['--help', 'this']);
  const width = Math.max(...lines.map(([left]) => left.length));
  const usage = words === null ? '' : ` [${words.name}]`;
  return [
    `${command} -- [options]${usage}`,
    '',
    ...lines.map(([left, is]) => `  ${left.padEnd(width)}  ${is}`),
  ].join('\n');
}
