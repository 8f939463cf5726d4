import { randomUUID } from 'node:crypto';
import type { Chance } from '../support/chance.ts';
import type { Operation, Parameter } from '../support/openapi.ts';
import { mutationsOf } from './mutations.ts';
import type { Sent } from './send.ts';
import { type Known, takes, validFor } from './values.ts';

export { takes };

/** One request, and what its answer must be. */
export interface Case {
  operation: Operation;
  what: string;
  sent: Sent;
  /** Null: as it stands. */
  sign: Sign | null;
  /**
   * `valid`: the document allows it, so it is not refused for its form. `invalid`: the document forbids it, so it is.
   * `stranger`: it comes from nobody, or from somebody the route is not for. `odd`: neither is sure.
   */
  kind: 'valid' | 'invalid' | 'stranger' | 'odd';
}

/** Who calls an operation, and with what it may be called. */
export interface Setting {
  token: string | null;
  /** A token of a kind the route is not for. */
  otherToken: string | null;
  /** Signs what is sent, where the caller is a device. */
  sign: Sign | null;
  known: Known;
}

/** Headers of a signature over a request: a right one, or one that is not. */
export type Sign = (sent: Sent, how?: 'right' | 'wrong' | 'strange nonce') => Record<string, string>;

const json = 'application/json';
/** A request that the document allows. */
export function validSent(operation: Operation, setting: Setting, chance: Chance): Sent {
  const { known } = setting;
  const headers: Record<string, string> = {};
  if (setting.token !== null) headers.authorization = `Bearer ${setting.token}`;
  const query: string[] = [];
  let path = operation.path;
  for (const { in: place, name, required, schema } of operation.parameters) {
    if (name === 'Idempotency-Key') headers['idempotency-key'] = randomUUID();
    else if (place === 'path')
      path = path.replace(`{${name}}`, String(validFor(schema, chance, known, name)));
    else if (place === 'query' && (required || chance.percent(30)))
      query.push(`${name}=${encodeURIComponent(String(validFor(schema, chance, known, name)))}`);
  }
  let body: string | null = null;
  if (operation.body !== null) {
    body = JSON.stringify(validFor(operation.body, chance, known));
    headers['content-type'] = json;
  }
  return {
    method: operation.method,
    path: query.length > 0 ? `${path}?${query.join('&')}` : path,
    headers,
    body,
  };
}

/** One request of the operation that is allowed, and every one that is one mutation away from it. */
export function casesOf(operation: Operation, setting: Setting, chance: Chance): Case[] {
  const base = validSent(operation, setting, chance);
  const cases: Case[] = [{ operation, what: 'as documented', sent: base, kind: 'valid', sign: setting.sign }];
  const add: Add = (kind, what, change) =>
    cases.push({ operation, what, kind, sent: { ...base, ...change }, sign: setting.sign });
  bodyCases(operation, base, chance, add);
  headerCases(operation, setting, base, add);
  if (operation.parameters.some((p) => p.name === 'Device-Signature'))
    signatureCases(setting, base, cases, operation);
  pathCases(operation, base, add);
  queryCases(operation, base, chance, add);
  return cases;
}

type Add = (kind: Case['kind'], what: string, change: Partial<Sent>) => void;

function bodyCases(operation: Operation, base: Sent, chance: Chance, add: Add): void {
  const typed = { ...base.headers, 'content-type': json };
  if (operation.method === 'GET') return;
  if (operation.body === null) {
    add('invalid', 'a body where none is taken', { body: '{"amount":1}', headers: typed });
    add('invalid', 'a list where no body is taken', { body: '[1]', headers: typed });
    add('invalid', 'half a body where none is taken', { body: '{"amount":', headers: typed });
    return;
  }
  const schema = operation.body;
  const value = JSON.parse(base.body as string) as unknown;
  for (const { what, value: odd } of mutationsOf(schema, value, chance)) {
    const body = JSON.stringify(odd) ?? '';
    const parsed = body === '' ? undefined : (JSON.parse(body) as unknown);
    add(takes(schema, parsed) ? 'valid' : 'invalid', what, { body });
  }
  rawCases(base.body as string, value, chance, add);
  for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'x', '*/*'])
    add('invalid', `sent as ${type}`, { headers: { ...base.headers, 'content-type': type } });
  const { 'content-type': _, ...untyped } = base.headers;
  add('invalid', 'sent as nothing', { headers: untyped });
  add('odd', 'sent as JSON of another charset', {
    headers: { ...base.headers, 'content-type': 'application/json; charset=utf-16' },
  });
  add('odd', 'said to be packed', { headers: { ...base.headers, 'content-encoding': 'gzip' } });
}

const deep = 30_000;
const tooLarge = 66_000;

function rawCases(text: string, value: unknown, chance: Chance, add: Add): void {
  const raw = (what: string, body: string | Uint8Array, kind: Case['kind'] = 'invalid') =>
    add(kind, what, { body });
  raw('nothing at all', '');
  raw('blanks', '   \n');
  raw('cut off', text.slice(0, 1 + chance.below(text.length - 1)));
  raw('followed by more', `${text}{}`);
  raw('after a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]), 'odd');
  raw('in UTF-16', Buffer.from(text, 'utf16le'));
  raw(
    'with bytes that are no text',
    Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xff, 0xfe, 0x80]), Buffer.from('"}')]),
  );
  raw('with a comment', `/* x */${text}`);
  if (text.includes('"')) raw('in single quotes', text.replaceAll('"', "'"));
  raw('lists in lists', `${'['.repeat(deep)}${']'.repeat(deep)}`);
  raw('objects in objects', `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`);
  raw('too large', `{"x":"${'x'.repeat(tooLarge)}"}`);
  raw('with a prototype', `{"__proto__":{"amount":1},${text.slice(1)}`);
  raw('with a constructor', `{"constructor":{"prototype":{"x":1}},${text.slice(1)}`);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, field] of Object.entries(value)) {
    const key = JSON.stringify(name);
    raw(`/${name} twice`, `{${key}:${JSON.stringify(field)},${text.slice(1)}`, 'odd');
    if (typeof field !== 'number') continue;
    const others = Object.entries(value).filter(([n]) => n !== name);
    const rest = others.map(([n, v]) => `,${JSON.stringify(n)}:${JSON.stringify(v)}`).join('');
    for (const literal of [
      '1e400',
      '-1e400',
      '9007199254740993',
      '1E+2.0',
      'NaN',
      '0x10',
      '01',
      '+1',
      '1_000',
    ])
      raw(`/${name} ${literal}`, `{${key}:${literal}${rest}}`);
  }
}

function headerCases(operation: Operation, setting: Setting, base: Sent, add: Add): void {
  const change = (kind: Case['kind'], what: string, headers: Sent['headers']) =>
    add(kind, what, { headers: { ...base.headers, ...headers } });
  if (operation.parameters.some((p) => p.name === 'Idempotency-Key')) {
    const { 'idempotency-key': _, ...keyless } = base.headers;
    add('invalid', 'without a key', { headers: keyless });
    for (const key of ['', 'k'.repeat(256), 'a b', 'cl\u00e9', 'a\tb'])
      change('invalid', `under the key ${JSON.stringify(key.slice(0, 9))}`, { 'idempotency-key': key });
    change('odd', 'under two keys', { 'idempotency-key': ['a', 'b'] });
    change('valid', 'under a key of 255', { 'idempotency-key': 'k'.repeat(219) + randomUUID() });
  }
  if (setting.token !== null) {
    const { authorization: _, ...unknown } = base.headers;
    add('stranger', 'from nobody', { headers: unknown });
    for (const token of [
      'Bearer',
      'Bearer ',
      'Basic YTpi',
      `Bearer ${'A'.repeat(43)}`,
      `Bearer ${'A'.repeat(4_000)}`,
    ])
      change('stranger', `with ${token.slice(0, 20)}`, { authorization: token });
    change('stranger', 'with half a token', { authorization: `Bearer ${setting.token.slice(0, -1)}` });
    change('stranger', 'with somebody else’s token', { authorization: `Bearer ${setting.otherToken}` });
  }
  change('valid', 'that wants XML', { accept: 'application/xml' });
  change(
    'valid',
    'with many headers',
    Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x-h-${i}`, 'y'])),
  );
  change('valid', 'forwarded for somebody', { 'x-forwarded-for': "' or 1=1", 'x-request-id': 'mine' });
  change('valid', 'for another host', { host: 'evil.example', origin: 'null' });
}

/** Requests of a device that did not sign them, or not like this. */
function signatureCases({ sign }: Setting, base: Sent, cases: Case[], operation: Operation): void {
  if (sign === null) throw new Error(`${operation.name} is signed, and its caller is no device`);
  const add = (what: string, headers: Record<string, string>) =>
    cases.push({
      operation,
      what,
      kind: 'stranger',
      sent: { ...base, headers: { ...base.headers, ...headers } },
      sign: null,
    });
  const right = sign(base);
  add('unsigned', {});
  add('with a signature without a nonce', { 'device-signature': right['device-signature'] ?? '' });
  add('with a nonce without a signature', { 'device-nonce': right['device-nonce'] ?? '' });
  add('with a wrong signature', sign(base, 'wrong'));
  add('with a nonce of another device', sign(base, 'strange nonce'));
  add('with a signature over another body', sign({ ...base, body: '{}x' }));
  add('with a signature over another address', sign({ ...base, path: '/v1/wallet/cards/x' }));
  add('with a signature that is none', { ...right, 'device-signature': 'x' });
  add('with a nonce that is none', { ...right, 'device-nonce': '\u00e9' });
}

function pathCases(operation: Operation, base: Sent, add: Add): void {
  const id = operation.parameters.find((p) => p.in === 'path');
  if (!id) return;
  const [path, query] = base.path.split('?') as [string, string | undefined];
  const [before, after] = operation.path.split(`{${id.name}}`) as [string, string];
  const real = path.slice(before.length, path.length - after.length);
  const odd = [
    real.toUpperCase(),
    real.slice(0, -1),
    `${real}0`,
    real.slice(4),
    `xxx_${real.slice(4)}`,
    real.replace('_', '-'),
    real.replace(/_.*/, `_${'g'.repeat(32)}`),
    '%00',
    `${real}%00`,
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e',
    '%E0%A4%A',
    '%F0%9F%92%A9',
    '%20',
    'null',
    'undefined',
    '[object%20Object]',
    '0',
    '-1',
    'a'.repeat(300),
    "'%20or%201=1--",
  ];
  const tail = query === undefined ? '' : `?${query}`;
  for (const text of odd) {
    // What the identifier's own form takes is at most somebody else's.
    if (takes(id.schema, text)) continue;
    add('invalid', `at ${text.slice(0, 40)}`, { path: `${before}${text}${after}${tail}` });
  }
}

function queryCases(operation: Operation, base: Sent, chance: Chance, add: Add): void {
  const [path] = base.path.split('?') as [string];
  const documented = operation.parameters.filter((p) => p.in === 'query');
  const at = (query: string) => ({ path: `${path}?${query}` });
  if (operation.path.startsWith('/v1/')) {
    add('invalid', 'with a parameter nobody knows', at('colour=red'));
    add('invalid', 'with a prototype for a parameter', at('__proto__=1'));
  }
  for (const parameter of documented)
    parameterCases(parameter, chance, (kind, what, query) => add(kind, what, at(query)));
}

function parameterCases(
  { name, schema }: Parameter,
  chance: Chance,
  add: (kind: Case['kind'], what: string, query: string) => void,
): void {
  const one = String(validFor(schema, chance, {}, name));
  add('invalid', `?${name} twice`, `${name}=${encodeURIComponent(one)}&${name}=${encodeURIComponent(one)}`);
  add('invalid', `?${name} as a list`, `${name}[]=${encodeURIComponent(one)}`);
  for (const { what, value } of mutationsOf(schema, one, chance)) {
    if (typeof value === 'object') continue;
    const text = String(value);
    // An address cannot carry half a character.
    if (/\p{Cs}/u.test(text)) continue;
    const read = schema.type === 'integer' && /^[0-9]{1,6}$/.test(text) ? Number(text) : text;
    // A list's cursor must be one that a list gave.
    const sure = !takes(schema, read) ? 'invalid' : name === 'cursor' ? 'odd' : 'valid';
    if (text.length < 8_000) add(sure, `?${name} ${what}`, `${name}=${encodeURIComponent(text)}`);
  }
  add('odd', `?${name} with a broken escape`, `${name}=%E0%A4%A`);
  add('invalid', `?${name} with NUL`, `${name}=%00`);
}
