import { expect, test } from 'vitest';
import { parseOptions } from './options.mjs';

const options = {
  seeds: { takes: 'N', is: 'so many worlds' },
  suite: { takes: 'NAME', many: true, is: 'one suite' },
  engine: { takes: 'memory|pglite', is: 'where' },
  trace: { is: 'line by line' },
};
const words = { name: 'WORD', is: 'only files with this word' };
const parse = (args, more = null) => parseOptions('npm run sim', options, more, args);

test('options that there are, repeated ones and words are read', () => {
  expect(parse(['--seeds', '20', '--suite=unit', '--suite', 'race', '--trace', 'ledger'], words)).toEqual({
    values: { seeds: '20', suite: ['unit', 'race'], trace: true },
    words: ['ledger'],
  });
});

test.each([
  [['--nonsense'], 'npm run sim has no option --nonsense; its options are --seeds N,'],
  [['--constructor'], 'npm run sim has no option --constructor;'],
  [['-x'], 'npm run sim has no option -x;'],
  [['stray'], 'npm run sim takes no words such as stray;'],
  [['--seeds'], '--seeds wants N;'],
  [['--seeds', '--trace'], '--seeds wants N;'],
  [['--seeds', 'many'], '--seeds wants a number, not many;'],
  [['--engine', 'disk'], '--engine is memory or pglite, not disk;'],
  [['--trace=yes'], '--trace takes no value;'],
])('%j is answered by one sentence that says what there is', (args, sentence) => {
  const { misused } = parse(args);
  expect(misused).toContain(sentence);
  expect(misused).not.toContain('\n');
});

test('help says what every option and word is for', () => {
  const { help } = parse(['--seeds', '3', '--help'], words);
  for (const { is } of [...Object.values(options), words]) expect(help).toContain(is);
});
