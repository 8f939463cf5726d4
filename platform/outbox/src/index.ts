import type { Clock } from '@feiqian/clock';
import { type Db, lines, type Migrations, type Sql, type Tx } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import events from '../migrations/0001_events.sql';

export const outboxMigrations: Migrations = {
  schema: 'outbox',
  scripts: [{ name: '0001_events', sql: events }],
};

/** What happened, written with the change. */
export interface NewEvent {
  type: string;
  objectId: string;
  /** Ids (UUID) of those who may see it. */
  tenants: readonly string[];
  data: unknown;
}

/** An event as it is stored. */
export interface StoredEvent {
  position: bigint;
  id: string;
  type: string;
  objectId: string;
  tenants: readonly string[];
  atMs: number;
  data: unknown;
}

export interface Outbox {
  /** Writes events in the caller's transaction. Call `wake` after its commit. */
  publish(tx: Tx, events: readonly NewEvent[]): Promise<void>;
  /** Tells the relay that there is news; without it news is found at the next look. */
  wake(): void;
  /** Calls `onEvents` with every event from now on, in order, each at least once. Returns a function that ends it. */
  subscribe(onEvents: (events: StoredEvent[]) => void): () => void;
  eventsOf(sql: Sql, objectId: string): Promise<StoredEvent[]>;
  /** How many events of each type there were in each second since an instant, optionally of one tenant. */
  countBySecond(
    sql: Sql,
    fromMs: number,
    types: readonly string[],
    tenant: string | null,
  ): Promise<SecondCount[]>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface SecondCount {
  atMs: number;
  type: string;
  count: number;
}

interface Row {
  position: bigint;
  id: string;
  type: string;
  object_id: string;
  tenants: string[];
  at: Date;
  data: string;
}

/** How long the relay sleeps when nobody wakes it: bounds the delay of news from other processes. */
const lookMs = 200;
/** The shortest time between two looks, so that load does not turn into a look for every commit. */
const restMs = 15;

/** Creates the outbox over a database. */
export function createOutbox(deps: {
  db: Db;
  clock: Clock;
  ids: Ids;
  onError?: (e: unknown) => void;
}): Outbox {
  const { db, clock, ids } = deps;
  const subscribers = new Set<(events: StoredEvent[]) => void>();
  /** Transactions before this one (xid8) have been read. */
  let cursor = '0';
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let again = false;
  let resting = false;
  let stopped = true;

  async function look(): Promise<void> {
    if (subscribers.size === 0) {
      cursor = await now(db);
      return;
    }
    const window = await readWindow(db, cursor);
    cursor = window.upTo;
    if (window.events.length > 0) for (const s of subscribers) s(window.events);
  }

  function wake(): void {
    if (stopped || subscribers.size === 0) return;
    if (looking || resting) {
      again = true;
      return;
    }
    turn();
  }

  function turn(): void {
    clearTimeout(timer);
    again = false;
    looking = look()
      .catch((e: unknown) => deps.onError?.(e))
      .finally(() => {
        looking = undefined;
        if (stopped) return;
        resting = true;
        timer = setTimeout(() => {
          resting = false;
          if (again) turn();
          else timer = setTimeout(turn, lookMs - restMs);
        }, restMs);
      });
  }

  return {
    async publish(tx, news) {
      if (news.length === 0) return;
      const at = new Date(clock.now()).toISOString();
      await tx.query(
        `insert into outbox.event (id, type, object_id, tenants, at, data)
         select u.id, u.type, u.object_id, u.tenants::uuid[], $5, u.data
         from unnest($1::uuid[], string_to_array($2, e'\n'), $3::uuid[], string_to_array($4, e'\n'),
                     string_to_array($6, e'\n'))
           with ordinality as u (id, type, object_id, tenants, data, n) order by u.n`,
        [
          news.map(() => ids.uuid()),
          lines(news.map((e) => e.type)),
          news.map((e) => e.objectId),
          lines(news.map((e) => `{${e.tenants.join(',')}}`)),
          at,
          lines(news.map((e) => JSON.stringify(e.data))),
        ],
        'outbox_publish',
      );
    },
    wake,
    subscribe(onEvents) {
      subscribers.add(onEvents);
      return () => subscribers.delete(onEvents);
    },
    async eventsOf(sql, objectId) {
      const { rows } = await sql.query<Row>(
        `select position, id, type, object_id, tenants, at, data from outbox.event
         where object_id = $1 order by position limit 500`,
        [objectId],
      );
      return rows.map(toEvent);
    },
    async countBySecond(sql, fromMs, types, tenant) {
      const { rows } = await sql.query<{ second: bigint; type: string; count: bigint }>(
        `select floor(extract(epoch from at))::bigint as second, type, count(*) as count from outbox.event
         where at >= $1 and type = any($2::text[]) and ($3::uuid is null or $3 = any(tenants)) group by 1, 2`,
        [new Date(fromMs), types, tenant],
      );
      return rows.map((r) => ({ atMs: Number(r.second) * 1000, type: r.type, count: Number(r.count) }));
    },
    async start() {
      cursor = await now(db);
      stopped = false;
      turn();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

async function now(db: Db): Promise<string> {
  const { rows } = await db.query<{ up_to: string }>(
    'select pg_snapshot_xmin(pg_current_snapshot())::text as up_to',
  );
  return rows[0]?.up_to ?? '0';
}

async function readWindow(db: Db, from: string): Promise<{ upTo: string; events: StoredEvent[] }> {
  const { rows } = await db.query<Partial<Row> & { up_to: string }>(
    `with w as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as up_to)
     select w.up_to::text as up_to, e.position, e.id, e.type, e.object_id, e.tenants, e.at, e.data
     from w left join outbox.event e on e.xid >= $1::xid8 and e.xid < w.up_to
     order by e.position`,
    [from],
    'outbox_read',
  );
  return {
    upTo: rows[0]?.up_to ?? from,
    events: rows.filter((r) => r.id !== null && r.id !== undefined).map((r) => toEvent(r as Row)),
  };
}

function toEvent(r: Row): StoredEvent {
  return {
    position: r.position,
    id: r.id,
    type: r.type,
    objectId: r.object_id,
    tenants: r.tenants,
    atMs: r.at.getTime(),
    data: JSON.parse(r.data),
  };
}
