import type { Sql } from '@feiqian/db';

export async function insertMessage(
  sql: Sql,
  m: { id: string; mobileHash: Uint8Array; sealed: Uint8Array; sentAtMs: number },
): Promise<void> {
  await sql.query('insert into access.message (id, mobile_hash, sealed, sent_at) values ($1, $2, $3, $4)', [
    m.id,
    m.mobileHash,
    m.sealed,
    new Date(m.sentAtMs),
  ]);
}

/** The newest first; of one number when its hash is given. */
export async function messages(
  sql: Sql,
  mobileHash: Uint8Array | null,
  limit: number,
): Promise<{ id: string; sealed: Uint8Array; sentAtMs: number }[]> {
  const { rows } = await sql.query<{ id: string; sealed: Uint8Array; sent_at: Date }>(
    `select id, sealed, sent_at from access.message
     where $1::bytea is null or mobile_hash = $1 order by id desc limit $2`,
    [mobileHash, limit],
  );
  return rows.map((r) => ({ id: r.id, sealed: r.sealed, sentAtMs: r.sent_at.getTime() }));
}

/** Forgets what was sent to a number, and the code that waits for it. */
export async function forgetMobile(sql: Sql, mobileHash: Uint8Array): Promise<void> {
  await sql.query('delete from access.message where mobile_hash = $1', [mobileHash]);
  await sql.query('delete from access.one_time_code where mobile_hash = $1', [mobileHash]);
}

export async function forgetMessages(sql: Sql, beforeMs: number): Promise<number> {
  const { count } = await sql.query('delete from access.message where sent_at < $1', [new Date(beforeMs)]);
  return count;
}
