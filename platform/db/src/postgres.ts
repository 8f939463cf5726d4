import pg from 'pg';
import type { Db, Planning, Sql, SqlResult, SqlValue, Tx } from './sql.ts';
import { readInstant, toWire } from './wire.ts';

/** Settings of a PostgreSQL pool. */
export interface PostgresOptions {
  url: string;
  /** Connections at the most; hot paths need few, since they commit in groups. */
  poolMax?: number;
  /** How long a caller waits for a free connection before it fails, in ms. */
  acquireMsMax?: number;
  applicationName?: string;
  /** See `Planning`; by index unless set otherwise. */
  planning?: Planning;
}

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const POOL_MAX = 12;
const ACQUIRE_MS_MAX = 10_000;

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary' && oid === INT8) return BigInt;
    if (format !== 'binary' && oid === TIMESTAMPTZ) return readInstant;
    return pg.types.getTypeParser(oid, format as 'text');
  }) as pg.CustomTypesConfig['getTypeParser'],
};

async function run<R>(
  client: pg.ClientBase | pg.Pool,
  text: string,
  params: readonly SqlValue[] | undefined,
  name: string | undefined,
): Promise<SqlResult<R>> {
  const config: pg.QueryConfig = { text, values: toWire(params ?? []) };
  if (name !== undefined) config.name = name;
  const result = await client.query(config);
  return { rows: result.rows as R[], count: result.rowCount ?? 0 };
}

/** Opens a pool on PostgreSQL 15 or newer. int8 arrives as bigint; sessions run in UTC. */
export function openPostgres(options: PostgresOptions): Db {
  const byIndex = (options.planning ?? 'by_index') === 'by_index';
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolMax ?? POOL_MAX,
    connectionTimeoutMillis: options.acquireMsMax ?? ACQUIRE_MS_MAX,
    application_name: options.applicationName ?? 'feiqian',
    // Short statements are never worth compiling, least of all when a plan is avoided by a forbidding cost.
    options: `-c TimeZone=UTC -c jit=off${byIndex ? ' -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off' : ''}`,
    types,
    // Queries of one transaction are written without waiting for each other's answers.
    ...({ pipeline: true } as object),
  });
  // A connection that breaks while idle is dropped by the pool; the next query opens another.
  pool.on('error', () => undefined);
  // A connection can also break in the moment between idle and in use, when nobody else listens, and an error event
  // without a listener ends the process. Whoever uses it then learns of it from the next query.
  pool.on('connect', (client) => client.on('error', () => undefined));

  return {
    engine: 'postgres',
    query: (text, params, name) => run(pool, text, params, name),
    async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
      const client = await pool.connect();
      let broken: Error | undefined;
      const onError = (e: Error) => {
        broken = e;
      };
      client.on('error', onError);
      const sql: Sql = { query: (text, params, name) => run(client, text, params, name) };
      try {
        const begun = client.query('begin');
        begun.catch(() => undefined);
        const value = await work({ ...sql, inTransaction: true });
        await begun;
        await client.query('commit');
        return value;
      } catch (error) {
        await client.query('rollback').catch((e: Error) => {
          broken = e;
        });
        throw error;
      } finally {
        client.off('error', onError);
        client.release(broken);
      }
    },
    async script(text) {
      await pool.query(text);
    },
    close: () => pool.end(),
  };
}
