import type { FieldFormat, MessageProfile } from './profile.ts';
import { RESPONSE_CODES } from './responseCodes.ts';
import { MESSAGE_RULES, type Presence } from './rules.ts';

/** A Markdown table of a profile's fields, for a bank's engineer (docs/iso8583.md holds it). */
export function profileTable(profile: MessageProfile): string {
  const rows = Object.entries(profile.fields).map(([field, format]) => [
    field,
    format.name,
    typed(format),
    encoding(format),
    format.sensitive === undefined ? '' : SHOWN[format.sensitive],
  ]);
  return table(['Field', 'Name', 'Format', 'On the wire', 'In logs'], rows);
}

/** A Markdown table of which field must (M), must in some cases (C) or may (O) be in which message. */
export function messageTable(profile: MessageProfile): string {
  const types = Object.keys(MESSAGE_RULES);
  const used = new Set(types.flatMap((type) => Object.keys(MESSAGE_RULES[type] ?? {}).map(Number)));
  const rows = [...used]
    .sort((a, b) => a - b)
    .map((field) => [
      String(field),
      profile.fields[field]?.name ?? '',
      ...types.map((type): Presence | '' => MESSAGE_RULES[type]?.[field] ?? ''),
    ]);
  return table(['Field', 'Name', ...types], rows);
}

/** A Markdown table of the response codes of field 39. */
export function responseCodeTable(): string {
  const rows = Object.values(RESPONSE_CODES)
    .map(({ code, outcome, en, zh }) => [code, outcome, en, zh])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return table(['Code', 'Outcome', 'English', '中文'], rows);
}

const SHOWN = { pan: 'first six, last four', track: 'removed', pin: 'removed', cvv: 'removed' } as const;

function typed(format: FieldFormat): string {
  if (typeof format.length === 'number') return `${format.type} ${format.length}`;
  return `${format.type} ${format.length.var === 'LL' ? '..' : '...'}${format.length.max}`;
}

function encoding(format: FieldFormat): string {
  const hex = format.encoding === 'ascii' && format.type === 'b' ? 'hexadecimal' : undefined;
  const parts = [hex ?? { ascii: 'ASCII', bcd: 'BCD', binary: 'binary', utf8: 'UTF-8' }[format.encoding]];
  if (format.encoding === 'bcd' && mayBeOdd(format)) {
    const standard = format.type === 'z' ? 'rightF' : 'left0';
    parts.push({ left0: 'zero before', right0: 'zero after', rightF: 'F after' }[format.filler ?? standard]);
  }
  if (typeof format.length === 'object') {
    parts.push(`${format.length.var} in ${format.lengthEncoding === 'bcd' ? 'BCD' : 'ASCII'}`);
  }
  return parts.join(', ');
}

function mayBeOdd(format: FieldFormat): boolean {
  return typeof format.length === 'object' || format.length % 2 === 1;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
