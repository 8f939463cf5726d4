import type { BankNoticeType } from '@feiqian/contract';
import type { Sql, Tx } from '@feiqian/db';
import type { NewNotice, StoredNotice } from './notice.ts';

interface NoticeRow {
  position: bigint;
  id: string;
  subject: string;
  subject_prefix: 'acc' | 'app';
  sequence: bigint | null;
  type: BankNoticeType;
  data: unknown;
  at: Date;
}

/** The relay's row. */
export interface Relay {
  holder: string | null;
  leasedUntilMs: number | null;
  failures: number;
  retryAtMs: number | null;
}

const columns = 'position, id, subject, subject_prefix, sequence, type, data, at';
const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

function toNotice(row: NoticeRow): StoredNotice {
  return {
    position: row.position,
    id: row.id,
    subject: { id: row.subject, prefix: row.subject_prefix },
    sequence: row.sequence,
    type: row.type,
    data: row.data,
    atMs: row.at.getTime(),
  };
}

/** Every statement of the module, in one bank's schema. */
export function createStore(schema: string) {
  return {
    /** Sets until when subjects are told of; null ends it. */
    async watch(sql: Sql, subjects: readonly string[], untilMs: number): Promise<void> {
      await sql.query(
        `insert into ${schema}.watch (subject, until)
         select id, $2 from unnest($1::uuid[]) as u (id) order by id
         on conflict (subject) do update set until = excluded.until`,
        [subjects, at(untilMs)],
      );
    },

    async unwatch(sql: Sql, subjects: readonly string[]): Promise<void> {
      await sql.query(`delete from ${schema}.watch where subject = any($1::uuid[])`, [subjects]);
    },

    /** Adds notices in order; those about subjects nobody is to be told of are left out. */
    async insert(tx: Tx, ids: readonly string[], notices: readonly NewNotice[]): Promise<void> {
      await tx.query(
        `insert into ${schema}.notice (id, subject, subject_prefix, type, data, at)
         select n.id, n.subject, n.prefix, n.type, n.data::jsonb, n.at
           from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
             with ordinality as n (id, subject, prefix, type, data, at, place)
           join ${schema}.watch w on w.subject = n.subject and w.until > n.at
          order by n.place`,
        [
          ids,
          notices.map((n) => n.subject.id),
          notices.map((n) => n.subject.prefix),
          notices.map((n) => n.type),
          notices.map((n) => JSON.stringify(n.data)),
          notices.map((n) => at(n.atMs) as string),
        ],
        `${schema}.notice_insert`,
      );
    },

    async lockRelay(tx: Tx): Promise<Relay> {
      const { rows } = await tx.query<{
        holder: string | null;
        leased_until: Date | null;
        failures: number;
        retry_at: Date | null;
      }>(`select holder, leased_until, failures, retry_at from ${schema}.relay where slot = 1 for update`);
      const row = rows[0];
      if (!row) throw new Error('the relay has no row');
      return {
        holder: row.holder,
        leasedUntilMs: row.leased_until?.getTime() ?? null,
        failures: row.failures,
        retryAtMs: row.retry_at?.getTime() ?? null,
      };
    },

    async setRelay(tx: Tx, relay: Relay): Promise<void> {
      await tx.query(
        `update ${schema}.relay set holder = $1, leased_until = $2, failures = $3, retry_at = $4 where slot = 1`,
        [relay.holder, at(relay.leasedUntilMs), relay.failures, at(relay.retryAtMs)],
      );
    },

    async anyWaiting(sql: Sql): Promise<boolean> {
      const { rows } = await sql.query(
        `select 1 as one from ${schema}.notice where acknowledged_at is null limit 1`,
      );
      return rows.length > 0;
    },

    /** Numbers up to `limit` notices that have no number, in order; only under the relay's lock. */
    async number(tx: Tx, limit: number): Promise<void> {
      await tx.query(
        `with fresh as (
           select position, subject from ${schema}.notice
            where acknowledged_at is null and sequence is null order by position limit $1),
         counted as (
           select position, subject, row_number() over (partition by subject order by position) as n from fresh)
         update ${schema}.notice as t
            set sequence = c.n + coalesce(
              (select max(o.sequence) from ${schema}.notice o where o.subject = c.subject), 0)
           from counted c where t.position = c.position`,
        [limit],
      );
    },

    /** The oldest numbered notices that are not acknowledged. */
    async waiting(sql: Sql, limit: number): Promise<StoredNotice[]> {
      const { rows } = await sql.query<NoticeRow>(
        `select ${columns} from ${schema}.notice
          where acknowledged_at is null and sequence is not null order by position limit $1`,
        [limit],
      );
      return rows.map(toNotice);
    },

    async acknowledge(tx: Tx, positions: readonly bigint[], nowMs: number): Promise<void> {
      await tx.query(
        `update ${schema}.notice set acknowledged_at = $2
          where position = any($1::bigint[]) and acknowledged_at is null`,
        [positions, at(nowMs)],
      );
    },

    /** Numbered notices of one subject after a number, oldest first. */
    async ofSubject(sql: Sql, subject: string, after: bigint, limit: number): Promise<StoredNotice[]> {
      const { rows } = await sql.query<NoticeRow>(
        `select ${columns} from ${schema}.notice
          where subject = $1 and sequence > $2 order by sequence limit $3`,
        [subject, after, limit],
      );
      return rows.map(toNotice);
    },
  };
}

export type Store = ReturnType<typeof createStore>;
