import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  feiqianAscii,
  feiqianBcd,
  MESSAGE_RULES,
  messageTable,
  NETWORK_MANAGEMENT,
  profileTable,
  responseCodeTable,
} from './index.ts';

const file = new URL('../../../docs/iso8583.md', import.meta.url);
const tables = {
  messages: messageTable(feiqianAscii),
  responseCodes: responseCodeTable(),
  feiqianAscii: profileTable(feiqianAscii),
  feiqianBcd: profileTable(feiqianBcd),
};

test.for(Object.entries(tables))(
  'the table %s of docs/iso8583.md is the one of the code',
  ([name, expected]) => {
    const begin = `<!-- table:${name} -->\n`;
    const text = readFileSync(file, 'utf8');
    const from = text.indexOf(begin) + begin.length;
    const to = text.indexOf('<!-- /table -->', from);
    expect(from).toBeGreaterThan(begin.length);
    // Drawn anew with UPDATE_DOCS=1.
    if (process.env.UPDATE_DOCS) writeFileSync(file, `${text.slice(0, from)}${expected}\n${text.slice(to)}`);
    else expect(text.slice(from, to)).toBe(`${expected}\n`);
  },
);

test('docs/iso8583.md names each message and each network management code', () => {
  const text = readFileSync(file, 'utf8');
  for (const word of [...Object.keys(MESSAGE_RULES), ...Object.values(NETWORK_MANAGEMENT)])
    expect(text).toContain(word);
});
