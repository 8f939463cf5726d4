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
    texts: [pan, grouped, grouped.replaceAll(' ', '-'), ascii.toString('hex'), ...inBase64(ascii)],
    bytes: [ascii, packed, Buffer.from(grouped)],
  };
}

/** Any other secret that is a text. */
export function textCanary(name: string, secret: string): Canary {
  const bytes = Buffer.from(secret);
  return { name, texts: [secret, bytes.toString('hex')], bytes: [bytes] };
}

/** What of the bytes is seen in base64 of something that holds them, at each of the three alignments. */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
}

/** Names of the canaries in a text. */
export function inText(canaries: readonly Canary[], text: string): string[] {
  return canaries.filter((c) => c.texts.some((t) => text.includes(t))).map((c) => c.name);
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

/** Bytes by which a group of patterns begins: one look for it spares the looks for all of them. */
const beginningBytes = 3;

/** Every file below a directory that holds a canary, byte for byte. */
export function inFiles(dir: string, canaries: readonly Canary[]): { files: number; found: string[] } {
  const groups = new Map<string, { name: string; pattern: Buffer }[]>();
  for (const { name, texts, bytes } of canaries) {
    for (const pattern of [...bytes, ...texts.map((t) => Buffer.from(t))]) {
      const beginning = pattern.toString('latin1', 0, beginningBytes);
      groups.set(beginning, [...(groups.get(beginning) ?? []), { name, pattern }]);
    }
  }
  const found = new Set<string>();
  let files = 0;
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    files += 1;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    for (const [beginning, patterns] of groups) {
      if (!bytes.includes(beginning, 0, 'latin1')) continue;
      for (const { name, pattern } of patterns)
        if (bytes.includes(pattern)) found.add(`${entry.name}: ${name}`);
    }
  }
  return { files, found: [...found] };
}
