import type { Operation, Schema } from '../support/openapi.ts';
import type { Case } from './cases.ts';

/** Places of an operation that something can be wrong with: its fields, its parameters, its body. */
export function placesOf(operation: Operation): string[] {
  const parameters = operation.parameters.map(({ in: place, name }) =>
    place === 'query'
      ? `?${name}`
      : place === 'path'
        ? 'address'
        : name === 'Idempotency-Key'
          ? 'key'
          : 'signature',
  );
  const fields = operation.body === null ? [] : fieldsOf(operation.body, '');
  return [...new Set([...parameters, ...(operation.callers.length > 0 ? ['caller'] : []), ...fields])];
}

/** Paths of every field of a body, those in lists and in objects too; of one that is this or that, its own alone. */
function fieldsOf(schema: Schema, path: string): string[] {
  const kinds = (schema.anyOf ?? [schema]).filter((kind) => kind.type !== 'null');
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) return [];
  return [
    ...Object.entries(kind.properties ?? {}).flatMap(([name, field]) => [
      `${path}/${name}`,
      ...fieldsOf(field, `${path}/${name}`),
    ]),
    ...(kind.items ? fieldsOf(kind.items, `${path}/0`) : []),
  ];
}

/** Places that no case makes wrong, by operation; empty when every route and every field is tried. */
export function untried(operations: readonly Operation[], cases: readonly Case[]): string[] {
  const tried = new Set(
    cases
      .filter((c) => c.kind !== 'valid')
      .flatMap((c) => [...touchedBy(c)].map((p) => `${c.operation.name} ${p}`)),
  );
  return operations
    .flatMap((o) => [
      ...placesOf(o).map((p) => `${o.name} ${p}`),
      ...(o.callers.length === 0 && placesOf(o).length === 0 && !cases.some((c) => c.operation === o)
        ? [o.name]
        : []),
    ])
    .filter((place) => !tried.has(place));
}

/** What a case is about, as its words tell. */
function touchedBy({ what, operation }: Case): Set<string> {
  const touched = new Set<string>();
  const [first = ''] = what.split(' ');
  if (first.startsWith('/') || first.startsWith('?')) touched.add(first);
  if (what.startsWith('at ')) touched.add('address');
  if (/^(without a key|under )/.test(what)) touched.add('key');
  if (/^(from nobody|with (half a token|somebody else|B))/.test(what)) touched.add('caller');
  if (/sign|nonce/.test(what) && operation.parameters.some((p) => p.name === 'Device-Signature'))
    touched.add('signature');
  return touched;
}
