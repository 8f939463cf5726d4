import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from '@feiqian/db';

/** A secret that must not be found, and the forms in which it could stand somewhere. */
export interface Canary {
  name: string;
  /** As text: digits, and the same bytes written in hexadecimal or base64. */
  texts: readonly string[];
  bytes: readonly Buffer[];
}

/** A card number: as digits, packed two to a byte, and in hexadecimal or base64 of either. */
export function cardCanary(pan: string): Canary {
  const ascii = Buffer.from(pan);
  const packed = Buffer.from(pan, 'hex');
  const grouped = pan.replace(/(.{4})(?=.)/g, '$1 ');
  return {
    name: `card …${pan.slice(-4)}`,
    texts: [
      pan,
      grouped,
      ...['-', '%20', '+'].map((between) => grouped.replaceAll(' ', between)),
      ascii.toString('hex'),
      ...inBase64(ascii),
    ],
    bytes: [ascii, packed, Buffer.from(grouped)],
  };
}

/** Any other secret that is a text. */
export function textCanary(name: string, secret: string): Canary {
  const bytes = Buffer.from(secret);
  return { name, texts: [secret, bytes.toString('hex')], bytes: [bytes] };
}

/** Bytes of which nothing may be left: a PIN block, the discretionary part of a track. As they are, in hexadecimal or base64. */
export function bytesCanary(name: string, bytes: Buffer, inBase = true): Canary {
  const hex = bytes.toString('hex');
  return { name, texts: [hex, hex.toUpperCase(), ...(inBase ? inBase64(bytes) : [])], bytes: [bytes] };
}

/** What of the bytes is seen in base64 of something that holds them, at each of the three alignments. */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
}

/** Characters by which a group of patterns begins: one look for them spares the looks for all of it. */
const beginningLength = 3;

/** Looks for thousands of patterns in a text at once. */
class Search {
  /** Beginning, length, pattern, name. */
  readonly #groups = new Map<string, Map<number, Map<string, string>>>();

  add(pattern: string, name: string): void {
    const beginning = pattern.slice(0, beginningLength);
    const lengths = this.#groups.get(beginning) ?? new Map<number, Map<string, string>>();
    const same = lengths.get(pattern.length) ?? new Map<string, string>();
    same.set(pattern, name);
    lengths.set(pattern.length, same);
    this.#groups.set(beginning, lengths);
  }

  namesIn(text: string): Set<string> {
    const found = new Set<string>();
    for (const [beginning, lengths] of this.#groups) {
      for (let at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, at + 1)) {
        for (const [length, patterns] of lengths) {
          const name = patterns.get(text.slice(at, at + length));
          if (name !== undefined) found.add(name);
        }
      }
    }
    return found;
  }
}

const searches = new WeakMap<readonly Canary[], Search>();
function searchFor(canaries: readonly Canary[]): Search {
  const known = searches.get(canaries);
  if (known) return known;
  const search = new Search();
  for (const { name, texts } of canaries) for (const text of texts) search.add(text, name);
  searches.set(canaries, search);
  return search;
}

/** Names of the canaries in a text. The list may not change from one call to the next. */
export function inText(canaries: readonly Canary[], text: string): string[] {
  return [...searchFor(canaries).namesIn(text)];
}

/** Every row of every table of every schema, as text, that has a canary: `schema.table: canary`. */
export async function inTables(
  db: Db,
  canaries: readonly Canary[],
): Promise<{ rows: number; found: string[] }> {
  const { rows: tables } = await db.query<{ name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name
     from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const found = new Set<string>();
  let count = 0;
  for (const { name } of tables) {
    const { rows } = await db.query<{ text: string }>(`select t::text as text from ${name} t`);
    count += rows.length;
    for (const { text } of rows) for (const canary of inText(canaries, text)) found.add(`${name}: ${canary}`);
  }
  return { rows: count, found: [...found] };
}

/** Every file below a directory that holds a canary, byte for byte. */
export function inFiles(dir: string, canaries: readonly Canary[]): { files: number; found: string[] } {
  const search = new Search();
  for (const { name, texts, bytes } of canaries)
    for (const pattern of [...bytes, ...texts.map((t) => Buffer.from(t))])
      search.add(pattern.toString('latin1'), name);
  const found = new Set<string>();
  let files = 0;
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    files += 1;
    const text = readFileSync(join(entry.parentPath, entry.name), 'latin1');
    for (const name of search.namesIn(text)) found.add(`${entry.name}: ${name}`);
  }
  return { files, found: [...found] };
}
