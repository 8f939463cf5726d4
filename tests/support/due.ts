import type { Db } from '@feiqian/db';

/**
 * Puts the time of payments (UUIDs) at `atMs`, as if so long had passed: of their expiry, or with `bank` of the wait
 * for their bank. It is a change of the payment by somebody else, so its version rises.
 */
export async function setDue(
  db: Db,
  paymentIds: readonly string[],
  atMs: number,
  what: 'expiry' | 'bank' = 'expiry',
): Promise<void> {
  await db.query(
    `with moved as (
       update payments.payment set due_at = $2, version = version + 1,
         expires_at = case when $3 then $2 else expires_at end
       where id = any($1::uuid[]) and (due_at is not null or $3) returning id),
     before as (delete from payments.due where payment_id = any($1::uuid[]) returning payment_id)
     insert into payments.due (at, payment_id)
       select $2, moved.id from moved join before on before.payment_id = moved.id`,
    [paymentIds, new Date(atMs), what === 'expiry'],
  );
}
