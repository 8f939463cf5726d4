/** A value that goes into a statement. Arrays travel as PostgreSQL arrays (`$1::uuid[]`). */
export type SqlValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | null
  | readonly (string | number | bigint | boolean | Uint8Array | null)[];

/**
 * What a row is on both engines: `int8` is bigint, `int4` and `int2` number, `timestamptz` Date,
 * `json`/`jsonb` parsed, `bytea` Uint8Array, `uuid`/`text` string, arrays JavaScript arrays.
 */
export interface SqlResult<R> {
  rows: R[];
  /** Rows changed, or rows returned for a select. */
  count: number;
}

/** Something that runs statements: the database itself or an open transaction. */
export interface Sql {
  /**
   * Runs one statement with `$1 …` parameters. Give hot statements a `name`: they are prepared once.
   * Inside a transaction several calls may be under way at once (they are pipelined in order).
   */
  query<R = Record<string, unknown>>(
    text: string,
    params?: readonly SqlValue[],
    name?: string,
  ): Promise<SqlResult<R>>;
}

/**
 * How statements are planned. `by_index`, for a process that serves: PostgreSQL keeps the plan of a prepared
 * statement until statistics change, so a plan made while a table was nearly empty would go on reading all of it
 * while it grows by thousands of rows a second; index look-ups are all that such statements want. `freely`, for
 * reports and audits that read whole tables.
 */
export type Planning = 'by_index' | 'freely';

/** An open transaction. */
export interface Tx extends Sql {
  readonly inTransaction: true;
  /**
   * Hands over a statement under way whose result nobody needs before the commit: the commit is sent without waiting for
   * it. Should it fail, the commit is a rollback and the transaction fails with its error.
   */
  withCommit(statement: Promise<unknown>): void;
}

/** The database: PostgreSQL, or PGlite in a directory or in memory. READ COMMITTED throughout. */
export interface Db extends Sql {
  readonly engine: 'postgres' | 'pglite';
  /**
   * Runs `work` in one transaction: commits when it resolves, rolls back when it throws. Never open one
   * inside another and never await the network inside. A `patient` one may take as long as it likes (migrations).
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: { patient?: boolean }): Promise<T>;
  /** Runs a script of several statements without parameters (migrations). */
  script(text: string): Promise<void>;
  /**
   * How long a statement that came now would probably wait before it is begun, in ms: what is asked for beyond what the
   * database does at once, by how fast it has been answering.
   */
  expectedWaitMs?(): number;
  close(): Promise<void>;
}

/** A module's migrations: its schema and its scripts in order. `{schema}` in a script is replaced by the schema's name. */
export interface Migrations {
  schema: string;
  scripts: readonly { name: string; sql: string }[];
}

/**
 * True when the database went away, before or during the work: whether it was committed is not known. The caller
 * asks again under the same idempotency key. (SQLSTATE classes 08, 57P and 53300, broken sockets, and 25006: the server has become a replica.)
 */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (
    typeof code === 'string' &&
    /^(08...|25006|57P0[1-5]|53300|ECONN[A-Z]+|EPIPE|ETIMEDOUT|ENOENT|E(HOST|NET)UNREACH|EAI_AGAIN)$/.test(
      code,
    )
  )
    return true;
  return (
    typeof message === 'string' &&
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
      message,
    )
  );
}

/** True when the disk is full (SQLSTATE 53100): the embedded engine must be left at once, it spins after the first. */
export function isDiskFull(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '53100';
}
