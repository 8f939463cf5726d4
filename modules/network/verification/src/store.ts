import type { Sql } from '@feiqian/db';
import type { Accepts, IdentityRule, Method, Operation, Risk, Rule } from './policy.ts';

export async function rules(sql: Sql): Promise<Rule[]> {
  const { rows } = await sql.query<{
    operation: string;
    risk: Risk;
    amount_above: bigint;
    accepts: Accepts;
    valid_from: Date;
    valid_until: Date | null;
  }>('select operation, risk, amount_above, accepts, valid_from, valid_until from verification.policy');
  return rows.map((r) => ({
    operation: r.operation,
    risk: r.risk,
    amountAbove: r.amount_above,
    accepts: r.accepts,
    validFromMs: r.valid_from.getTime(),
    validUntilMs: r.valid_until?.getTime() ?? null,
  }));
}

export async function identityRules(sql: Sql): Promise<IdentityRule[]> {
  const { rows } = await sql.query<{
    operation: string;
    amount_above: bigint;
    valid_from: Date;
    valid_until: Date | null;
  }>('select operation, amount_above, valid_from, valid_until from verification.identity_policy');
  return rows.map((r) => ({
    operation: r.operation,
    amountAbove: r.amount_above,
    validFromMs: r.valid_from.getTime(),
    validUntilMs: r.valid_until?.getTime() ?? null,
  }));
}

/** Forgets what a person verifies with. */
export async function eraseFactors(sql: Sql, userId: string): Promise<void> {
  await sql.query('delete from verification.pin where user_id = $1', [userId]);
  await sql.query('delete from verification.passkey where user_id = $1', [userId]);
}

export interface Challenge {
  id: string;
  userId: string;
  deviceId: string;
  operation: Operation;
  fingerprint: string;
  amount: bigint | null;
  accepts: Accepts;
  done: Method[];
  passkeyChallenge: string | null;
  satisfied: boolean;
  expiresAtMs: number;
}

export async function insertChallenge(sql: Sql, c: Challenge, atMs: number): Promise<void> {
  await sql.query(
    `insert into verification.challenge
       (id, user_id, device_id, operation, fingerprint, amount, accepts, done, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, '{}', $8, $9)`,
    [
      c.id,
      c.userId,
      c.deviceId,
      c.operation,
      c.fingerprint,
      c.amount,
      JSON.stringify(c.accepts),
      new Date(atMs),
      new Date(c.expiresAtMs),
    ],
  );
}

/** A challenge of this device; locked when `lock` is set. */
export async function challengeOf(
  sql: Sql,
  id: string,
  deviceId: string,
  lock: boolean,
): Promise<Challenge | undefined> {
  const { rows } = await sql.query<{
    id: string;
    user_id: string;
    device_id: string;
    operation: Operation;
    fingerprint: string;
    amount: bigint | null;
    accepts: Accepts;
    done: Method[];
    passkey_challenge: string | null;
    satisfied_at: Date | null;
    expires_at: Date;
  }>(
    `select id, user_id, device_id, operation, fingerprint, amount, accepts, done, passkey_challenge, satisfied_at,
       expires_at
     from verification.challenge where id = $1 and device_id = $2 ${lock ? 'for update' : ''}`,
    [id, deviceId],
  );
  const r = rows[0];
  return (
    r && {
      id: r.id,
      userId: r.user_id,
      deviceId: r.device_id,
      operation: r.operation,
      fingerprint: r.fingerprint,
      amount: r.amount,
      accepts: r.accepts,
      done: r.done,
      passkeyChallenge: r.passkey_challenge,
      satisfied: r.satisfied_at !== null,
      expiresAtMs: r.expires_at.getTime(),
    }
  );
}

export async function setDone(
  sql: Sql,
  id: string,
  done: readonly Method[],
  satisfiedAtMs: number | null,
): Promise<void> {
  await sql.query('update verification.challenge set done = $2, satisfied_at = $3 where id = $1', [
    id,
    [...done],
    satisfiedAtMs === null ? null : new Date(satisfiedAtMs),
  ]);
}

export async function setPasskeyChallenge(sql: Sql, id: string, challenge: string): Promise<void> {
  await sql.query('update verification.challenge set passkey_challenge = $2 where id = $1', [id, challenge]);
}

/** Takes what a passkey was given to sign, so that it is answered once; null when there is none. */
export async function takePasskeyChallenge(sql: Sql, id: string): Promise<string | null> {
  const { rows } = await sql.query<{ passkey_challenge: string }>(
    `with held as (select id, passkey_challenge from verification.challenge
       where id = $1 and passkey_challenge is not null for update)
     update verification.challenge c set passkey_challenge = null from held where c.id = held.id
     returning held.passkey_challenge`,
    [id],
  );
  return rows[0]?.passkey_challenge ?? null;
}

/** Uses a satisfied challenge for one request; false when it is not for this one, or used by another key. */
export async function useChallenge(
  sql: Sql,
  c: Pick<Challenge, 'id' | 'deviceId' | 'operation' | 'fingerprint' | 'amount'> & { keyId: string },
  nowMs: number,
): Promise<boolean> {
  const { count } = await sql.query(
    `update verification.challenge set used_by = $6
     where id = $1 and device_id = $2 and operation = $3 and fingerprint = $4 and amount is not distinct from $5
       and satisfied_at is not null and (used_by = $6 or (used_by is null and expires_at > $7))`,
    [c.id, c.deviceId, c.operation, c.fingerprint, c.amount, c.keyId, new Date(nowMs)],
  );
  return count === 1;
}

export async function forgetChallenges(sql: Sql, beforeMs: number, limit: number): Promise<number> {
  const { count } = await sql.query(
    `delete from verification.challenge where id in
       (select id from verification.challenge where expires_at < $1 order by expires_at limit $2)`,
    [new Date(beforeMs), limit],
  );
  return count;
}

export async function putPin(sql: Sql, userId: string, hash: string, atMs: number): Promise<void> {
  await sql.query(
    `insert into verification.pin (user_id, hash, tries, set_at) values ($1, $2, 0, $3)
     on conflict (user_id) do update set hash = excluded.hash, tries = 0, set_at = excluded.set_at`,
    [userId, hash, new Date(atMs)],
  );
}

export async function pinOf(sql: Sql, userId: string): Promise<{ hash: string; tries: number } | undefined> {
  const { rows } = await sql.query<{ hash: string; tries: number }>(
    'select hash, tries from verification.pin where user_id = $1',
    [userId],
  );
  return rows[0];
}

/** Counts a try and gives the hash to compare with; undefined when there is no PIN, or it has no try left. */
export async function countTry(
  sql: Sql,
  userId: string,
  triesMax: number,
): Promise<{ hash: string; tries: number } | undefined> {
  const { rows } = await sql.query<{ hash: string; tries: number }>(
    'update verification.pin set tries = tries + 1 where user_id = $1 and tries < $2 returning hash, tries',
    [userId, triesMax],
  );
  return rows[0];
}

export async function forgiveTries(sql: Sql, userId: string, hash: string): Promise<void> {
  await sql.query('update verification.pin set tries = 0 where user_id = $1 and hash = $2', [userId, hash]);
}

export interface Passkey {
  id: string;
  publicKey: Uint8Array;
  counter: bigint;
  transports: string[];
  name: string;
  createdAtMs: number;
  lastUsedAtMs: number | null;
}

export async function passkeysOf(sql: Sql, userId: string): Promise<Passkey[]> {
  const { rows } = await sql.query<{
    id: string;
    public_key: Uint8Array;
    counter: bigint;
    transports: string[];
    name: string;
    created_at: Date;
    last_used_at: Date | null;
  }>(
    `select id, public_key, counter, transports, name, created_at, last_used_at
     from verification.passkey where user_id = $1 order by created_at`,
    [userId],
  );
  return rows.map((r) => ({
    id: r.id,
    publicKey: r.public_key,
    counter: r.counter,
    transports: r.transports,
    name: r.name,
    createdAtMs: r.created_at.getTime(),
    lastUsedAtMs: r.last_used_at?.getTime() ?? null,
  }));
}

/** False when there is such a credential already. */
export async function insertPasskey(sql: Sql, userId: string, p: Passkey): Promise<boolean> {
  const { count } = await sql.query(
    `insert into verification.passkey (id, user_id, public_key, counter, transports, name, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
    [p.id, userId, p.publicKey, p.counter, JSON.stringify(p.transports), p.name, new Date(p.createdAtMs)],
  );
  return count === 1;
}

/** Moves a credential's counter on; false when somebody else has moved it as far. */
export async function movePasskey(
  sql: Sql,
  p: { id: string; from: bigint; to: bigint },
  atMs: number,
): Promise<boolean> {
  const { count } = await sql.query(
    'update verification.passkey set counter = $3, last_used_at = $4 where id = $1 and counter = $2',
    [p.id, p.from, p.to, new Date(atMs)],
  );
  return count === 1;
}

export async function removePasskey(sql: Sql, userId: string, id: string): Promise<boolean> {
  const { count } = await sql.query('delete from verification.passkey where id = $2 and user_id = $1', [
    userId,
    id,
  ]);
  return count === 1;
}

export async function putRegistration(
  sql: Sql,
  deviceId: string,
  challenge: string,
  expiresAtMs: number,
): Promise<void> {
  await sql.query(
    `insert into verification.registration (device_id, challenge, expires_at) values ($1, $2, $3)
     on conflict (device_id) do update set challenge = excluded.challenge, expires_at = excluded.expires_at`,
    [deviceId, challenge, new Date(expiresAtMs)],
  );
}

/** Takes the registration under way on a device: it is answered once. */
export async function takeRegistration(
  sql: Sql,
  deviceId: string,
): Promise<{ challenge: string; expiresAtMs: number } | undefined> {
  const { rows } = await sql.query<{ challenge: string; expires_at: Date }>(
    'delete from verification.registration where device_id = $1 returning challenge, expires_at',
    [deviceId],
  );
  return rows[0] && { challenge: rows[0].challenge, expiresAtMs: rows[0].expires_at.getTime() };
}

export async function forgetPerson(sql: Sql, userId: string): Promise<void> {
  await sql.query('delete from verification.pin where user_id = $1', [userId]);
  await sql.query('delete from verification.passkey where user_id = $1', [userId]);
  await sql.query('delete from verification.challenge where user_id = $1', [userId]);
}
