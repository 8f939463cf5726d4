import type { Chance } from '../support/chance.ts';
import type { Schema } from '../support/openapi.ts';
import { oddInstants, validFor } from './values.ts';

/** A value one step away from one that is valid, and what the step was. */
export interface Mutated {
  what: string;
  value: unknown;
}

const gone = Symbol('gone');
type Put = unknown | typeof gone;

/** Every value one mutation away from this one: each field of each object, in every way. */
export function mutationsOf(schema: Schema, value: unknown, chance: Chance): Mutated[] {
  const found: Mutated[] = [];
  walk(schema, value, '', (what, put) => found.push({ what, value: put === gone ? undefined : put }), chance);
  return found;
}

type Found = (what: string, value: Put) => void;

function walk(schema: Schema, value: unknown, path: string, found: Found, chance: Chance): void {
  const here = path === '' ? 'the body' : path;
  for (const [what, odd] of oddValues(schema, value, chance)) found(`${here} ${what}`, odd);
  if (Array.isArray(value)) {
    // What an empty list could hold is tried as well.
    const list = value.length > 0 || !schema.items ? value : [validFor(schema.items, chance, {})];
    for (const [i, item] of list.entries()) {
      const put: Found = (what, odd) =>
        found(what, odd === gone ? list.filter((_, j) => j !== i) : list.map((v, j) => (j === i ? odd : v)));
      walk(schema.items ?? {}, item, `${path}/${i}`, put, chance);
    }
  } else if (typeof value === 'object' && value !== null) {
    walkObject(schema, value as Record<string, unknown>, path, found, chance);
  }
}

function walkObject(
  schema: Schema,
  value: Record<string, unknown>,
  path: string,
  found: Found,
  chance: Chance,
): void {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const at = `${path}/${name}`;
    const put: Found = (what, odd) => {
      const { [name]: _, ...rest } = value;
      found(what, odd === gone ? rest : { ...rest, [name]: odd });
    };
    if (name in value) put(`${at} missing`, gone);
    if (name in value) walk(field, value[name], at, put, chance);
    else for (const [what, odd] of oddValues(field, undefined, chance)) put(`${at} ${what}`, odd);
  }
  for (const name of ['tip', 'id', 'state', 'constructor', 'role', ''])
    if (!(name in (schema.properties ?? {}))) found(`${path}/${name} unknown`, { ...value, [name]: 1 });
}

/** What can be wrong with one value, whatever kind it is meant to be. */
function oddValues(schema: Schema, value: unknown, chance: Chance): [string, unknown][] {
  const odd: [string, unknown][] = [
    ['null', null],
    ['true', true],
    ['a number', 17],
    ['a text', 'x'],
    ['a list', [value ?? 1]],
    ['an object', { value: value ?? 1 }],
    ['an empty list', []],
    ['an empty object', {}],
    ['an empty text', ''],
  ];
  const kinds = [schema, ...(schema.anyOf ?? [])].map((s) => s.type);
  if (kinds.includes('integer')) odd.push(...oddNumbers(schema));
  if (kinds.includes('string') || schema.enum || schema.anyOf) odd.push(...oddTexts(schema, value, chance));
  if (kinds.includes('array') && Array.isArray(value)) {
    odd.push(['with the first twice', [...value, value[0]]]);
    odd.push(['too long', Array.from({ length: (schema.maxItems ?? 200) + 1 }, (_, i) => value[0] ?? i)]);
  }
  return odd;
}

function oddNumbers(schema: Schema): [string, unknown][] {
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema;
  return [
    ['negative', -1],
    ['zero', 0],
    ['minus zero', -0],
    ['one below the least', minimum - 1],
    ['one above the most', maximum + 1],
    ['a fraction', minimum + 0.5],
    ['nearly whole', 100.000000001],
    ['2^53', 2 ** 53],
    ['2^63', 2 ** 63],
    ['huge', 1e300],
    ['minus huge', -1e300],
    ['in words', String(minimum)],
    ['with an exponent in words', '1e3'],
  ];
}

const controls = ['\u0000', '\u0007', '\u001b[31m', '\u007f', '\u0085', '\u2028'];

function oddTexts(schema: Schema, value: unknown, chance: Chance): [string, unknown][] {
  const base = typeof value === 'string' ? value : 'abc';
  const long = (schema.maxLength ?? 200) + 1;
  const instants = schema.format === 'date-time' ? oddInstants : [];
  const at = chance.below(base.length + 1);
  const within = (odd: string) => base.slice(0, at) + odd + base.slice(at);
  return [
    ['too long', 'x'.repeat(long)],
    ['too long in Chinese', '长'.repeat(long)],
    ['very long', 'y'.repeat(30_000)],
    ['with a control character', within(chance.pick(controls))],
    ['with NUL', within('\u0000')],
    ['with half a character', within(chance.pick(['\ud800', '\udfff']))],
    ['with a blank before it', ` ${base}`],
    ['with a line end after it', `${base}\n`],
    ['in capitals', base.toUpperCase()],
    ['cut short', base.slice(0, -1)],
    ['twice', base + base],
    ['in full width', [...base].map((c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0)).join('')],
    ['in Arabic digits', base.replace(/[0-9]/g, (d) => String.fromCodePoint(0x660 + Number(d)))],
    ['with one character changed', base.slice(0, at) + chance.pick([...'aZ0_-é']) + base.slice(at + 1)],
    ['a statement', "'; drop table payments.payment; --"],
    ['a template', '{{7*7}}<%= 7*7 %>#{7*7}'],
    ['a way out', '../../../etc/passwd'],
    ['markup', '<script>alert(1)</script>'],
    ['an instant that is none', '2026-02-30T25:61:61Z'],
    ...instants.map((text): [string, unknown] => [text, text]),
  ];
}
