import { lines, type Migrations, type Sql, type Tx } from '@feiqian/db';
import keys from '../migrations/0001_keys.sql';
import keysOf128Bits from '../migrations/0002_keys_of_128_bits.sql';

export const idempotencyMigrations: Migrations = {
  schema: 'idempotency',
  scripts: [
    { name: '0001_keys', sql: keys },
    { name: '0002_keys_of_128_bits', sql: keysOf128Bits },
  ],
};

/** Longest key a caller may send. */
export const keyLengthMax = 255;
/** How long a claim without an answer blocks its duplicates; longer than any hop waits. */
export const leaseMs = 30_000;
/** How long answers are kept. */
export const keepMs = 24 * 3600_000;

/** Who repeats what. Both are 128 bits of a SHA-256 in the form of a UUID. */
export interface RequestKey {
  /** Of the caller, the route and the caller's key. */
  id: string;
  /** Of the body. */
  fingerprint: string;
}

export interface Claim extends RequestKey {
  objectId: string | null;
  /** When the whole effect is in this commit the answer is saved with the claim. */
  answer: { status: number; body: string } | null;
}

/** An answer that is JSON text, of the claim `id`. */
export interface SavedAnswer {
  id: string;
  status: number;
  body: string;
}

export type ClaimResult =
  | { kind: 'claimed' }
  | { kind: 'answered'; status: number; body: string }
  | { kind: 'in_flight' }
  | { kind: 'mismatch' }
  /** The first try died before it had an answer; `objectId` is what it made, if anything. */
  | { kind: 'lease_ended'; objectId: string | null };

interface Row {
  id: string;
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
  const first = new Map<string, Claim>();
  for (const c of claims) if (!first.has(c.id)) first.set(c.id, c);
  const sorted = [...first.values()].sort(byId);
  const { rows: inserted } = await tx.query<{ id: string }>(
    `insert into idempotency.key (id, fingerprint, object_id, status, answer, leased_until, created_at)
     select u.id, u.fingerprint, u.object_id, u.status, u.answer, $6, $7
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], string_to_array($5, e'\n', ''))
       as u (id, fingerprint, object_id, status, answer)
     on conflict (id) do nothing
     returning id`,
    [
      sorted.map((c) => c.id),
      sorted.map((c) => c.fingerprint),
      sorted.map((c) => c.objectId),
      sorted.map((c) => c.answer?.status ?? null),
      lines(sorted.map((c) => c.answer?.body ?? null)),
      new Date(nowMs + leaseMs).toISOString(),
      new Date(nowMs).toISOString(),
    ],
    'idempotency_claim',
  );
  const mine = new Set(inserted.map((r) => r.id));
  const others = inserted.length === sorted.length ? [] : sorted.filter((c) => !mine.has(c.id));
  const existing = others.length === 0 ? new Map<string, Row>() : await readKeys(tx, others, nowMs);
  return claims.map((c) => {
    if (mine.has(c.id)) return first.get(c.id) === c ? { kind: 'claimed' } : { kind: 'in_flight' };
    const row = existing.get(c.id);
    return row ? judge(row, c, nowMs) : { kind: 'in_flight' };
  });
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
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
    const row = found.get(c.id);
    return row !== undefined && isOver(row, nowMs);
  });
  if (over.length === 0) return found;
  const locked = await keyRows(tx, over, true);
  for (const { id } of over) {
    const row = locked.get(id);
    if (row) found.set(id, row);
    else found.delete(id);
  }
  return found;
}

async function keyRows(tx: Tx, claims: readonly { id: string }[], lock: boolean): Promise<Map<string, Row>> {
  const { rows } = await tx.query<Row>(
    `select id, fingerprint, leased_until, object_id, status, answer
     from idempotency.key where id = any($1::uuid[]) order by id ${lock ? 'for update' : ''}`,
    [claims.map((c) => c.id)],
    lock ? 'idempotency_lock' : 'idempotency_read',
  );
  return new Map(rows.map((r) => [r.id, r]));
}

/** What a key stands at, without claiming it; null when nobody has claimed it. */
export async function findKey(
  sql: Sql,
  key: RequestKey,
  nowMs: number,
): Promise<Exclude<ClaimResult, { kind: 'claimed' }> | null> {
  const { rows } = await sql.query<Row>(
    'select id, fingerprint, leased_until, object_id, status, answer from idempotency.key where id = $1',
    [key.id],
  );
  return rows[0] === undefined ? null : judge(rows[0], key, nowMs);
}

const noAnswers: ReadonlyMap<string, SavedAnswer> = new Map();

/**
 * Saves the answers of claims, in the commit that makes them true. An answer that is there stays: whoever was so late
 * that another has answered meanwhile must answer the same.
 *
 * @returns by id, the answers that were there already
 */
export async function saveAnswers(
  tx: Tx,
  answers: readonly SavedAnswer[],
): Promise<ReadonlyMap<string, SavedAnswer>> {
  if (answers.length === 0) return noAnswers;
  const sorted = [...answers].sort(byId);
  const { count } = await tx.query(
    `update idempotency.key k set status = u.status, answer = u.answer
     from unnest($1::uuid[], $2::smallint[], string_to_array($3, e'\n', '')) as u (id, status, answer)
     where k.id = u.id and k.status is null`,
    [sorted.map((a) => a.id), sorted.map((a) => a.status), lines(sorted.map((a) => a.body))],
    'idempotency_save',
  );
  if (count === sorted.length) return noAnswers;
  const stored = await keyRows(tx, sorted, false);
  const standing = new Map<string, SavedAnswer>();
  for (const { id, status, body } of sorted) {
    const row = stored.get(id);
    if (row === undefined || row.status === null || (row.status === status && row.answer === body)) continue;
    standing.set(id, { id, status: row.status, body: row.answer ?? '' });
  }
  return standing;
}

/** Gives a claim back, when its request was refused before anything happened. */
export async function releaseKeys(sql: Sql, keys: readonly { id: string }[]): Promise<void> {
  if (keys.length === 0) return;
  await sql.query(
    'delete from idempotency.key where id = any($1::uuid[]) and status is null',
    [keys.map((k) => k.id)],
    'idempotency_release',
  );
}

/** Takes over a claim whose lease ended: true for the one caller that got it. */
export async function renewLease(
  tx: Tx,
  key: { id: string },
  objectId: string | null,
  nowMs: number,
): Promise<boolean> {
  const { count } = await tx.query(
    `update idempotency.key set leased_until = $2, object_id = $3
     where id = $1 and status is null and leased_until <= $4`,
    [key.id, new Date(nowMs + leaseMs), objectId, new Date(nowMs)],
  );
  return count === 1;
}

/** Keys forgotten in one statement, so that none holds its locks for long, and statements in one turn. */
const forgetMax = 5_000;
const forgetTurnsMax = 60;

/** Forgets keys older than a day: in a turn a minute, those of 5,000 requests a second. Returns how many. */
export async function forgetKeys(sql: Sql, nowMs: number): Promise<number> {
  let forgotten = 0;
  for (let turn = 0; turn < forgetTurnsMax; turn++) {
    const { count } = await sql.query(
      `delete from idempotency.key where ctid in
         (select ctid from idempotency.key where created_at < $1 limit $2)`,
      [new Date(nowMs - keepMs), forgetMax],
    );
    forgotten += count;
    if (count < forgetMax) break;
  }
  return forgotten;
}
