import type { Sql } from '@feiqian/db';

export interface RealNameRow {
  userId: string;
  memberId: string;
  nameSealed: Uint8Array;
  nameMasked: string;
  numberSealed: Uint8Array;
  numberHash: Uint8Array;
  numberMasked: string;
  checkedAtMs: number;
}

export async function putRealName(sql: Sql, r: RealNameRow): Promise<void> {
  await sql.query(
    `insert into wallets.real_name
       (user_id, member_id, name_sealed, name_masked, number_sealed, number_hash, number_masked, checked_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (user_id) do update set member_id = excluded.member_id, checked_at = excluded.checked_at`,
    [
      r.userId,
      r.memberId,
      r.nameSealed,
      r.nameMasked,
      r.numberSealed,
      r.numberHash,
      r.numberMasked,
      new Date(r.checkedAtMs),
    ],
  );
}

export async function realNameOf(sql: Sql, userId: string): Promise<RealNameRow | undefined> {
  const { rows } = await sql.query<{
    user_id: string;
    member_id: string;
    name_sealed: Uint8Array;
    name_masked: string;
    number_sealed: Uint8Array;
    number_hash: Uint8Array;
    number_masked: string;
    checked_at: Date;
  }>(
    `select user_id, member_id, name_sealed, name_masked, number_sealed, number_hash, number_masked, checked_at
     from wallets.real_name where user_id = $1`,
    [userId],
  );
  const r = rows[0];
  return (
    r && {
      userId: r.user_id,
      memberId: r.member_id,
      nameSealed: r.name_sealed,
      nameMasked: r.name_masked,
      numberSealed: r.number_sealed,
      numberHash: r.number_hash,
      numberMasked: r.number_masked,
      checkedAtMs: r.checked_at.getTime(),
    }
  );
}

/** Counts a check before its outcome is known; gives how many it makes on this day. */
export async function countIdentityTry(sql: Sql, subject: Uint8Array, day: number): Promise<number> {
  const { rows } = await sql.query<{ tries: number }>(
    `insert into wallets.identity_try (subject, day, tries) values ($1, $2, 1)
     on conflict (subject, day) do update set tries = wallets.identity_try.tries + 1 returning tries`,
    [subject, day],
  );
  return rows[0]?.tries ?? 1;
}

export async function forgiveIdentityTry(sql: Sql, subject: Uint8Array, day: number): Promise<void> {
  await sql.query(
    'update wallets.identity_try set tries = tries - 1 where subject = $1 and day = $2 and tries > 0',
    [subject, day],
  );
}

export async function forgetIdentityTries(sql: Sql, beforeDay: number): Promise<number> {
  const { count } = await sql.query('delete from wallets.identity_try where day < $1', [beforeDay]);
  return count;
}
