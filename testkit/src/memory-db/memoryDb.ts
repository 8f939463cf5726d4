import type { Db, Sql, SqlResult, SqlValue, Tx } from '@feiqian/db';
import type { Statement } from './ast.ts';
import { Definitions, statementsOf } from './ddl.ts';
import type { Run, Scope } from './expression.ts';
import { NotUnderstood } from './lexer.ts';
import { compileSelect, compileSubquery, newScope, type Planner, type Query } from './select.ts';
import { parseStatement } from './statementParser.ts';
import { Blocked, type OnChange, Table, type TableShape, Transaction } from './table.ts';
import { outputOf, parse, sqlError, type Value } from './types.ts';
import { compileDelete, compileInsert, compileUpdate, type Write } from './write.ts';

/** A row of a table as an observer sees it. */
export type MemoryRow = Record<string, unknown>;

/** A committed change of one row: null before for an insert, null after for a delete. */
export interface RowChange {
  table: string;
  before: MemoryRow | null;
  after: MemoryRow | null;
}

/** How a statement begins that this engine takes as a definition, or passes over. */
const definitions = /^(\s|--[^\n]*\n)*(create|alter|drop|comment|grant|revoke|set|analyze|vacuum|do)\b/i;

interface Plan {
  params: Planner['params'];
  query: Query | Write | null;
  lock: string | null;
  output: (rows: Value[][]) => Record<string, unknown>[];
}

/**
 * The tables of migrations, and the plans of statements on them: made once, shared by any number of databases.
 *
 * It runs the statements the product sends to PostgreSQL, by reading their SQL. Statements are atomic; transactions
 * are READ COMMITTED with row locks that wait, `skip locked`, unique keys that wait for the one who may give them up,
 * and deadlocks found at once. What it does not know it refuses with `NotUnderstood`. There are no triggers and no
 * foreign keys.
 */
export class MemorySchema {
  readonly #definitions = new Definitions();
  readonly #plans = new Map<string, Plan>();

  /** An empty database. Bring its tables about by `migrate`, as for any other. */
  open(): MemoryEngine {
    return new MemoryEngine(this, new Map());
  }

  /** Takes a definition of tables; false when the text is none. */
  define(text: string): boolean {
    if (!this.#definitions.take(text)) return false;
    this.#plans.clear();
    return true;
  }

  /** True for a statement that was planned before. */
  knows(text: string): boolean {
    return this.#plans.has(text);
  }

  shapeOf(table: string): TableShape | undefined {
    return this.#definitions.shapes.get(table);
  }

  /** The plan of a statement, made at its first use. */
  planOf(text: string): Plan {
    const known = this.#plans.get(text);
    if (known) return known;
    const plan = this.#compile(text);
    this.#plans.set(text, plan);
    return plan;
  }

  #compile(text: string): Plan {
    const statement = parseStatement(text);
    const planner = this.#planner(text);
    if (statement.kind === 'lock') {
      return {
        params: [],
        query: null,
        lock: statement.exclusive ? statement.table : null,
        output: () => [],
      };
    }
    const query = planner.statement(statement, null);
    return { params: planner.params, query, lock: null, output: rowMaker(query.columns) };
  }

  #planner(text: string): Planner {
    const planner: Planner = {
      text,
      nextSlot: 0,
      nextCte: 0,
      nextOnce: 0,
      params: [],
      ctes: new Map(),
      shapeOf: (name) => this.#definitions.shapes.get(name) ?? planner.fail(`the table ${name}`),
      subquery: (query, scope) => compileSubquery(query, scope, planner),
      statement: (statement, outer) => compileStatement(statement, planner, outer),
      fail(what) {
        throw new NotUnderstood(what, text);
      },
    };
    return planner;
  }
}

function compileStatement(statement: Statement, planner: Planner, outer: Scope | null): Query {
  switch (statement.kind) {
    case 'select':
      return compileSelect(statement, newScope(planner, outer), planner);
    case 'insert':
      return compileInsert(statement, planner, outer);
    case 'update':
      return compileUpdate(statement, planner, outer);
    case 'delete':
      return compileDelete(statement, planner, outer);
    case 'lock':
      return planner.fail('lock here');
  }
}

/** Makes objects of rows. A function of its own for every shape, so that they all share one hidden class. */
function rowMaker(columns: Query['columns']): Plan['output'] {
  if (columns.length === 0) return () => [];
  const convert = columns.map((c) => outputOf(c.type));
  const fields = columns.map(
    (c, i) => `${JSON.stringify(c.name)}: ${convert[i] ? `convert[${i}](v[${i}])` : `v[${i}]`}`,
  );
  const make = new Function('convert', `return (v) => ({ ${fields.join(', ')} })`)(convert) as (
    v: Value[],
  ) => Record<string, unknown>;
  return (rows) => rows.map(make);
}

/** One database. Everything but waiting for a lock happens at once. */
export class MemoryEngine {
  readonly #schema: MemorySchema;
  readonly #tables: Map<string, Table>;
  readonly #open = new Set<Transaction>();
  /** The database this one is a copy of: a table is copied when it is first asked for. */
  #base: MemoryEngine | null = null;
  #lastId = 1n;
  /** Told of every commit that changed something in a table that is observed. */
  onCommit: ((changes: RowChange[]) => void) | null = null;
  /** Which tables are observed; null for all. */
  observes: ((table: string) => boolean) | null = null;

  constructor(schema: MemorySchema, tables: Map<string, Table>) {
    this.#schema = schema;
    this.#tables = tables;
  }

  begin(): Transaction {
    const tx = new Transaction(++this.#lastId);
    this.#open.add(tx);
    return tx;
  }

  /**
   * Runs a statement. The result is there at once, or comes when the transactions in its way have ended. Errors of
   * SQL carry their SQLSTATE and leave the transaction failed, as in PostgreSQL.
   */
  run<R>(
    tx: Transaction,
    text: string,
    params: readonly SqlValue[] = [],
  ): SqlResult<R> | Promise<SqlResult<R>> {
    // One session, one statement at a time: those sent together run in their order.
    if (tx.busy === null) return this.#attempt<R>(tx, text, params);
    const next = tx.busy.then(() => this.#attempt<R>(tx, text, params));
    this.#keepBusy(tx, next);
    return next;
  }

  #attempt<R>(
    tx: Transaction,
    text: string,
    params: readonly SqlValue[],
  ): SqlResult<R> | Promise<SqlResult<R>> {
    if (tx.state === 'ended') throw new Error('the transaction has ended');
    if (tx.state === 'failed') throw sqlError('25P02', 'the transaction has failed');
    if (!this.#schema.knows(text) && definitions.test(text) && this.#schema.define(text))
      return { rows: [], count: 0 };
    const plan = this.#schema.planOf(text);
    const mark = tx.mark();
    try {
      return this.#execute<R>(plan, tx, params);
    } catch (error) {
      if (error instanceof Blocked) {
        tx.undoTo(mark);
        const again = this.#wait(tx, error.by).then(() => this.#attempt<R>(tx, text, params));
        this.#keepBusy(tx, again);
        return again;
      }
      tx.state = 'failed';
      throw error;
    }
  }

  #keepBusy(tx: Transaction, under: Promise<unknown>): void {
    const busy = under.then(
      () => undefined,
      () => undefined,
    );
    tx.busy = busy;
    void busy.then(() => {
      if (tx.busy === busy) tx.busy = null;
    });
  }

  #execute<R>(plan: Plan, tx: Transaction, params: readonly SqlValue[]): SqlResult<R> {
    if (plan.lock !== null) tx.lockTable(this.table(plan.lock));
    if (plan.query === null) return { rows: [], count: 0 };
    const run: Run = {
      tx,
      params: plan.params.map(({ number, type }) => parse(params[number - 1], type)),
      rows: [],
      refs: [],
      ctes: [],
      once: [],
      aggregates: [],
      database: this,
    };
    const found = plan.query.run(run);
    const rows = plan.output(found) as R[];
    return { rows, count: 'count' in plan.query ? plan.query.count(run) : rows.length };
  }

  /** Waits for a transaction to end; one that would wait for itself in a circle is refused. */
  #wait(tx: Transaction, by: Transaction): Promise<void> {
    for (let other: Transaction | null = by; other !== null; other = other.waitingFor) {
      if (other !== tx) continue;
      tx.state = 'failed';
      return Promise.reject(sqlError('40P01', 'deadlock detected'));
    }
    tx.waitingFor = by;
    return new Promise((resolve) => {
      by.whenEnded(() => {
        tx.waitingFor = null;
        resolve();
      });
    });
  }

  commit(tx: Transaction): void {
    this.#open.delete(tx);
    if (tx.state === 'failed') {
      tx.rollback();
      return;
    }
    const { onCommit, observes } = this;
    const changes: RowChange[] = [];
    const onChange: OnChange | null =
      onCommit &&
      (({ shape }, before, after) => {
        if (observes !== null && !observes(shape.name)) return;
        const View = viewOf(shape);
        changes.push({
          table: shape.name,
          before: before && new View(before),
          after: after && new View(after),
        });
      });
    tx.commit(onChange);
    if (onCommit !== null && changes.length > 0) onCommit(changes);
  }

  rollback(tx: Transaction): void {
    this.#open.delete(tx);
    if (tx.state !== 'ended') tx.rollback();
  }

  table(name: string): Table {
    const known = this.#tables.get(name);
    if (known) return known;
    const shape = this.#schema.shapeOf(name);
    if (shape === undefined) throw sqlError('42P01', `there is no table ${name}`);
    const table = this.#base ? this.#base.table(name).copy() : new Table(shape);
    this.#tables.set(name, table);
    return table;
  }

  /** The number below which every transaction has ended. */
  snapshotMin(): bigint {
    let least = this.#lastId + 1n;
    for (const { id } of this.#open) if (id < least) least = id;
    return least;
  }

  /** What is committed in a table. */
  rowsOf(name: string): MemoryRow[] {
    const table = this.table(name);
    return [...table.refs].flatMap(({ committed }) =>
      committed ? [rowOf(table, committed) as MemoryRow] : [],
    );
  }

  /** A database of its own with what is committed here. From now on nothing may be changed here any more. */
  copy(): MemoryEngine {
    const engine = new MemoryEngine(this.#schema, new Map());
    engine.#base = this;
    engine.#lastId = this.#lastId;
    return engine;
  }
}

const views = new WeakMap<TableShape, new (row: Value[]) => MemoryRow>();

/** A committed row as an observer sees it: a value is brought into its outer form when it is read. */
function viewOf(shape: TableShape): new (row: Value[]) => MemoryRow {
  const known = views.get(shape);
  if (known) return known;
  const convert = shape.columns.map((c) => outputOf(c.type));
  const getters = shape.columns.map(
    (c, i) =>
      `get ${JSON.stringify(c.name)}() { return ${convert[i] ? `convert[${i}](this.#row[${i}])` : `this.#row[${i}]`}; }`,
  );
  const made = new Function(
    'convert',
    `return class { #row; constructor(row) { this.#row = row; } ${getters.join(' ')} }`,
  )(convert) as new (
    row: Value[],
  ) => MemoryRow;
  views.set(shape, made);
  return made;
}

function rowOf(table: Table, row: Value[] | null): MemoryRow | null {
  if (row === null) return null;
  const out: MemoryRow = {};
  for (const [i, { name, type }] of table.shape.columns.entries()) {
    const convert = outputOf(type);
    out[name] = convert ? convert(row[i] as Value) : row[i];
  }
  return out;
}

/** The database as modules know it. */
export function memoryDb(engine: MemoryEngine): Db {
  const sqlOf = (tx: Transaction): Sql => ({
    query: async (text, params) => engine.run(tx, text, params),
  });
  return {
    engine: 'pglite',
    async query(text, params) {
      const tx = engine.begin();
      try {
        const result = await sqlOf(tx).query(text, params);
        engine.commit(tx);
        return result as never;
      } catch (error) {
        engine.rollback(tx);
        throw error;
      }
    },
    async transaction(work) {
      const tx = engine.begin();
      try {
        const last: Promise<unknown>[] = [];
        const withCommit = (statement: Promise<unknown>) => {
          statement.catch(() => undefined);
          last.push(statement);
        };
        const result = await work({ ...sqlOf(tx), inTransaction: true, withCommit } as Tx);
        await Promise.all(last);
        engine.commit(tx);
        return result;
      } catch (error) {
        engine.rollback(tx);
        throw error;
      }
    },
    async script(text) {
      const tx = engine.begin();
      for (const statement of statementsOf(text)) await engine.run(tx, statement);
      engine.commit(tx);
    },
    close: () => Promise.resolve(),
  };
}
