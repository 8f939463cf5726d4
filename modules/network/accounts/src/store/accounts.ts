import type { Sql, Tx } from '@feiqian/db';
import type { KnownAccount } from '../account.ts';

interface Row {
  id: string;
  member_id: string;
  ref: string;
  user_id: string;
  consent_id: string;
}

export async function byIds(sql: Sql, ids: readonly string[]): Promise<KnownAccount[]> {
  const { rows } = await sql.query<Row>(
    'select id, member_id, ref, user_id, consent_id from accounts.account where id = any($1::uuid[]) order by id',
    [ids],
  );
  return rows.map((r) => ({
    id: r.id,
    memberId: r.member_id,
    ref: r.ref,
    userId: r.user_id,
    consentId: r.consent_id,
  }));
}

/** Stores accounts, in the order of their ids; gives those that are the person's who is named. */
export async function put(tx: Tx, accounts: readonly KnownAccount[], nowMs: number): Promise<Set<string>> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into accounts.account as a (id, member_id, ref, user_id, consent_id, seen_at)
     select u.id, u.member_id, u.ref, u.user_id, u.consent_id, $6
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[])
       as u (id, member_id, ref, user_id, consent_id)
     on conflict (id) do update set consent_id = excluded.consent_id, seen_at = excluded.seen_at
       where a.user_id = excluded.user_id
     returning a.id`,
    [
      accounts.map((a) => a.id),
      accounts.map((a) => a.memberId),
      accounts.map((a) => a.ref),
      accounts.map((a) => a.userId),
      accounts.map((a) => a.consentId),
      new Date(nowMs),
    ],
  );
  return new Set(rows.map((r) => r.id));
}

/** Takes away whose a person's accounts are, and what he or she began to open with the identity it holds. */
export async function erase(tx: Tx, userId: string): Promise<void> {
  await tx.query('delete from accounts.account where user_id = $1', [userId]);
  await tx.query('delete from accounts.opening where user_id = $1', [userId]);
}
