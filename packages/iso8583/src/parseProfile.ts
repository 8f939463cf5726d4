import {
  FIELD_LENGTH_MAX,
  type FieldFormat,
  isFieldNumber,
  type LengthHeader,
  type MacRule,
  type MessageProfile,
} from './profile.ts';
import { profiles } from './profiles.ts';

export type ParsedProfile = { ok: true; profile: MessageProfile } | { ok: false; problems: string[] };

/**
 * Reads a profile from JSON, so that a bank with its own formats is a file. `extends` names another profile, of which
 * only the differences are then given; a field given as null is taken out. All problems are reported at once, each
 * with its place.
 */
export function parseProfile(
  json: unknown,
  known: Readonly<Record<string, MessageProfile>> = profiles,
): ParsedProfile {
  const check = new Check();
  const input = check.record(json, 'profile');
  check.only(
    input,
    ['name', 'extends', 'lengthHeader', 'header', 'mti', 'bitmap', 'fields', 'mac'],
    'profile',
  );
  const base = baseProfile(input.extends, known, check);
  const given = (key: string): unknown =>
    input[key] === undefined ? base?.[key as keyof MessageProfile] : input[key];
  const header = given('header');
  const profile: MessageProfile = {
    name: check.text(input.name, 'name'),
    lengthHeader: lengthHeader(given('lengthHeader'), check),
    ...(header === undefined || header === null ? {} : { header: fixedHeader(header, check) }),
    mti: check.oneOf(given('mti'), ['ascii', 'bcd'], 'mti'),
    bitmap: check.oneOf(given('bitmap'), ['binary', 'hex'], 'bitmap'),
    fields: fieldFormats(input.fields, base, check),
    mac: macRule(given('mac'), check),
  };
  if (profile.mac !== null) checkMacFields(profile, check);
  return check.problems.length === 0 ? { ok: true, profile } : { ok: false, problems: check.problems };
}

type Json = Record<string, unknown>;

/** Collects problems instead of stopping at the first one. */
class Check {
  readonly problems: string[] = [];

  say(problem: string): void {
    this.problems.push(problem);
  }

  record(value: unknown, place: string): Json {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
    this.say(`${place}: an object is needed`);
    return {};
  }

  text(value: unknown, place: string): string {
    if (typeof value === 'string' && value.length > 0 && value.length <= 100) return value;
    this.say(`${place}: text of 1 to 100 characters is needed`);
    return '';
  }

  oneOf<T extends string>(value: unknown, allowed: readonly T[], place: string): T {
    if (!allowed.includes(value as T)) this.say(`${place}: one of ${allowed.join(', ')} is needed`);
    return value as T;
  }

  integer(value: unknown, from: number, to: number, place: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value;
    this.say(`${place}: a whole number from ${from} to ${to} is needed`);
    return from;
  }

  only(value: Json, allowed: readonly string[], place: string): void {
    for (const key of Object.keys(value))
      if (!allowed.includes(key)) this.say(`${place}: ${key} is not known`);
  }
}

function baseProfile(
  name: unknown,
  known: Readonly<Record<string, MessageProfile>>,
  check: Check,
): MessageProfile | undefined {
  if (name === undefined) return undefined;
  if (typeof name === 'string' && Object.hasOwn(known, name)) return known[name];
  check.say(`extends: there is no profile ${String(name)}`);
  return undefined;
}

function lengthHeader(value: unknown, check: Check): LengthHeader {
  const input = check.record(value, 'lengthHeader');
  check.only(input, ['bytes', 'encoding', 'includesItself'], 'lengthHeader');
  const encoding = check.oneOf(input.encoding, ['binary', 'bcd', 'ascii'], 'lengthHeader.encoding');
  if (typeof input.includesItself !== 'boolean')
    check.say('lengthHeader.includesItself: true or false is needed');
  return {
    bytes: check.integer(input.bytes, 2, encoding === 'ascii' ? 4 : 2, 'lengthHeader.bytes'),
    encoding,
    includesItself: input.includesItself === true,
  };
}

function fixedHeader(value: unknown, check: Check): { hex: string; check: 'exact' | 'any' } {
  const input = check.record(value, 'header');
  check.only(input, ['hex', 'check'], 'header');
  const hex = typeof input.hex === 'string' ? input.hex : '';
  if (!/^([0-9A-Fa-f]{2}){1,64}$/.test(hex)) check.say('header.hex: 1 to 64 bytes in hexadecimal are needed');
  return { hex, check: check.oneOf(input.check ?? 'exact', ['exact', 'any'], 'header.check') };
}

function macRule(value: unknown, check: Check): MacRule | null {
  if (value === null || value === undefined) return null;
  const input = check.record(value, 'mac');
  check.only(input, ['algorithm', 'bytes', 'fields'], 'mac');
  check.oneOf(input.algorithm, ['aes-cmac'], 'mac.algorithm');
  check.integer(input.bytes, 8, 8, 'mac.bytes');
  if (JSON.stringify(input.fields) !== '[64,128]') check.say('mac.fields: [64,128] is needed');
  return { algorithm: 'aes-cmac', bytes: 8, fields: [64, 128] };
}

function checkMacFields(profile: MessageProfile, check: Check): void {
  const [first, second] = [profile.fields[64], profile.fields[128]];
  for (const format of [first, second]) {
    if (format?.type !== 'b' || format.length !== 8) {
      check.say('mac: fields 64 and 128 must be b fields of 8 bytes');
      return;
    }
  }
  if (first?.encoding !== second?.encoding) check.say('mac: fields 64 and 128 must have the same encoding');
}

function fieldFormats(
  value: unknown,
  base: MessageProfile | undefined,
  check: Check,
): Readonly<Record<number, FieldFormat>> {
  const fields: Record<number, FieldFormat> = { ...base?.fields };
  if (value === undefined && base !== undefined) return fields;
  for (const [key, format] of Object.entries(check.record(value, 'fields'))) {
    const number = /^[1-9][0-9]{0,2}$/.test(key) ? Number(key) : 0;
    if (!isFieldNumber(number)) check.say(`fields.${key}: fields are numbered 2 to 128, without 65`);
    else if (format === null) delete fields[number];
    else fields[number] = fieldFormat(format, base?.fields[number], `fields.${key}`, check);
  }
  if (Object.keys(fields).length === 0) check.say('fields: at least one field is needed');
  return fields;
}

const ENCODINGS: Readonly<Record<FieldFormat['type'], readonly FieldFormat['encoding'][]>> = {
  n: ['ascii', 'bcd'],
  'x+n': ['ascii', 'bcd'],
  z: ['ascii', 'bcd'],
  a: ['ascii'],
  an: ['ascii'],
  ans: ['ascii', 'utf8'],
  b: ['ascii', 'binary'],
};

function fieldFormat(
  value: unknown,
  base: FieldFormat | undefined,
  place: string,
  check: Check,
): FieldFormat {
  const input: Json = { ...base, ...check.record(value, place) };
  check.only(input, ['name', 'type', 'length', 'encoding', 'lengthEncoding', 'filler', 'sensitive'], place);
  const type = check.oneOf(input.type, Object.keys(ENCODINGS) as FieldFormat['type'][], `${place}.type`);
  const optional = <T extends string>(key: string, allowed: readonly T[]): { [name: string]: T } =>
    input[key] === undefined || input[key] === null
      ? {}
      : { [key]: check.oneOf(input[key], allowed, `${place}.${key}`) };
  return {
    name: check.text(input.name, `${place}.name`),
    type,
    length: fieldLength(input.length, place, check),
    encoding: check.oneOf(input.encoding, ENCODINGS[type] ?? [], `${place}.encoding`),
    ...optional('lengthEncoding', ['ascii', 'bcd']),
    ...optional('filler', ['left0', 'right0', 'rightF']),
    ...optional('sensitive', ['pan', 'track', 'pin', 'cvv']),
  };
}

function fieldLength(value: unknown, place: string, check: Check): FieldFormat['length'] {
  if (typeof value !== 'object' || value === null) {
    return check.integer(value, 1, FIELD_LENGTH_MAX, `${place}.length`);
  }
  const input = check.record(value, `${place}.length`);
  check.only(input, ['var', 'max'], `${place}.length`);
  const kind = check.oneOf(input.var, ['LL', 'LLL'], `${place}.length.var`);
  return {
    var: kind,
    max: check.integer(input.max, 1, kind === 'LL' ? 99 : FIELD_LENGTH_MAX, `${place}.length.max`),
  };
}
