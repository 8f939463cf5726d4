import { type Caller, done } from './caller.ts';

/** JSON Schema as the API's own description uses it. */
export interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  $ref?: string;
}

export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  required: boolean;
  schema: Schema;
}

/** What is documented of one status. */
export interface DocumentedAnswer {
  /** Media type; null when nothing comes. */
  type: string | null;
  schema: Schema | null;
  /** Stable codes of a problem. */
  codes: readonly string[];
}

/** One operation as the document that the server publishes tells. */
export interface Operation {
  /** `GET /v1/payments/{id}`. */
  name: string;
  method: string;
  path: string;
  /** Kinds of caller; empty for anyone. */
  callers: readonly string[];
  parameters: readonly Parameter[];
  body: Schema | null;
  answers: ReadonlyMap<number, DocumentedAnswer>;
}

interface Described {
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema?: Schema }>; 'x-codes'?: string[] }>;
}
interface Document {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema> };
}

/** Every documented operation. */
export async function operationsOf(anyone: Caller): Promise<Operation[]> {
  const document = await done(anyone.get<Document>('/openapi.json'));
  return Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, described]) => {
      const method = verb.toUpperCase();
      const callers = /^Callers: ([a-z_, ]+)\./.exec(described.description ?? '')?.[1]?.split(', ') ?? [];
      return {
        name: `${method} ${path}`,
        method,
        path,
        callers,
        parameters: described.parameters ?? [],
        body: described.requestBody?.content['application/json']?.schema ?? null,
        answers: answersOf(document, described),
      };
    }),
  );
}

function answersOf(document: Document, described: Described): Map<number, DocumentedAnswer> {
  return new Map(
    Object.entries(described.responses).map(([status, answer]) => {
      const [first] = Object.entries(answer.content ?? {});
      const schema = first?.[1].schema ?? null;
      const name = schema?.$ref?.split('/').at(-1);
      return [
        Number(status),
        {
          type: first?.[0] ?? null,
          schema: name === undefined ? schema : (document.components.schemas[name] ?? null),
          codes: answer['x-codes'] ?? [],
        },
      ];
    }),
  );
}

/** Prefix of the identifiers that a schema takes, for example `pay`; null when it takes something else. */
export const prefixOf = (schema: Schema | undefined): string | null =>
  /^\^([a-z]+)_\[0-9a-f\]\{32\}\$$/.exec(schema?.pattern ?? '')?.[1] ?? null;
