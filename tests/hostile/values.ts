import fc from 'fast-check';
import * as Schemas from 'typebox/schema';
import type { Chance } from '../support/chance.ts';
import { prefixOf, type Schema } from '../support/openapi.ts';

/** Values that mean something, by the name of the field or the prefix of the identifier; functions are called for one. */
export type Known = Readonly<Record<string, readonly unknown[]>>;

const checks = new Map<Schema, (value: unknown) => boolean>();

/** Whether a schema of the document takes a value; by another validator than the server's. */
export function takes(schema: Schema, value: unknown): boolean {
  let check = checks.get(schema);
  if (!check) {
    const compiled = Schemas.Compile(schema as never) as { Check(value: unknown): boolean };
    check = (v) => compiled.Check(v);
    checks.set(schema, check);
  }
  return check(value);
}

const textMax = 40;
const listMax = 3;

/** A value that the schema takes: mostly one that means something, where one is known. */
export function validFor(schema: Schema, chance: Chance, known: Known, name = ''): unknown {
  const meant = schema.type === 'array' ? [] : (known[name] ?? known[prefixOf(schema) ?? ''] ?? []);
  // What one field means by a name is not what every field does.
  const real = meant.filter((one) => typeof one === 'function' || takes(schema, one));
  // A cursor is only ever one that a list gave.
  if (real.length > 0 && (name === 'cursor' || chance.percent(85))) {
    const picked = chance.pick(real);
    return typeof picked === 'function' ? picked() : picked;
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return chance.pick(schema.enum);
  if (schema.anyOf) return validFor(chance.pick(schema.anyOf), chance, known, name);
  switch (schema.type) {
    case 'object':
      return objectFor(schema, chance, known);
    case 'array':
      return listFor(schema, chance, known, name);
    case 'integer':
      return integerFor(schema, chance);
    case 'boolean':
      return chance.percent(50);
    case 'null':
      return null;
    case 'string':
      return textFor(schema, chance);
    default:
      throw new Error(`no value for ${JSON.stringify(schema)}`);
  }
}

function objectFor(schema: Schema, chance: Chance, known: Known): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (schema.required?.includes(name) || chance.percent(60))
      value[name] = validFor(field, chance, known, name);
  }
  return value;
}

function listFor(schema: Schema, chance: Chance, known: Known, name: string): unknown[] {
  const [min, max] = [schema.minItems ?? 0, Math.min(schema.maxItems ?? listMax, listMax)];
  const count = min + chance.below(max - min + 1);
  const items = Array.from({ length: count }, () => validFor(schema.items ?? {}, chance, known, name));
  if (!schema.uniqueItems) return items;
  return [...new Map(items.map((i) => [JSON.stringify(i), i])).values()];
}

function integerFor(schema: Schema, chance: Chance): number {
  const [min, max] = [schema.minimum ?? 0, schema.maximum ?? Number.MAX_SAFE_INTEGER];
  const small = min + chance.below(Math.min(max - min, 5_000) + 1);
  return chance.percent(80) ? small : chance.pick([min, max, max - 1, min + 1]);
}

function textFor(schema: Schema, chance: Chance): string {
  if (schema.format === 'date-time') return instantFor(chance);
  if (schema.format === 'date') return dayFor(chance);
  const [min, max] = [schema.minLength ?? 0, schema.maxLength ?? textMax];
  const length = Math.max(min, chance.percent(10) ? max : chance.below(Math.min(max, textMax) + 1));
  // Free text: its pattern only shuts out what is no text.
  if (schema.pattern === undefined || schema.pattern.startsWith('^[^')) return freeText(chance, length);
  const seed = chance.below(2 ** 31);
  return fc.sample(fc.stringMatching(new RegExp(schema.pattern)), { seed, numRuns: 1 })[0] as string;
}

const alphabets = [
  'abcdefghijklmnopqrstuvwxyz0123456789 -_',
  '云州商户茶馆面馆盐湖海港付款退款订单',
  'éàüßñçøåÆŒžščřžě',
  '\'"\\;,<>&%$#@!?*()[]{}|/=+`~^',
  '\u200b\u200d\u202e\u2066\ufeff\u00a0\u0301\u0338',
  'ａｂｃ１２３٠١٢٣०१२३',
];

/** Text of exactly so many UTF-16 units that a pattern against control characters takes, odd as it may look. */
function freeText(chance: Chance, length: number): string {
  const alphabet = chance.pick(alphabets);
  let text = '';
  while (text.length < length) {
    const odd = chance.percent(4) ? chance.pick(['😀', '👨‍👩‍👧', '𠮷', '\t', '\n', 'ﷺ', 'İ', 'ǆ']) : '';
    text += odd.length > 0 && text.length + odd.length <= length ? odd : chance.pick([...alphabet]);
  }
  return text;
}

/** Instants that the format takes and few expect. */
export const oddInstants = [
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+14:00',
  '2016-12-31T23:59:60Z',
  '9999-12-31T23:59:59.999999999Z',
  '2024-02-29T12:00:00-12:00',
  '2020-01-01t00:00:00z',
  '2020-01-01 00:00:00Z',
  '2020-01-01T00:00:00.123456789123456789Z',
];

function dayFor(chance: Chance): string {
  return new Date(Date.UTC(2020, 0, 1 + chance.below(3_650))).toISOString().slice(0, 10);
}

function instantFor(chance: Chance): string {
  const atMs = Date.UTC(2020, 0, 1) + chance.below(10 * 365 * 24 * 3600) * 1_000;
  const plain = new Date(atMs).toISOString();
  return chance.pick([plain, plain.replace('Z', '+08:00'), plain.replace('.000', '')]);
}
