import type { Sql, Tx } from '@feiqian/db';
import type { Consent } from './consent.ts';

interface ConsentRow {
  id: string;
  customer_id: string;
  created_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
}

/** Every statement of the module, in one bank's schema. */
export function createStore(schema: string) {
  return {
    async insert(sql: Sql, consent: Consent): Promise<void> {
      await sql.query(
        `insert into ${schema}.consent (id, customer_id, created_at, expires_at) values ($1, $2, $3, $4)`,
        [consent.id, consent.customerId, new Date(consent.createdAtMs), new Date(consent.expiresAtMs)],
      );
    },

    async byId(sql: Sql, id: string): Promise<Consent | null> {
      const { rows } = await sql.query<ConsentRow>(
        `select id, customer_id, created_at, expires_at, revoked_at from ${schema}.consent where id = $1`,
        [id],
      );
      const row = rows[0];
      if (!row) return null;
      return {
        id: row.id,
        customerId: row.customer_id,
        createdAtMs: row.created_at.getTime(),
        expiresAtMs: row.expires_at.getTime(),
        revokedAtMs: row.revoked_at?.getTime() ?? null,
      };
    },

    /** Until when some consent of the customer holds, in ms; null when none does. */
    async holdsUntil(sql: Sql, customerId: string, nowMs: number): Promise<number | null> {
      const { rows } = await sql.query<{ until: Date | null }>(
        `select max(expires_at) as until from ${schema}.consent
          where customer_id = $1 and revoked_at is null and expires_at > $2`,
        [customerId, new Date(nowMs)],
      );
      return rows[0]?.until?.getTime() ?? null;
    },

    /** Keeps the time of the first withdrawal. */
    async revoke(sql: Sql, id: string, nowMs: number): Promise<void> {
      await sql.query(`update ${schema}.consent set revoked_at = coalesce(revoked_at, $2) where id = $1`, [
        id,
        new Date(nowMs),
      ]);
    },

    /** Claims a key; false when it is claimed already, which is known once the claiming transaction has ended. */
    async claim(tx: Tx, key: string, fingerprint: string, nowMs: number): Promise<boolean> {
      const { count } = await tx.query(
        `insert into ${schema}.request (key, fingerprint, received_at) values ($1, $2, $3)
         on conflict (key) do nothing`,
        [key, fingerprint, new Date(nowMs)],
      );
      return count === 1;
    },

    async saveAnswer(tx: Tx, key: string, answer: unknown): Promise<void> {
      await tx.query(`update ${schema}.request set answer = $2::jsonb where key = $1`, [
        key,
        JSON.stringify(answer),
      ]);
    },

    async saved(sql: Sql, key: string): Promise<{ fingerprint: string; answer: unknown } | null> {
      const { rows } = await sql.query<{ fingerprint: string; answer: unknown }>(
        `select fingerprint, answer from ${schema}.request where key = $1`,
        [key],
      );
      return rows[0] ?? null;
    },
  };
}

export type Store = ReturnType<typeof createStore>;
