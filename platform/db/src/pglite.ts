import { PGlite, types } from '@electric-sql/pglite';
import { createBusy } from './busy.ts';
import { createPrepared } from './preparedPglite.ts';
import { type Db, isDiskFull, type Planning, type SqlResult, type SqlValue, type Tx } from './sql.ts';

/** Settings of the embedded engine. */
export interface PgliteOptions {
  /** Data directory; without it everything is in memory. */
  dir?: string;
  /** A dump made by `PGlite.dumpDataDir`, to start from instead of an empty cluster. */
  loadDataDir?: Blob;
  /** See `Planning`; by index unless set otherwise. The embedded engine gathers no statistics by itself. */
  planning?: Planning;
  /** What runs in transactions is prepared once by its text; for an engine in memory whose tables keep their form. */
  prepares?: boolean;
  /** Called at the first write that found the disk full: the process must end, the engine does not recover. */
  onDiskFull?: () => void;
}

const parsers = {
  [types.INT8]: (value: string) => BigInt(value),
};

/**
 * Opens PGlite: PostgreSQL in WebAssembly, one session, no fsync. Its transactions run one after another,
 * so it hides races: what must hold under concurrency is also tested on PostgreSQL.
 */
export async function openPglite(options: PgliteOptions = {}): Promise<Db & { dump(): Promise<Blob> }> {
  const pglite = await PGlite.create({
    ...(options.dir === undefined ? {} : { dataDir: options.dir }),
    ...(options.loadDataDir === undefined ? {} : { loadDataDir: options.loadDataDir }),
    parsers,
  });
  await pglite.exec("set timezone to 'UTC'");
  if ((options.planning ?? 'by_index') === 'by_index') {
    await pglite.exec('set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off');
  }

  const prepared = options.prepares === true ? createPrepared(pglite) : null;
  if (prepared !== null) await pglite.exec('set plan_cache_mode = force_generic_plan');

  async function run<R>(
    target: { query: PGlite['query'] },
    text: string,
    params?: readonly SqlValue[],
  ): Promise<SqlResult<R>> {
    const asked = target === pglite ? null : prepared;
    const running =
      asked === null ? target.query<R>(text, (params ?? []) as unknown[]) : asked<R>(text, params ?? []);
    const result = await running.catch((error: unknown) => {
      if (isDiskFull(error)) options.onDiskFull?.();
      throw error;
    });
    return { rows: result.rows, count: result.affectedRows || result.rows.length };
  }

  const busy = createBusy(1, () => performance.now());
  async function counted<T>(work: () => Promise<T>): Promise<T> {
    const done = busy.begin();
    try {
      return await work();
    } finally {
      done();
    }
  }

  return {
    engine: 'pglite',
    query: (text, params) => counted(() => run(pglite, text, params)),
    transaction: <T>(work: (tx: Tx) => Promise<T>) =>
      counted(() =>
        pglite.transaction(async (t) => {
          const last: Promise<unknown>[] = [];
          const value = await work({
            inTransaction: true,
            query: (text, params) => run(t as unknown as { query: PGlite['query'] }, text, params),
            withCommit(statement) {
              // Should the work fail otherwise, nobody waits for this one any more.
              statement.catch(() => undefined);
              last.push(statement);
            },
          });
          await Promise.all(last);
          return value;
        }),
      ) as Promise<T>,
    async script(text) {
      await pglite.exec(text);
    },
    expectedWaitMs: () => busy.expectedWaitMs(),
    close: () => pglite.close(),
    dump: () => pglite.dumpDataDir('none') as Promise<Blob>,
  };
}
