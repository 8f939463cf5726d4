import { validSent } from '../hostile/cases.ts';
import { buildScene, type Scene } from '../hostile/scene.ts';
import { type Heard, hangUp, type Sent, send } from '../hostile/send.ts';
import { chanceOf } from '../support/chance.ts';
import type { TestNetwork } from '../support/network.ts';
import { type Operation, operationsOf, type Schema } from '../support/openapi.ts';
import { type Form, forms, type Strays } from '../support/strays.ts';

/*
 * Card data in every place of every request to the API: each text of a body, each parameter, the address, the headers,
 * bodies that are none. Who calls may call, and everything else of the request is right, so that it gets as far as it
 * can.
 */

interface Place {
  where: string;
  put(base: Sent): Sent;
}

/** Sends them one after another; gives what was answered to each. */
export async function everyField(
  net: TestNetwork,
  strays: Strays,
): Promise<{ where: string; heard: Heard }[]> {
  const scene = await buildScene(net);
  const told: { where: string; heard: Heard }[] = [];
  for (const operation of await operationsOf(net.anyone)) {
    for (const { where, put } of placesOf(operation, strays)) {
      const sent = await ready(scene, operation, put);
      told.push({ where: `${operation.name} ${where}`, heard: await send(net.url, sent) });
    }
  }
  hangUp();
  return told;
}

let asked = 0;
async function ready(scene: Scene, operation: Operation, put: Place['put']): Promise<Sent> {
  const setting = await scene.settingOf(operation);
  asked += 1;
  const sent = put(validSent(operation, setting, chanceOf(`canary ${operation.name} ${asked}`)));
  const signed = operation.parameters.some((p) => p.name === 'Device-Signature');
  if (!signed || setting.sign === null) return sent;
  return { ...sent, headers: { ...setting.sign(sent), ...sent.headers } };
}

let turn = 0;
/** Each form in its turn. */
function nextForm(): Form {
  turn += 1;
  return forms[turn % forms.length] as Form;
}

function placesOf(operation: Operation, strays: Strays): Place[] {
  const named = (where: string) => `${operation.name} ${where}`;
  return [
    ...bodyPlaces(operation, strays, named),
    ...addressPlaces(operation, strays, named),
    ...headerPlaces(operation, strays, named),
  ];
}

type Named = (where: string) => string;

function bodyPlaces(operation: Operation, strays: Strays, named: Named): Place[] {
  const places: Place[] = [];
  if (operation.method === 'GET') return places;
  const json = { 'content-type': 'application/json' };
  for (const { path, schema } of operation.body === null ? [] : textsOf(operation.body)) {
    const where = `/${path.join('/')}`;
    // Free text may be stored: it is tried in the simplest form as well.
    for (const form of isFree(schema) ? (['plain', nextForm()] as const) : [nextForm()]) {
      const text = strays.text(named(where), form);
      const room = (schema.maxLength ?? 100) >= text.length + 5;
      const value = room ? `card ${text}` : text;
      places.push({
        where: `${where} ${form}`,
        put: (base) => ({
          ...base,
          body: JSON.stringify(withValue(JSON.parse(String(base.body)), path, value)),
        }),
      });
    }
  }
  const raw = (where: string, text: string, headers: Sent['headers']) =>
    places.push({
      where,
      put: (base) => ({ ...base, headers: { ...base.headers, ...headers }, body: text }),
    });
  raw('unknown field', JSON.stringify({ card: strays.text(named('unknown field'), nextForm()) }), json);
  raw('plain text', strays.text(named('plain text'), nextForm()), { 'content-type': 'text/plain' });
  return places;
}

function addressPlaces(operation: Operation, strays: Strays, named: Named): Place[] {
  const places: Place[] = [];
  const add = (where: string, put: Place['put']) => places.push({ where, put });
  const parameters = operation.parameters.filter((p) => p.in === 'query').map((p) => p.name);
  for (const name of [...parameters, 'card']) {
    const text = encodeURIComponent(strays.text(named(`?${name}`), nextForm()));
    add(`?${name}`, (base) => ({ ...base, path: `${base.path.split('?')[0]}?${name}=${text}` }));
  }
  if (operation.path.includes('{')) {
    for (const form of ['plain', 'track 2'] as const) {
      const text = encodeURIComponent(strays.text(named('in the path'), form));
      add('in the path', (base) => ({ ...base, path: operation.path.replace(/\{[a-z_]+\}/i, text) }));
    }
  }
  return places;
}

/** Headers that nothing is decided by. */
const idleHeaders = 'user-agent x-request-id x-forwarded-for referer cookie accept-language'.split(' ');
const tellingHeaders = ['authorization', 'origin'];

function headerPlaces(operation: Operation, strays: Strays, named: Named): Place[] {
  const own = operation.parameters.filter((p) => p.in === 'header').map((p) => p.name.toLowerCase());
  return [idleHeaders, ...[...tellingHeaders, ...own].map((name) => [name])].map((names) => {
    const texts = names.map((name) => {
      const form = name === 'idempotency-key' ? 'hyphenated' : nextForm();
      return [name, strays.text(named(`header ${name}`), form)];
    });
    return {
      where: `header ${names}`,
      put: (base) => ({ ...base, headers: { ...base.headers, ...Object.fromEntries(texts) } }),
    };
  });
}

/** Text that takes anything but control characters. */
const isFree = ({ pattern }: Schema) => pattern === undefined || pattern.startsWith('^[^');

/** Every text of a body that is not one of a list: where it is, and its schema. */
function textsOf(
  schema: Schema,
  path: (string | number)[] = [],
): { path: (string | number)[]; schema: Schema }[] {
  if (schema.anyOf) return textsOf(schema.anyOf[0] as Schema, path);
  if (schema.type === 'object')
    return Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
      textsOf(field, [...path, name]),
    );
  if (schema.type === 'array') return textsOf(schema.items ?? {}, [...path, 0]);
  return schema.type === 'string' ? [{ path, schema }] : [];
}

/** The value with something else at a place, which is made where it is missing. */
function withValue(value: unknown, [first, ...rest]: readonly (string | number)[], put: unknown): unknown {
  if (first === undefined) return put;
  if (typeof first === 'number') {
    const list = Array.isArray(value) ? value : [];
    return [withValue(list[0], rest, put), ...list.slice(1)];
  }
  const object = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return { ...object, [first]: withValue(object[first], rest, put) };
}
