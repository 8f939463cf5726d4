import type { PayeeVia } from '@feiqian/contract';
import type { Sql, Tx } from '@feiqian/db';

/** The card that a person has chosen to receive with. */
export interface ReceivingRow {
  userId: string;
  tokenId: string;
  code: string;
}

/** A payee whose name was checked for one payer. */
export interface CheckedPayee {
  id: string;
  payerId: string;
  userId: string | null;
  via: PayeeVia;
  panId: string;
  memberId: string;
  last4: string;
  name: string | null;
  expiresAtMs: number;
}

/** Chooses; keeps the code unless there is none yet or a new one is wanted. */
export async function putReceiving(
  tx: Tx,
  r: ReceivingRow,
  newCode: boolean,
  atMs: number,
): Promise<ReceivingRow> {
  const { rows } = await tx.query<{ code: string }>(
    `insert into transfers.receiving (user_id, token_id, code, set_at) values ($1, $2, $3, $4)
     on conflict (user_id) do update set token_id = excluded.token_id, set_at = excluded.set_at,
       code = case when $5::boolean then excluded.code else transfers.receiving.code end
     returning code`,
    [r.userId, r.tokenId, r.code, new Date(atMs), newCode],
  );
  return { ...r, code: (rows[0] as { code: string }).code };
}

export async function receivingOf(
  sql: Sql,
  by: { userId: string } | { code: string },
): Promise<ReceivingRow | null> {
  const column = 'userId' in by ? 'user_id' : 'code';
  const { rows } = await sql.query<{ user_id: string; token_id: string; code: string }>(
    `select user_id, token_id, code from transfers.receiving where ${column} = $1`,
    ['userId' in by ? by.userId : by.code],
  );
  const row = rows[0];
  return row === undefined ? null : { userId: row.user_id, tokenId: row.token_id, code: row.code };
}

export async function insertPayee(tx: Tx, p: CheckedPayee): Promise<void> {
  await tx.query(
    `insert into transfers.payee (id, payer_id, user_id, via, pan, member, last4, name, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [p.id, p.payerId, p.userId, p.via, p.panId, p.memberId, p.last4, p.name, new Date(p.expiresAtMs)],
  );
}

export async function payeeById(sql: Sql, id: string): Promise<CheckedPayee | null> {
  const { rows } = await sql.query<{
    id: string;
    payer_id: string;
    user_id: string | null;
    via: PayeeVia;
    pan: string;
    member: string;
    last4: string;
    name: string | null;
    expires_at: Date;
  }>(
    'select id, payer_id, user_id, via, pan, member, last4, name, expires_at from transfers.payee where id = $1',
    [id],
    'transfers_payee',
  );
  const r = rows[0];
  if (r === undefined) return null;
  return {
    id: r.id,
    payerId: r.payer_id,
    userId: r.user_id,
    via: r.via,
    panId: r.pan,
    memberId: r.member,
    last4: r.last4,
    name: r.name,
    expiresAtMs: r.expires_at.getTime(),
  };
}

/** Counts a look at each subject; gives how many there were in this hour, in order. Rows are locked in their order. */
export async function countLooks(
  sql: Sql,
  subjects: readonly Uint8Array[],
  hourMs: number,
): Promise<number[]> {
  const order = subjects
    .map((_, i) => i)
    .sort((a, b) => Buffer.compare(subjects[a] as Uint8Array, subjects[b] as Uint8Array));
  const counts: number[] = [];
  for (const i of order) {
    const { rows } = await sql.query<{ looks: number }>(
      `insert into transfers.look as l (subject, hour, looks) values ($1, $2, 1)
       on conflict (subject, hour) do update set looks = l.looks + 1 returning looks`,
      [subjects[i] as Uint8Array, new Date(hourMs)],
    );
    counts[i] = rows[0]?.looks ?? 0;
  }
  return counts;
}

/** Forgets payees and looks of before, a bounded number; returns how many. */
export async function forget(
  sql: Sql,
  payeesBeforeMs: number,
  looksBeforeMs: number,
  limit: number,
): Promise<number> {
  const payees = await sql.query(
    `delete from transfers.payee where id in (select id from transfers.payee where expires_at < $1 limit $2)`,
    [new Date(payeesBeforeMs), limit],
  );
  const looks = await sql.query(
    `delete from transfers.look where (subject, hour) in (select subject, hour from transfers.look where hour < $1 limit $2)`,
    [new Date(looksBeforeMs), limit],
  );
  return payees.count + looks.count;
}
