import type { Migrations, Sql, Tx } from '@feiqian/db';
import keys from '../migrations/0001_keys.sql';

export const idempotencyMigrations: Migrations = {
  schema: 'idempotency',
  scripts: [{ name: '0001_keys', sql: keys }],
};

/** Longest key a caller may send. */
export const keyLengthMax = 255;
/** How long a claim without an answer blocks its duplicates; longer than any hop waits. */
export const leaseMs = 30_000;
/** How long answers are kept. */
export const keepMs = 24 * 3600_000;

export interface Claim {
  scope: string;
  key: string;
  fingerprint: string;
  objectId: string | null;
  /** When the whole effect is in this commit the answer is saved with the claim. */
  answer: { status: number; body: string } | null;
}

export type ClaimResult =
  | { kind: 'claimed' }
  | { kind: 'answered'; status: number; body: string }
  | { kind: 'in_flight' }
  | { kind: 'mismatch' }
  /** The first try died before it had an answer; `objectId` is what it made, if anything. */
  | { kind: 'lease_ended'; objectId: string | null };

interface Row {
  scope: string;
  key: string;
  fingerprint: string;
  leased_until: Date;
  object_id: string | null;
  status: number | null;
  answer: string | null;
}

/**
 * Claims keys in the caller's transaction, in a fixed order. A key that another open transaction is claiming
 * waits for it. One result for each claim, in order; a key that comes twice in one call is in flight the
 * second time.
 */
export async function claimKeys(tx: Tx, claims: readonly Claim[], nowMs: number): Promise<ClaimResult[]> {
  if (claims.length === 0) return [];
  const id = (c: { scope: string; key: string }) => `${c.scope}\n${c.key}`;
  const first = new Map<string, Claim>();
  for (const c of claims) if (!first.has(id(c))) first.set(id(c), c);
  const sorted = [...first.values()].sort((a, b) => (id(a) < id(b) ? -1 : 1));
  const now = new Date(nowMs).toISOString();
  const { rows: inserted } = await tx.query<{ scope: string; key: string }>(
    `insert into idempotency.key (scope, key, fingerprint, object_id, status, answer, leased_until, created_at)
     select u.scope, u.key, u.fingerprint, u.object_id, u.status, u.answer, $7, $8
     from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::int[], $6::text[])
       as u (scope, key, fingerprint, object_id, status, answer)
     on conflict (scope, key) do nothing
     returning scope, key`,
    [
      sorted.map((c) => c.scope),
      sorted.map((c) => c.key),
      sorted.map((c) => c.fingerprint),
      sorted.map((c) => c.objectId),
      sorted.map((c) => c.answer?.status ?? null),
      sorted.map((c) => c.answer?.body ?? null),
      new Date(nowMs + leaseMs).toISOString(),
      now,
    ],
    'idempotency_claim',
  );
  const mine = new Set(inserted.map(id));
  const others = sorted.filter((c) => !mine.has(id(c)));
  const existing = others.length === 0 ? new Map<string, Row>() : await readKeys(tx, others, nowMs);
  return claims.map((c) => {
    if (mine.has(id(c))) return first.get(id(c)) === c ? { kind: 'claimed' } : { kind: 'in_flight' };
    const row = existing.get(id(c));
    return row ? judge(row, c, nowMs) : { kind: 'in_flight' };
  });
}

function judge(
  row: Row,
  claim: { fingerprint: string },
  nowMs: number,
): Exclude<ClaimResult, { kind: 'claimed' }> {
  if (row.fingerprint !== claim.fingerprint) return { kind: 'mismatch' };
  if (row.status !== null) return { kind: 'answered', status: row.status, body: row.answer ?? '' };
  if (row.leased_until.getTime() > nowMs) return { kind: 'in_flight' };
  return { kind: 'lease_ended', objectId: row.object_id };
}

const isOver = (row: Row, nowMs: number): boolean =>
  row.status === null && row.leased_until.getTime() <= nowMs;

/**
 * What claimed keys stand at. Only a claim that is to be taken over is locked: whoever completes a request holds what it
 * is about when it saves the answer, so a repeat that held the key and waited for that would wait for ever.
 */
async function readKeys(tx: Tx, claims: readonly Claim[], nowMs: number): Promise<Map<string, Row>> {
  const found = await keyRows(tx, claims, false);
  const over = claims.filter((c) => {
    const row = found.get(`${c.scope}\n${c.key}`);
    return row !== undefined && isOver(row, nowMs);
  });
  if (over.length === 0) return found;
  const locked = await keyRows(tx, over, true);
  for (const c of over) {
    const id = `${c.scope}\n${c.key}`;
    const row = locked.get(id);
    if (row) found.set(id, row);
    else found.delete(id);
  }
  return found;
}

async function keyRows(tx: Tx, claims: readonly Claim[], lock: boolean): Promise<Map<string, Row>> {
  const { rows } = await tx.query<Row>(
    `select k.scope, k.key, k.fingerprint, k.leased_until, k.object_id, k.status, k.answer
     from unnest($1::text[], $2::text[]) as u (scope, key)
     join idempotency.key k on k.scope = u.scope and k.key = u.key
     order by k.scope, k.key ${lock ? 'for update of k' : ''}`,
    [claims.map((c) => c.scope), claims.map((c) => c.key)],
    lock ? 'idempotency_lock' : 'idempotency_read',
  );
  return new Map(rows.map((r) => [`${r.scope}\n${r.key}`, r]));
}

/** What a key stands at, without claiming it; null when nobody has claimed it. */
export async function findKey(
  sql: Sql,
  claim: { scope: string; key: string; fingerprint: string },
  nowMs: number,
): Promise<Exclude<ClaimResult, { kind: 'claimed' }> | null> {
  const { rows } = await sql.query<Row>(
    `select scope, key, fingerprint, leased_until, object_id, status, answer
     from idempotency.key where scope = $1 and key = $2`,
    [claim.scope, claim.key],
  );
  return rows[0] === undefined ? null : judge(rows[0], claim, nowMs);
}

/** Saves the answers of claims, in the commit that makes them true. */
export async function saveAnswers(
  tx: Tx,
  answers: readonly { scope: string; key: string; status: number; body: string }[],
): Promise<void> {
  if (answers.length === 0) return;
  const sorted = [...answers].sort((a, b) => (a.scope + a.key < b.scope + b.key ? -1 : 1));
  await tx.query(
    `update idempotency.key k set status = u.status, answer = u.answer
     from unnest($1::text[], $2::text[], $3::int[], $4::text[]) as u (scope, key, status, answer)
     where k.scope = u.scope and k.key = u.key`,
    [
      sorted.map((a) => a.scope),
      sorted.map((a) => a.key),
      sorted.map((a) => a.status),
      sorted.map((a) => a.body),
    ],
    'idempotency_save',
  );
}

/** Gives a claim back, when its request was refused before anything happened. */
export async function releaseKeys(sql: Sql, keys: readonly { scope: string; key: string }[]): Promise<void> {
  if (keys.length === 0) return;
  await sql.query(
    `delete from idempotency.key k using unnest($1::text[], $2::text[]) as u (scope, key)
     where k.scope = u.scope and k.key = u.key and k.status is null`,
    [keys.map((k) => k.scope), keys.map((k) => k.key)],
    'idempotency_release',
  );
}

/** Takes over a claim whose lease ended: true for the one caller that got it. */
export async function renewLease(
  tx: Tx,
  claim: { scope: string; key: string },
  objectId: string | null,
  nowMs: number,
): Promise<boolean> {
  const { count } = await tx.query(
    `update idempotency.key set leased_until = $3, object_id = $4
     where scope = $1 and key = $2 and status is null and leased_until <= $5`,
    [claim.scope, claim.key, new Date(nowMs + leaseMs), objectId, new Date(nowMs)],
  );
  return count === 1;
}

/** Forgets keys older than a day, a bounded number at a time. Returns how many. */
export async function forgetKeys(sql: Sql, nowMs: number, limit = 5_000): Promise<number> {
  const { count } = await sql.query(
    `delete from idempotency.key where ctid in
       (select ctid from idempotency.key where created_at < $1 limit $2)`,
    [new Date(nowMs - keepMs), limit],
  );
  return count;
}
