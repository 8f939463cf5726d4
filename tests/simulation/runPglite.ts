import { type Db, openPglite, type Sql, type SqlResult, type SqlValue } from '@feiqian/db';
import { buildCity, type City, transferGround } from './city.ts';
import { enter, machineTurn } from './machine.ts';
import { planOf } from './plan.ts';
import { type Outcome, preparations, type RunOptions } from './run.ts';
import type { Session, StoreEngine } from './store.ts';
import { type Change, Watch } from './watch.ts';
import { World } from './world.ts';

type Row = Record<string, unknown>;

/** What worlds on PGlite share: one engine, which is put back after each of them. */
export interface PgliteGround {
  db: Db;
  city: City;
  watch: Watch;
  /** All tables with data or that worlds write to. */
  tables: readonly string[];
  /** Those of them without rows in the city as it was built. */
  emptyAtFirst: ReadonlySet<string>;
  /** Worlds so far. */
  worlds: number;
  close(): Promise<void>;
}

const stepsMax = 100_000;
/** Events between two looks at the tables. */
const lookEvery = 60;
/** Worlds between two sweepings of the tables. */
const vacuumEvery = 20;

/** Where the city is kept as it was built, to put every world back to it. */
const baseSchema = 'simulation_base';
const baseName = (table: string) => `${baseSchema}."${table}"`;

export async function pgliteGround(): Promise<PgliteGround> {
  const db = await openPglite({ prepares: true });
  const city = await buildCity(db);
  const { rows } = await db.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema', 'public') order by 1`,
  );
  const tables = rows.map((r) => r.name);
  await db.script(
    `create schema ${baseSchema};\n${tables.map((t) => `create table ${baseName(t)} as select * from ${t};`).join('\n')}`,
  );
  const transfers = transferGround(city);
  const watch = new Watch({
    banks: city.banks.map((b) => b.id),
    transfers,
    eachCommit: false,
    step: () => 0,
  });
  const changes: Change[] = [];
  for (const table of tables.filter((t) => /ledger\.(accounts|transfers)$/.test(t))) {
    for (const after of (await db.query<Row>(`select * from ${table}`)).rows)
      changes.push({ table, before: null, after });
  }
  watch.saw(changes);
  const emptyAtFirst = new Set<string>();
  for (const table of tables) {
    const { count } = await db.query(`select 1 from ${table} limit 1`);
    if (count === 0) emptyAtFirst.add(table);
  }
  return { db, city, watch, tables, emptyAtFirst, worlds: 0, close: () => db.close() };
}

/** The engine as processes use it, with what is under way on it and what has been written. */
class PgliteStore implements StoreEngine {
  readonly name = 'pglite';
  /** Calls that have not come back. */
  pending = 0;
  readonly written = new Set<string>();
  readonly unseen = new Set<string>();
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  begin(): Promise<Session> {
    return this.#counted(
      new Promise<Session>((opened, failed) => {
        const session: OpenSession = { query: null, end: () => undefined, done: Promise.resolve() };
        session.done = this.#db
          .transaction(async (tx) => {
            session.query = (text, params) => tx.query(text, params);
            const how = new Promise<'commit' | 'rollback'>((end) => {
              session.end = end;
            });
            opened(session);
            if ((await how) === 'rollback') throw new RolledBack();
          })
          .catch((error: unknown) => {
            failed(error);
            if (!(error instanceof RolledBack)) throw error;
          });
        session.done.catch(() => undefined);
      }),
    );
  }

  run(session: Session, text: string, params: readonly SqlValue[]): Promise<SqlResult<never>> {
    for (const [, table] of text.matchAll(
      /\b(?:insert\s+into|update|delete\s+from)\s+([a-z_0-9]+\.[a-z_0-9]+)/gi,
    )) {
      this.written.add(table as string);
      this.unseen.add(table as string);
    }
    return this.#counted((session as OpenSession).query?.(text, params) as Promise<SqlResult<never>>);
  }

  commit(session: Session): Promise<void> {
    (session as OpenSession).end('commit');
    return this.#counted((session as OpenSession).done);
  }

  rollback(session: Session): Promise<void> {
    (session as OpenSession).end('rollback');
    return this.#counted((session as OpenSession).done);
  }

  async #counted<T>(promise: Promise<T>): Promise<T> {
    this.pending += 1;
    try {
      return await promise;
    } finally {
      this.pending -= 1;
    }
  }
}

interface OpenSession {
  query: ((text: string, params: readonly SqlValue[]) => Promise<SqlResult<never>>) | null;
  end: (how: 'commit' | 'rollback') => void;
  done: Promise<void>;
}

class RolledBack extends Error {
  override name = 'RolledBack';
}

/** Tells what has changed in tables since the last look. */
class Looks {
  readonly #db: Db;
  readonly #seen = new Map<string, Map<string, { text: string; row: Row }>>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** In one transaction: its statements are prepared. */
  changes(tables: Iterable<string>): Promise<Change[]> {
    return this.#db.transaction((tx) => this.#changesIn(tx, tables));
  }

  async #changesIn(sql: Sql, tables: Iterable<string>): Promise<Change[]> {
    const changes: Change[] = [];
    for (const table of tables) {
      if (!watched.test(table)) continue;
      const { rows } = await sql.query<Row>(`select * from ${table}`);
      const before = this.#seen.get(table) ?? (await this.#atFirst(sql, table));
      const after = new Map<string, { text: string; row: Row }>();
      for (const row of rows) {
        const key = keyOf(table, row);
        const text = textOf(row);
        const known = before.get(key);
        after.set(key, { text, row });
        if (known === undefined) changes.push({ table, before: null, after: row });
        else if (known.text !== text) changes.push({ table, before: known.row, after: row });
      }
      for (const [key, { row }] of before)
        if (!after.has(key)) changes.push({ table, before: row, after: null });
      this.#seen.set(table, after);
    }
    return changes;
  }

  async #atFirst(sql: Sql, table: string): Promise<Map<string, { text: string; row: Row }>> {
    const { rows } = await sql.query<Row>(`select * from ${baseName(table)}`);
    return new Map(rows.map((row) => [keyOf(table, row), { text: textOf(row), row }]));
  }
}

const watched =
  /^(payments\.(payment|refund|due)|transfers\.(transfer|due)|ledger\.(accounts|transfers|resolutions)|links\.forward|outbox\.event|idempotency\.key|wallets\.used_pay_code|bank_[a-z]+_ledger\.(accounts|transfers|resolutions)|bank_[a-z]+_authorisation\.operation)$/;

const textOf = (row: Row) => JSON.stringify(row, (_, v) => (typeof v === 'bigint' ? `${v}n` : v));

function keyOf(table: string, row: Row): string {
  if (table === 'payments.due') return `${(row.at as Date).getTime()} ${String(row.payment_id)}`;
  if (table === 'transfers.due') return String(row.transfer_id);
  if (table === 'wallets.used_pay_code')
    return `${String(row.device_id)} ${String(row.step)} ${String(row.slot)}`;
  return String(row.id ?? row.pending_id);
}

/** Runs one world on PGlite. What its processes ask of it takes real time, during which virtual time stands still. */
export async function runOnPglite(
  ground: PgliteGround,
  seed: number,
  options: RunOptions = {},
): Promise<Outcome> {
  const plan = planOf(seed, 'pglite');
  for (const { text, params } of preparations(plan, ground.city)) await ground.db.query(text, params);
  const store = new PgliteStore(ground.db);
  store.written.add('members.member');
  const looks = new Looks(ground.db);
  const banks = ground.city.banks.map((b) => b.id);
  const transfers = transferGround(ground.city);
  const world = new World({
    plan,
    city: ground.city,
    store,
    watchOf: (step) => new Watch({ banks, transfers, eachCommit: false, step, base: ground.watch }),
    bug: options.bug ?? null,
    keeping: options.keeping ?? 'nothing',
  });
  const { watch, timeline, trace } = world;
  const settle = async () => {
    do await machineTurn();
    while (store.pending > 0);
  };
  const look = async () => {
    if (store.unseen.size === 0) return;
    const changes = await looks.changes([...store.unseen]);
    store.unseen.clear();
    for (const { table, after } of changes) trace.note('stored', `${table} ${String(after?.state ?? '')}`);
    watch.saw(changes);
  };
  const leave = enter(timeline, true);
  try {
    world.begin();
    await settle();
    let lookedAt = 0;
    while (!world.isOver() && timeline.step()) {
      await settle();
      if (timeline.steps > stepsMax) watch.violate(`R1 more than ${stepsMax} events`);
      if (timeline.steps - lookedAt < lookEvery || world.hasOpenTransaction()) continue;
      lookedAt = timeline.steps;
      await look();
    }
    world.stop();
    await settle();
    await look();
    world.judge();
  } finally {
    leave();
    await putBack(ground, store.written);
  }
  return {
    seed,
    violations: watch.violations,
    hash: trace.hash(),
    lines: trace.lines,
    steps: timeline.steps,
    virtualMs: timeline.nowMs,
    payments: watch.payments.size,
    transfers: watch.transfers.transfers.size,
  };
}

/** The city as it was built: every table that the world has written to. */
async function putBack(ground: PgliteGround, written: ReadonlySet<string>): Promise<void> {
  const { db, tables } = ground;
  const dirty = tables.filter((t) => written.has(t));
  await db.transaction(async (tx) => {
    await tx.query('set local session_replication_role = replica');
    for (const table of dirty) {
      await tx.query(`delete from ${table}`);
      if (!ground.emptyAtFirst.has(table))
        await tx.query(`insert into ${table} overriding system value select * from ${baseName(table)}`);
    }
  });
  ground.worlds += 1;
  // What was deleted is still there until somebody sweeps: without this each world would be slower than the last.
  if (ground.worlds % vacuumEvery === 0) await db.script(`vacuum ${tables.join(', ')}`);
}
