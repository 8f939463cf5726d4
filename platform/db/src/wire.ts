import type { SqlValue } from './sql.ts';

/** What must be quoted inside an array literal (PostgreSQL manual, section 8.15.6). */
const special = /["\\{},\s]|^$|^null$/i;

/**
 * An array as PostgreSQL's text form. Most elements of a group's columns are identifiers, numbers and instants that
 * need no quotes, so they are joined as they are.
 */
export function arrayLiteral(values: readonly unknown[]): string {
  let out = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) out += ',';
    const v = values[i];
    if (v === null || v === undefined) out += 'NULL';
    else if (typeof v === 'string') out += special.test(v) ? quoted(v) : v;
    else if (v instanceof Uint8Array) out += `"\\\\x${Buffer.from(v).toString('hex')}"`;
    else if (v instanceof Date) out += `"${v.toISOString()}"`;
    else out += String(v);
  }
  return `${out}}`;
}

/** Where JSON quotes otherwise than an array literal does: control characters, and halves of a surrogate pair. */
const notAsJson = /[\p{Cc}\p{Surrogate}]/u;

function quoted(text: string): string {
  return notAsJson.test(text) ? `"${text.replace(/[\\"]/g, '\\$&')}"` : JSON.stringify(text);
}

/**
 * Texts as one parameter, for `string_to_array($n, e'\n', '')`: what JSON.stringify wrote, and words of a closed set,
 * hold no line break and are not empty, so they need no quoting on this side and no unquoting on the other. Nulls stay
 * nulls.
 */
export function lines(texts: readonly (string | null)[]): string {
  return texts.join('\n');
}

/** Parameters as the driver takes them: arrays as literals, everything else as it is. */
export function toWire(params: readonly SqlValue[]): unknown[] {
  return params.map((p) => (Array.isArray(p) ? arrayLiteral(p) : p));
}

const digits = (text: string, from: number, to: number): number => {
  let n = 0;
  for (let i = from; i < to; i++) n = n * 10 + text.charCodeAt(i) - 48;
  return n;
};

/**
 * A `timestamptz` in the text form of a session in UTC (`2026-11-22 02:13:00.125+00`), cut to milliseconds. Other
 * forms (before year 1, after 9999, infinity) go to the engine's own reader.
 */
export function readInstant(text: string): Date {
  if (text.length < 22 || text.charCodeAt(4) !== 45 || !text.endsWith('+00') || text.includes('BC'))
    return new Date(text);
  const fraction =
    text.charCodeAt(19) === 46
      ? text
          .slice(20, text.length - 3)
          .padEnd(3, '0')
          .slice(0, 3)
      : '000';
  return new Date(
    Date.UTC(
      digits(text, 0, 4),
      digits(text, 5, 7) - 1,
      digits(text, 8, 10),
      digits(text, 11, 13),
      digits(text, 14, 16),
      digits(text, 17, 19),
      Number(fraction),
    ),
  );
}
