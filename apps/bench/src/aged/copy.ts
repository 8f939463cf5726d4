import { type Column, qualified, quoted, type Table } from './catalogue.ts';

/**
 * How a row of the template becomes one of the past. Nothing here knows what a payment is: identifiers that the
 * template made are replaced by others that keep their order in time, everything that names them follows, and
 * instants move back by the same amount.
 */

/** Schema of the staged template; dropped afterwards. */
export const stage = 'feiqian_aged';

/** What is known of a column from the template's own values. */
export interface ColumnFacts {
  column: Column;
  /** Part of an index. */
  indexed: boolean;
  /** Share of different values among those that are there, 0 to 1. */
  distinct: number;
  /** The greatest value, of a bigint. */
  max: bigint | null;
  /** Of text: the identifier columns of the same row that stand in it. */
  mentions: readonly string[];
  /** Of text: its values are names of fixed length that another column gives out. */
  follows: boolean;
  /** Of text: how many such names stand in one value at the most. */
  names: number;
}

/** From here a bigint can only be an instant in ns since 1970: amounts stay below 2^53. */
const nanosecondsMin = 10n ** 18n;
/** More than half of the values differ: they name rows rather than sort them. */
const namesMin = 0.5;

export type Treatment = 'keep' | 'leave out' | 'identifier' | 'name' | 'instant' | 'nanoseconds' | 'text';

const textual = /^(text|character|character varying)(\(|$)/;
export const isTextual = (type: string): boolean => textual.test(type) || type === 'jsonb' || type === 'json';

/** True when a column's values name rows: nearly all differ, and an index finds rows by them. */
export const isName = (f: ColumnFacts): boolean => f.indexed && f.distinct > namesMin;

/** What is done with a column, told from its type, its indexes and its values. */
export function treatmentOf(f: ColumnFacts): Treatment {
  const { type, filled } = f.column;
  if (filled) return 'leave out';
  if (type === 'uuid') return 'identifier';
  if (type.startsWith('timestamp')) return 'instant';
  if (type === 'bigint') return f.max !== null && f.max >= nanosecondsMin ? 'nanoseconds' : 'keep';
  if (type === 'bytea') return isName(f) ? 'name' : 'keep';
  if (textual.test(type) && (isName(f) || f.follows)) return 'name';
  return isTextual(type) && f.mentions.length + f.names > 0 ? 'text' : 'keep';
}

/** Length of `character(n)`, or null. */
export function fixedLength(type: string): number | null {
  const n = /^character\(([0-9]+)\)$/.exec(type)?.[1];
  return n === undefined ? null : Number(n);
}

/** Number of the copy (from 1), and how far it is moved back in ms: the two parameters of every copy. */
const copyNumber = 'p.copy';
const shiftMs = 'p.shift_ms';

/**
 * The hexadecimal digits of a staged identifier moved back in time: its first 48 bits (the milliseconds of a UUIDv7)
 * less the shift, the rest as it is. Different shifts of one identifier differ, and so do equal shifts of two.
 */
function movedHex(column: string): string {
  return `(lpad(to_hex((s.${staged.high(column)} - ${shiftMs}) & 281474976710655), 12, '0') || s.${staged.low(column)})`;
}

/** Columns of the stage: the first 12 digits of an identifier as a number, and the other 20; null when it is kept. */
export const staged = {
  high: (column: string) => quoted(`${column}:high`),
  low: (column: string) => quoted(`${column}:low`),
  /** Names that stand in a text, as an array. */
  names: (column: string) => quoted(`${column}:names`),
};

/**
 * The statement that copies the staged template of a table once: `$1` is the number of the copy (from 1), `$2` how
 * far it is moved back in ms.
 */
export function copyStatement(t: Table, facts: readonly ColumnFacts[]): string {
  const kept = facts
    .map((f) => ({ f, treatment: treatmentOf(f) }))
    .filter((c) => c.treatment !== 'leave out');
  const values = kept.map(({ f, treatment }) => copied(f, treatment));
  const names = kept.map(({ f }) => quoted(f.column.name)).join(', ');
  return `insert into ${qualified(t)} (${names}) select ${values.join(', ')} from ${stageOf(t)} s, (select $1::bigint as copy, $2::bigint as shift_ms) p order by s."#"`;
}

/** Where the template of a table is staged. */
export const stageOf = (t: Pick<Table, 'schema' | 'name'>): string =>
  `${stage}.${quoted(`${t.schema}.${t.name}`)}`;

function copied(f: ColumnFacts, treatment: Treatment): string {
  const { name, type } = f.column;
  const value = `s.${quoted(name)}`;
  switch (treatment) {
    case 'identifier':
      return `coalesce(${movedHex(name)}::uuid, ${value})`;
    case 'instant':
      return `${value} - ${shiftMs} * interval '1 millisecond'`;
    case 'nanoseconds':
      return `case when ${value} >= ${nanosecondsMin} then ${value} - ${shiftMs} * 1000000 else ${value} end`;
    case 'name':
      return nameOf(f, value);
    case 'text':
      return `(${textOf(f, value)})::${type}`;
    default:
      return value;
  }
}

/** Text in which the identifiers of its row, and the names that stand in it, are replaced. */
function textOf(f: ColumnFacts, value: string): string {
  const withIds = f.mentions.reduce(
    (text, id) =>
      `replace(${text}, coalesce(lpad(to_hex(s.${staged.high(id)}), 12, '0') || s.${staged.low(id)}, ''), coalesce(${movedHex(id)}, ''))`,
    `${value}::text`,
  );
  const name = (i: number) => `coalesce(s.${staged.names(f.column.name)}[${i + 1}], '')`;
  return Array.from({ length: f.names }, (_, i) => name(i)).reduce(
    (text, one) => `replace(${text}, ${one}, ${digest(one)})`,
    withIds,
  );
}

/**
 * A name that no other row bears, the same for the same name in the same copy. Of fixed length it is a digest, else it
 * has the number of the copy behind it.
 */
function nameOf(f: ColumnFacts, value: string): string {
  if (f.column.type === 'bytea')
    return `substr(sha256(${value} || convert_to((${copyNumber})::text, 'UTF8')), 1, octet_length(${value}))`;
  const fixed = fixedLength(f.column.type) !== null || f.follows;
  return fixed ? digest(value) : `${value} || '~' || (${copyNumber})::text`;
}

/** Twelve characters of it are 70 bits: among ten million names not two are alike. */
function digest(value: string): string {
  return `substr(translate(encode(sha256(convert_to(${value} || '~' || (${copyNumber})::text, 'UTF8')), 'base64'), '+/', 'XY'), 1, length(${value}))`;
}
