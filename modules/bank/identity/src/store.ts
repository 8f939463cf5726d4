import type { Sql, Tx } from '@feiqian/db';
import type { Verification } from './verification.ts';

interface VerificationRow {
  id: string;
  customer_id: string | null;
  number_lookup: string;
  code_digest: string | null;
  tries: number;
  created_at: Date;
  expires_at: Date;
  confirmed_at: Date | null;
  used_at: Date | null;
}

/** A short message as it was handed over. */
export interface SentMessage {
  mobile: string;
  body: string;
  sentAtMs: number;
}

const columns =
  'id, customer_id, number_lookup, code_digest, tries, created_at, expires_at, confirmed_at, used_at';
const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

function toVerification(row: VerificationRow): Verification {
  return {
    id: row.id,
    customerId: row.customer_id,
    numberLookup: row.number_lookup,
    codeDigest: row.code_digest,
    tries: row.tries,
    createdAtMs: row.created_at.getTime(),
    expiresAtMs: row.expires_at.getTime(),
    confirmedAtMs: row.confirmed_at?.getTime() ?? null,
    usedAtMs: row.used_at?.getTime() ?? null,
  };
}

/** Every statement of the module, in one bank's schema. */
export function createStore(schema: string) {
  return {
    async insertVerification(tx: Tx, v: Verification): Promise<void> {
      await tx.query(
        `insert into ${schema}.verification (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          v.id,
          v.customerId,
          v.numberLookup,
          v.codeDigest,
          v.tries,
          at(v.createdAtMs),
          at(v.expiresAtMs),
          at(v.confirmedAtMs),
          at(v.usedAtMs),
        ],
      );
    },

    async lockVerification(tx: Tx, id: string): Promise<Verification | null> {
      const { rows } = await tx.query<VerificationRow>(
        `select ${columns} from ${schema}.verification where id = $1 for update`,
        [id],
      );
      return rows[0] ? toVerification(rows[0]) : null;
    },

    /** Only tries, confirmation and use of a verification ever change. */
    async updateVerification(tx: Tx, v: Verification): Promise<void> {
      await tx.query(
        `update ${schema}.verification set tries = $2, confirmed_at = $3, used_at = $4 where id = $1`,
        [v.id, v.tries, at(v.confirmedAtMs), at(v.usedAtMs)],
      );
    },

    /** False when it was used already. */
    async useVouched(tx: Tx, id: string, nowMs: number): Promise<boolean> {
      const { count } = await tx.query(
        `insert into ${schema}.vouched (id, used_at) values ($1, $2) on conflict (id) do nothing`,
        [id, at(nowMs)],
      );
      return count === 1;
    },

    /** Counts a try and says how many there have been in the window, this one included. */
    async countAttempt(
      sql: Sql,
      kind: string,
      subjectDigest: string,
      windowStartMs: number,
    ): Promise<number> {
      const { rows } = await sql.query<{ count: number }>(
        `insert into ${schema}.attempt as a (kind, subject_digest, window_start, count) values ($1, $2, $3, 1)
         on conflict (kind, subject_digest, window_start) do update set count = a.count + 1
         returning count`,
        [kind, subjectDigest, at(windowStartMs)],
      );
      return (rows[0] as { count: number }).count;
    },

    async attempts(sql: Sql, kind: string, subjectDigest: string, windowStartMs: number): Promise<number> {
      const { rows } = await sql.query<{ count: number }>(
        `select count from ${schema}.attempt
          where kind = $1 and subject_digest = $2 and window_start = $3`,
        [kind, subjectDigest, at(windowStartMs)],
      );
      return rows[0]?.count ?? 0;
    },

    async insertMessage(tx: Tx, id: string, message: SentMessage): Promise<void> {
      await tx.query(`insert into ${schema}.message (id, mobile, body, sent_at) values ($1, $2, $3, $4)`, [
        id,
        message.mobile,
        message.body,
        at(message.sentAtMs),
      ]);
    },

    /** Newest first. */
    async messages(sql: Sql, mobile: string, limit: number): Promise<SentMessage[]> {
      const { rows } = await sql.query<{ mobile: string; body: string; sent_at: Date }>(
        `select mobile, body, sent_at from ${schema}.message where mobile = $1 order by sent_at desc, id desc
          limit $2`,
        [mobile, limit],
      );
      return rows.map((r) => ({ mobile: r.mobile, body: r.body, sentAtMs: r.sent_at.getTime() }));
    },
  };
}

export type Store = ReturnType<typeof createStore>;
