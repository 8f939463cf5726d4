import type { BaseType, Type } from './ast.ts';

/**
 * A value inside the engine: `int4` and `float8` number, `int8` and `xid8` bigint, `timestamptz` number (ms), `jsonb`
 * its text, `bytea` Uint8Array, the rest as they look; null is SQL's null.
 */
export type Value = string | number | bigint | boolean | Uint8Array | null | Value[] | object;

const names: Record<string, BaseType> = {
  int: 'int4',
  integer: 'int4',
  int4: 'int4',
  smallint: 'int4',
  int2: 'int4',
  oid: 'int4',
  bigint: 'int8',
  int8: 'int8',
  numeric: 'int8',
  text: 'text',
  varchar: 'text',
  char: 'text',
  bpchar: 'text',
  uuid: 'uuid',
  boolean: 'bool',
  bool: 'bool',
  timestamptz: 'timestamptz',
  date: 'date',
  jsonb: 'jsonb',
  json: 'jsonb',
  bytea: 'bytea',
  xid8: 'xid8',
  xid: 'xid8',
  float8: 'float8',
  real: 'float8',
};

/** The type of this name, or undefined when this engine has none. */
export function baseTypeOf(name: string): BaseType | undefined {
  return names[name];
}

export const scalar = (base: BaseType): Type => ({ base, array: false });
export const unknown = scalar('unknown');

/** The value of a parameter, or of a text, as the engine keeps this type. */
export function parse(value: unknown, type: Type): Value {
  if (value === null || value === undefined) return null;
  if (type.array) return parseArray(value, type.base);
  return parseOne(value, type.base);
}

function parseArray(value: unknown, base: BaseType): Value {
  if (typeof value === 'string') {
    const inner = value.slice(1, -1);
    return inner === '' ? [] : inner.split(',').map((one) => (one === 'NULL' ? null : parseOne(one, base)));
  }
  if (!Array.isArray(value)) throw sqlError('22P02', `not an array: ${String(value)}`);
  const out: Value[] = new Array(value.length);
  for (let i = 0; i < value.length; i++) out[i] = value[i] === null ? null : parseOne(value[i], base);
  return out;
}

function parseOne(value: unknown, base: BaseType): Value {
  switch (base) {
    case 'text':
    case 'uuid':
    // As it is written, `YYYY-MM-DD`: it sorts so too.
    case 'date':
      return typeof value === 'string' ? value : String(value);
    case 'int8':
    case 'xid8':
      return typeof value === 'bigint' ? value : BigInt(value as string | number);
    case 'int4':
    case 'float8':
      return typeof value === 'number' ? value : Number(value);
    case 'timestamptz': {
      const ms =
        typeof value === 'number'
          ? value
          : value instanceof Date
            ? value.getTime()
            : Date.parse(value as string);
      if (Number.isNaN(ms)) throw sqlError('22007', `not an instant: ${String(value)}`);
      return ms;
    }
    case 'bool':
      return value === true || value === 't' || value === 'true';
    case 'jsonb':
      return typeof value === 'string' ? value : JSON.stringify(value);
    default:
      return value as Value;
  }
}

/** What turns a value of one type into another, or null when there is nothing to do. */
export function conversion(from: Type, to: Type): ((value: Value) => Value) | null {
  if (from.base === to.base || to.base === 'unknown') return null;
  if (from.array) return null;
  const same = (a: BaseType, b: BaseType) => from.base === a && to.base === b;
  if (same('int4', 'int8')) return (v) => (v === null ? null : BigInt(v as number));
  if (same('int8', 'int4') || same('int8', 'float8') || same('float8', 'int4'))
    return (v) => (v === null ? null : Number(v));
  if (same('float8', 'int8')) return (v) => (v === null ? null : BigInt(Math.round(v as number)));
  if (to.base === 'text') {
    if (from.base === 'timestamptz') return (v) => (v === null ? null : new Date(v as number).toISOString());
    if (from.base === 'uuid' || from.base === 'jsonb' || from.base === 'date') return null;
    return (v) => (v === null ? null : String(v));
  }
  if (from.base === 'text' || from.base === 'unknown') return (v) => parse(v, to);
  return null;
}

/** The value as callers of `Sql.query` see it. */
export function outputOf(type: Type): ((value: Value) => unknown) | null {
  if (type.array) return null;
  if (type.base === 'timestamptz') return (v) => (v === null ? null : new Date(v as number));
  if (type.base === 'date') return (v) => (v === null ? null : new Date(`${v as string}T00:00:00Z`));
  if (type.base === 'jsonb') return (v) => (v === null ? null : JSON.parse(v as string));
  return null;
}

/** A text or number that two values share exactly when they are equal. */
export function keyOf(value: Value): string | number | bigint | boolean {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value === 'object')
    return JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v));
  return value;
}

/** Below, at or above zero, as values sort; not for null. */
export function compare(a: Value, b: Value): number {
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array);
  if (Array.isArray(a)) {
    const other = b as Value[];
    for (let i = 0; i < a.length && i < other.length; i++) {
      const order = compare(a[i] as Value, other[i] as Value);
      if (order !== 0) return order;
    }
    return a.length - other.length;
  }
  return a === b ? 0 : (a as string) < (b as string) ? -1 : 1;
}

/** An error as the server would report it, with its SQLSTATE. */
export function sqlError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
