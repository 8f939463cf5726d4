import type { Sql } from '@feiqian/db';
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

    /** Keeps the time of the first withdrawal. False when there is no such consent. */
    async revoke(sql: Sql, id: string, nowMs: number): Promise<boolean> {
      const { count } = await sql.query(
        `update ${schema}.consent set revoked_at = coalesce(revoked_at, $2) where id = $1`,
        [id, new Date(nowMs)],
      );
      return count > 0;
    },
  };
}
