import process from 'node:process';
import type { Writable } from 'node:stream';
import pg from 'pg';
import { createBusy } from './busy.ts';
import { createRoute, type Route, readHosts } from './hosts.ts';
import {
  type Db,
  isConnectionLost,
  type Planning,
  type Sql,
  type SqlResult,
  type SqlValue,
  type Tx,
} from './sql.ts';
import { readInstant, toWire } from './wire.ts';

/** Settings of a PostgreSQL pool. */
export interface PostgresOptions {
  /** May name several servers; see `readHosts`. */
  url: string;
  /** Connections at the most; hot paths need few, since they commit in groups. */
  poolMax?: number;
  /** How long a caller waits for a connection before it fails, in ms. */
  acquireMsMax?: number;
  /** How long one statement or transaction may take before its connection is given up, in ms; without it, for ever. */
  answerMsMax?: number;
  applicationName?: string;
  /** See `Planning`; by index unless set otherwise. */
  planning?: Planning;
  /** Refuses servers with `fsync`, `full_page_writes` or `synchronous_commit` off, at every connection. */
  durable?: boolean;
  /** Every transaction may only read. */
  readOnly?: boolean;
}

/** A server that would lose what it acknowledges. */
export class NotDurable extends Error {
  override name = 'NotDurable';
  /** As a server says that cannot be used now (SQLSTATE 57P03), so that another one is tried. */
  readonly code = '57P03';
}

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const POOL_MAX = 12;
const ACQUIRE_MS_MAX = 10_000;
/** How long the connection to one of several servers may take to come about, in ms. */
const connectMsMax = 2_000;
const retryMs = 100;
const keepAliveMs = 5_000;
/** Settings without which an acknowledged commit may be lost. */
export const durableSettings = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary' && oid === INT8) return BigInt;
    if (format !== 'binary' && oid === TIMESTAMPTZ) return readInstant;
    return pg.types.getTypeParser(oid, format as 'text');
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/**
 * Lets the statements of one turn of the event loop leave in one write. Each write of its own would wake the server's
 * process, which costs more than most statements.
 */
function sendTogether(client: pg.ClientBase): void {
  const { stream } = (client as Client).connection ?? {};
  if (stream === undefined) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

type Asked = pg.Query & { name?: string; callback?: (error: Error | null, result: pg.QueryResult) => void };

/** The driver is handed a query as it keeps one: from anything else it makes one by a costly copy, each time. */
function run<R>(
  client: pg.ClientBase,
  text: string,
  params: readonly SqlValue[] | undefined,
  name: string | undefined,
): Promise<SqlResult<R>> {
  const query: Asked = new pg.Query(text, toWire(params ?? []));
  if (name !== undefined) query.name = name;
  return new Promise((resolve, reject) => {
    query.callback = (error, result) => {
      if (error) reject(error);
      else resolve({ rows: result.rows as R[], count: result.rowCount ?? 0 });
    };
    sendTogether(client);
    client.query(query);
  });
}

/** A client of the pool: which server it is on, and when in the order of moves it was opened. */
interface Placed {
  server: number;
  moves: number;
  /** The server gave up waiting for its standby: the commit is there, and may be lost with this node. */
  unreplicated: boolean;
}

/** The class of a pool's clients: each connects to the server that is in use at that moment. */
function clientClass(urls: readonly string[], route: Route) {
  return class extends pg.Client implements Placed {
    readonly server: number;
    readonly moves: number;
    unreplicated = false;

    constructor(config: pg.ClientConfig) {
      super({ ...config, connectionString: urls[route.at] as string });
      this.server = route.at;
      this.moves = route.moves;
      // A connection can break in the moment between idle and in use, when nobody else listens, and an error event
      // without a listener ends the process. Whoever uses it then learns of it from the next query.
      this.on('error', () => undefined);
      this.on('notice', (notice) => {
        if (notice.routine === 'SyncRepWaitForLSN') this.unreplicated = true;
      });
    }
  };
}

/** All connections of the pool were in use for too long: that says nothing of the server. */
const isBusy = (error: unknown): boolean =>
  (error as Error).message === 'timeout exceeded when trying to connect';

type Client = pg.PoolClient & Placed & { connection?: { stream?: Writable } };

const cannotBeUsed = (why: string) => Object.assign(new Error(`the server is ${why}`), { code: '57P03' });

/** The timeline of a server that takes writes; null of a standby. Hexadecimal, as in the names of WAL files. */
const timelineText = `case when pg_is_in_recovery() then null else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end as timeline`;

const timelineOf = (row: unknown): number | null => {
  const { timeline } = row as { timeline: string | null };
  return timeline === null ? null : Number.parseInt(timeline, 16);
};

/** Refuses a server that is a replica or a former primary where writes are wanted, or that would lose what it acknowledges. */
async function inspect(
  client: pg.ClientBase,
  route: Route | null,
  writable: boolean,
  durable: boolean,
): Promise<void> {
  if (!writable && !durable) return;
  const { rows } = await client.query(
    `select ${durableSettings.map((n) => `current_setting('${n}') as ${n}`).join(', ')}, ${timelineText}`,
  );
  const told = rows[0] as Record<string, unknown>;
  const timeline = timelineOf(told);
  if (writable && timeline === null) throw cannotBeUsed('a standby');
  if (writable && route !== null && timeline !== null && !route.found(timeline))
    throw cannotBeUsed('a former primary');
  const off = durableSettings.filter((name) => told[name] === 'off');
  if (durable && off.length > 0) {
    throw new NotDurable(
      `PostgreSQL has ${off.map((n) => `${n}=off`).join(', ')}: what is acknowledged could be lost. Switch it on and start again.`,
    );
  }
}

/** Asks all servers at once on which timeline they take writes: of two, the former primary is not to be used. */
function survey(urls: readonly string[]): Promise<(number | null)[]> {
  const ask = async (url: string) => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMsMax });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return timelineOf((await client.query(`select ${timelineText}`)).rows[0]);
    } catch {
      return null;
    } finally {
      client.end().catch(() => undefined);
    }
  };
  return Promise.all(urls.map(ask));
}

/**
 * Opens a pool on PostgreSQL 15 or newer. int8 arrives as bigint; sessions run in UTC. Of several servers it uses the
 * one that takes writes, of two such the one that was promoted last, and looks for it again when that one is lost.
 */
export function openPostgres(options: PostgresOptions): Db {
  const { urls, writable } = readHosts(options.url);
  const byIndex = (options.planning ?? 'by_index') === 'by_index';
  const route = createRoute(urls.length);
  const acquireMsMax = options.acquireMsMax ?? ACQUIRE_MS_MAX;
  const max = options.poolMax ?? POOL_MAX;
  const busy = createBusy(max, () => performance.now());
  const pool = new pg.Pool({
    Client: clientClass(urls, route) as never,
    max,
    connectionTimeoutMillis: urls.length > 1 ? Math.min(connectMsMax, acquireMsMax) : acquireMsMax,
    application_name: options.applicationName ?? 'feiqian',
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    // Short statements are never worth compiling, least of all when a plan is avoided by a forbidding cost.
    options: `-c TimeZone=UTC -c jit=off${options.readOnly ? ' -c default_transaction_read_only=on' : ''}${byIndex ? ' -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off' : ''}`,
    types,
    // Queries of one transaction are written without waiting for each other's answers.
    ...({ pipeline: true } as object),
    ...({
      onConnect: (client: pg.ClientBase) =>
        inspect(client, urls.length > 1 ? route : null, writable, options.durable ?? false),
    } as object),
  });
  // A connection that breaks while idle is dropped by the pool; the next query opens another.
  pool.on('error', () => undefined);

  let begun: Promise<void> | null = null;

  /** A connection to the server in use; of several, whichever takes writes first within the time. */
  async function acquire(): Promise<Client> {
    if (urls.length > 1) {
      begun ??= survey(urls).then((timelines) => route.begin(timelines));
      await begun;
    }
    const deadline = performance.now() + acquireMsMax;
    for (;;) {
      const server = route.at;
      try {
        const client = (await pool.connect()) as Client;
        if (client.moves === route.moves) return client;
        client.release(true);
      } catch (error) {
        if (urls.length === 1 || !isConnectionLost(error)) throw error;
        // Had it waited for another's connection, that one has moved on already, and this does nothing.
        if (!isBusy(error)) route.failed(server);
        if (performance.now() >= deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  /** Runs work on a connection, and lets go of it: for ever when it broke, was given up, or is not the right one. */
  async function on<T>(work: (client: Client) => Promise<T>, patient = false): Promise<T> {
    const done = busy.begin();
    try {
      const client = await acquire();
      const giveUp = () => client.connection?.stream?.destroy();
      const { answerMsMax } = options;
      const timer = answerMsMax === undefined || patient ? undefined : setTimeout(giveUp, answerMsMax);
      let broken: Error | undefined;
      const onError = (e: Error) => {
        broken = e;
      };
      client.on('error', onError);
      try {
        return await work(client);
      } catch (error) {
        if (isConnectionLost(error)) {
          broken = error as Error;
          // A server that has become a standby, or is going down, is left by all.
          if (urls.length > 1) route.failed(client.server);
        }
        throw error;
      } finally {
        clearTimeout(timer);
        client.off('error', onError);
        client.release(broken);
      }
    } finally {
      done();
    }
  }

  return {
    engine: 'postgres',
    query: (text, params, name) => on((client) => run(client, text, params, name)),
    transaction: (work, o) => on((client) => inTransaction(client, work), o?.patient),
    async script(text) {
      await on((client) => client.query(text));
    },
    expectedWaitMs: () => busy.expectedWaitMs(),
    close: () => pool.end(),
  };
}

const unreplicated = 'committed here, and not known to have reached the standby';

/** "Current transaction is aborted": an earlier statement failed. */
const isSpoilt = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '25P02';

async function inTransaction<T>(client: Client, work: (tx: Tx) => Promise<T>): Promise<T> {
  let first: unknown;
  const sql: Sql = {
    async query(text, params, name) {
      try {
        return await run(client, text, params, name);
      } catch (error) {
        first ??= error;
        throw error;
      }
    },
  };
  try {
    sendTogether(client);
    const begun = client.query('begin');
    begun.catch(() => undefined);
    const last: Promise<unknown>[] = [begun];
    const value = await work({
      ...sql,
      inTransaction: true,
      withCommit(statement) {
        statement.catch(() => undefined);
        last.push(statement);
      },
    });
    client.unreplicated = false;
    sendTogether(client);
    const committed = client.query('commit');
    committed.catch(() => undefined);
    await Promise.all(last);
    const { command } = await committed;
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back instead of committed');
    // A cancelled wait for the standby is answered like a commit (PostgreSQL manual, section 27.2.8.3).
    if (client.unreplicated) throw Object.assign(new Error(unreplicated), { code: '08007' });
    return value;
  } catch (thrown) {
    // Of statements sent together the first that fails spoils the others: it is the one to tell of.
    const error = isSpoilt(thrown) ? (first ?? thrown) : thrown;
    if (!isConnectionLost(error)) {
      // What cannot even be rolled back is told as what it is: a connection that is lost.
      await client.query('rollback').catch((e: Error) => client.emit('error', e));
    }
    throw error;
  }
}
