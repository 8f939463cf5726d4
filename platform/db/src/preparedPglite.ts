import { type PGlite, parse, protocol } from '@electric-sql/pglite';
import type { SqlValue } from './sql.ts';

const { serialize } = protocol;

interface Prepared {
  name: string;
  /** Types of its parameters, by number (pg_type.oid). */
  types: readonly number[];
}

type Result<R> = { rows: R[]; affectedRows?: number };

/**
 * Runs statements that are parsed and planned once, by their text, and then bound and executed in one message. For
 * an engine in memory whose tables keep their form, inside a transaction.
 */
export function createPrepared(pglite: PGlite) {
  const known = new Map<string, Prepared>();

  /** @throws the database's error, as `PGlite.query` does */
  async function exchange(messages: readonly Uint8Array[]) {
    return (await pglite.execProtocol(Buffer.concat(messages), { syncToFs: false })).messages;
  }

  async function prepare(text: string): Promise<Prepared> {
    const name = `s${known.size}`;
    const described = await exchange([
      serialize.parse({ name, text }),
      serialize.describe({ type: 'S', name }),
      serialize.sync(),
    ]);
    const prepared = { name, types: parse.parseDescribeStatementResults(described) };
    known.set(text, prepared);
    return prepared;
  }

  return <R>(text: string, params: readonly SqlValue[]): Promise<Result<R>> =>
    pglite.runExclusive(async () => {
      const { name, types } = known.get(text) ?? (await prepare(text));
      const values = params.map((value, i) => {
        if (value === null || value === undefined) return null;
        const serializer = pglite.serializers[types[i] as number];
        return serializer ? serializer(value) : String(value);
      });
      const answered = await exchange([
        serialize.bind({ statement: name, values }),
        serialize.describe({ type: 'P' }),
        serialize.execute({}),
        serialize.sync(),
      ]);
      return parse.parseResults(answered, pglite.parsers)[0] as unknown as Result<R>;
    });
}
