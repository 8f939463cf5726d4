import type { Sql } from '@feiqian/db';

/** Makes a person nobody: no number, no name; the row stays because payments name it. */
export async function erasePerson(
  sql: Sql,
  userId: string,
  nobody: { mobileHash: Uint8Array; mobileSealed: Uint8Array; mobileMasked: string },
  atMs: number,
): Promise<void> {
  await sql.query(
    `update wallets.person set mobile_hash = $2, mobile_sealed = $3, mobile_masked = $4, name = null,
       free_max = null, frozen_at = null, frozen_by = null, deleted_at = $5
     where id = $1`,
    [userId, nobody.mobileHash, nobody.mobileSealed, nobody.mobileMasked, new Date(atMs)],
  );
  await sql.query("update wallets.device set name = '', signing_key = null where user_id = $1", [userId]);
  await sql.query('delete from wallets.real_name where user_id = $1', [userId]);
  await sql.query('delete from wallets.discovery where user_id = $1', [userId]);
  await sql.query('delete from wallets.admission where user_id = $1', [userId]);
}

/** Every card that was ever bound, for the person's own copy of the data. */
export async function allCardsOf(
  sql: Sql,
  userId: string,
): Promise<
  {
    memberId: string;
    kind: string;
    product: string;
    last4: string;
    boundAtMs: number;
    unboundAtMs: number | null;
  }[]
> {
  const { rows } = await sql.query<{
    member_id: string;
    kind: string;
    product: string;
    last4: string;
    bound_at: Date;
    unbound_at: Date | null;
  }>(
    `select member_id, kind, product, last4, bound_at, unbound_at from wallets.card
     where user_id = $1 order by bound_at, id`,
    [userId],
  );
  return rows.map((r) => ({
    memberId: r.member_id,
    kind: r.kind,
    product: r.product,
    last4: r.last4,
    boundAtMs: r.bound_at.getTime(),
    unboundAtMs: r.unbound_at?.getTime() ?? null,
  }));
}

/** Every consent a person's cards were ever bound under: a bank may know several. */
export async function consentsOf(
  sql: Sql,
  userId: string,
): Promise<{ memberId: string; consentId: string }[]> {
  const { rows } = await sql.query<{ member_id: string; consent_id: string }>(
    `select distinct member_id, consent_id from wallets.card where user_id = $1 order by member_id, consent_id`,
    [userId],
  );
  return rows.map((r) => ({ memberId: r.member_id, consentId: r.consent_id }));
}
