import type { Clock } from '@feiqian/clock';
import { type BankNotice, type BankNoticeDelivery, bankNoticesMax } from '@feiqian/contract';
import type { Db, Migrations, Sql, Tx } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import { signWebhook } from '@feiqian/keys/node';
import init from '../migrations/0001_init.sql';
import { type NewNotice, noticeAnswer, pauseMs, type StoredNotice } from './notice.ts';
import { createStore, type Store } from './store.ts';

/** Notices numbered in one transaction at the most. */
const numberedMax = 1_000;
/** How long one process may be about one delivery before another takes over, in ms. */
export const leaseMs = 15_000;

/** The tables of the module in the schema of one bank. */
export function noticesMigrations(schema: string): Migrations {
  return { schema, scripts: [{ name: '0001_init', sql: init }] };
}

/** One signed delivery, ready to be sent. */
export interface Delivery {
  id: string;
  timestampSeconds: number;
  signature: string;
  body: string;
}

/** Where deliveries go. */
export interface NoticePort {
  /** The secret shared with the network. */
  secret: Uint8Array;
  /** True when the network has acknowledged it. Never rejects, and ends well within {@link leaseMs}. */
  send(delivery: Delivery): Promise<boolean>;
}

export interface NoticesDeps {
  schema: string;
  db: Db;
  clock: Clock;
  ids: Ids;
  /** The bank as it calls itself. */
  bank: string;
  /** Null: nothing is sent, only kept. */
  port: NoticePort | null;
}

/** What became of one turn of the relay. */
export type Turn = 'acknowledged' | 'failed' | 'nothing' | 'resting' | 'elsewhere';

/** Changes that the network is told of: queued with the change, delivered until acknowledged. */
export interface Notices {
  /** From now on the network is told of these subjects until then; null ends it. */
  watch(sql: Sql, subjects: readonly string[], untilMs: number | null): Promise<void>;
  /**
   * Queues notices in the caller's transaction, which holds the lock of each subject, so that their order is the
   * order of the changes. Subjects that nobody watches are left out.
   */
  add(tx: Tx, notices: readonly NewNotice[]): Promise<void>;
  /** What there is of a subject after a number, oldest first. */
  of(subject: string, page: { after: bigint; limit: number }): Promise<{ data: BankNotice[]; more: boolean }>;
  /** Numbers what is new and sends the oldest that waits. */
  deliver(): Promise<Turn>;
}

/** The notices of one bank. */
export function createNotices(deps: NoticesDeps): Notices {
  const { db, ids } = deps;
  const store = createStore(deps.schema);
  const holder = ids.uuid();
  return {
    async watch(sql, subjects, untilMs) {
      if (subjects.length === 0) return;
      if (untilMs === null) await store.unwatch(sql, subjects);
      else await store.watch(sql, subjects, untilMs);
    },
    async add(tx, notices) {
      if (notices.length === 0) return;
      await store.insert(
        tx,
        notices.map(() => ids.uuid()),
        notices,
      );
    },
    async of(subject, { after, limit }) {
      await db.transaction(async (tx) => {
        await store.lockRelay(tx);
        await store.number(tx, numberedMax);
      });
      const found = await store.ofSubject(db, subject, after, limit + 1);
      return { data: found.slice(0, limit).map(noticeAnswer), more: found.length > limit };
    },
    deliver: () => deliver(deps, store, holder),
  };
}

/**
 * One turn: takes the lease with what is to be sent, sends outside any transaction, and says how it ended. Should
 * the process die in between, the lease runs out and what was sent is sent again, with the same ids and numbers.
 */
async function deliver(deps: NoticesDeps, store: Store, holder: string): Promise<Turn> {
  const { db, clock, port } = deps;
  if (!port || !(await store.anyWaiting(db))) return 'nothing';
  const taken = await db.transaction((tx) => take(store, tx, holder, clock.now()));
  if (typeof taken === 'string') return taken;
  const acknowledged = await port.send(signed(deps, port, taken.notices));
  await db.transaction(async (tx) => {
    const relay = await store.lockRelay(tx);
    if (acknowledged) {
      await store.acknowledge(
        tx,
        taken.notices.map((n) => n.position),
        clock.now(),
      );
    }
    if (relay.holder !== holder) return;
    const failures = acknowledged ? 0 : relay.failures + 1;
    const retryAtMs = acknowledged ? null : clock.now() + pauseMs(failures);
    await store.setRelay(tx, { holder: null, leasedUntilMs: null, failures, retryAtMs });
  });
  return acknowledged ? 'acknowledged' : 'failed';
}

async function take(
  store: Store,
  tx: Tx,
  holder: string,
  nowMs: number,
): Promise<{ notices: StoredNotice[] } | Turn> {
  const relay = await store.lockRelay(tx);
  if (relay.leasedUntilMs !== null && relay.leasedUntilMs > nowMs) return 'elsewhere';
  if (relay.retryAtMs !== null && relay.retryAtMs > nowMs) return 'resting';
  await store.number(tx, numberedMax);
  const notices = await store.waiting(tx, bankNoticesMax);
  if (notices.length === 0) return 'nothing';
  await store.setRelay(tx, { ...relay, holder, leasedUntilMs: nowMs + leaseMs });
  return { notices };
}

function signed(
  { bank, clock, ids }: NoticesDeps,
  port: NoticePort,
  notices: readonly StoredNotice[],
): Delivery {
  const body = JSON.stringify({
    bank,
    notices: notices.map(noticeAnswer),
  } satisfies BankNoticeDelivery);
  const webhook = { id: ids.next('dlv'), timestampSeconds: Math.floor(clock.now() / 1000), body };
  return { ...webhook, signature: signWebhook(port.secret, webhook) };
}
