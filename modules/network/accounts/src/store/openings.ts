import type { Sql } from '@feiqian/db';
import type { ClassRule } from '../classRule.ts';
import type { StoredOpening } from '../opening.ts';

interface Row {
  id: string;
  user_id: string;
  device_id: string;
  member_id: string;
  class: StoredOpening['class'];
  via_member_id: string;
  token_id: string;
  via_last4: string;
  identity: Uint8Array | null;
  verification_id: string;
  state: StoredOpening['state'];
  verified_at: string | null;
  expires_at: Date;
  account_ref: string | null;
  card_id: string | null;
}
const columns =
  'id, user_id, device_id, member_id, class, via_member_id, token_id, via_last4, identity, verification_id, state, verified_at, expires_at, account_ref, card_id';
const toOpening = (r: Row): StoredOpening => ({
  id: r.id,
  userId: r.user_id,
  deviceId: r.device_id,
  memberId: r.member_id,
  class: r.class,
  viaMemberId: r.via_member_id,
  tokenId: r.token_id,
  viaLast4: r.via_last4,
  identity: r.identity,
  verificationId: r.verification_id,
  state: r.state,
  verifiedAt: r.verified_at,
  expiresAtMs: r.expires_at.getTime(),
  accountRef: r.account_ref,
  cardId: r.card_id,
});

export async function classRules(sql: Sql): Promise<ClassRule[]> {
  const { rows } = await sql.query<{
    effective_from: string;
    class: ClassRule['class'];
    opening: ClassRule['opening'];
    accounts_max: number;
    plastic: boolean;
    cash: boolean;
    limits: ClassRule['limits'];
  }>(
    `select effective_from::text as effective_from, class, opening, accounts_max, plastic, cash, limits
     from accounts.class_rule order by effective_from, class`,
  );
  return rows.map((r) => ({
    effectiveFrom: r.effective_from,
    class: r.class,
    opening: r.opening,
    accountsMax: r.accounts_max,
    plastic: r.plastic,
    cash: r.cash,
    limits: r.limits,
  }));
}

export async function insertOpening(sql: Sql, o: StoredOpening, nowMs: number): Promise<void> {
  await sql.query(
    `insert into accounts.opening (${columns}, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     on conflict (id) do update set verification_id = excluded.verification_id, expires_at = excluded.expires_at`,
    [
      o.id,
      o.userId,
      o.deviceId,
      o.memberId,
      o.class,
      o.viaMemberId,
      o.tokenId,
      o.viaLast4,
      o.identity,
      o.verificationId,
      o.state,
      o.verifiedAt,
      new Date(o.expiresAtMs),
      o.accountRef,
      o.cardId,
      new Date(nowMs),
    ],
  );
}

export async function openingById(sql: Sql, id: string): Promise<StoredOpening | undefined> {
  const { rows } = await sql.query<Row>(`select ${columns} from accounts.opening where id = $1`, [id]);
  return rows[0] && toOpening(rows[0]);
}

/** Moves an opening on; what is over keeps no identity. False when it was somewhere else already. */
export async function moveOpening(
  sql: Sql,
  o: Pick<StoredOpening, 'id' | 'state' | 'verifiedAt' | 'accountRef' | 'cardId' | 'expiresAtMs'>,
  from: readonly StoredOpening['state'][],
): Promise<boolean> {
  const { count } = await sql.query(
    `update accounts.opening set state = $2, verified_at = $3, account_ref = $4, card_id = $5, expires_at = $6,
       identity = case when $2 in ('code_sent', 'verified') then identity end
     where id = $1 and state = any($7::text[])`,
    [o.id, o.state, o.verifiedAt, o.accountRef, o.cardId, new Date(o.expiresAtMs), from],
  );
  return count === 1;
}

/** Ends what was not confirmed in time; its identity is gone. */
export async function expireOpenings(sql: Sql, nowMs: number): Promise<number> {
  const { count } = await sql.query(
    `update accounts.opening set state = 'expired', identity = null
     where expires_at < $1 and identity is not null`,
    [new Date(nowMs)],
  );
  return count;
}
