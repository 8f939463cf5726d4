import type { ConsoleRole } from '@feiqian/contract';
import type { Sql } from '@feiqian/db';
import type { Principal, PrincipalKind } from './principal.ts';

export interface CredentialRow {
  id: string;
  kind: PrincipalKind;
  prefix: string;
  name: string;
  principal: Principal;
  tenant: string | null;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
}

const credentialColumns = 'id, kind, prefix, name, principal, tenant, created_at, expires_at, revoked_at';

export async function insertCredential(
  sql: Sql,
  c: Omit<CredentialRow, 'created_at' | 'expires_at' | 'revoked_at'> & {
    hash: Uint8Array;
    createdAtMs: number;
    expiresAtMs: number | null;
    requestKey: Uint8Array | null;
  },
): Promise<void> {
  await sql.query(
    `insert into access.credential
       (id, kind, hash, prefix, name, principal, tenant, created_at, expires_at, request_key)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      c.id,
      c.kind,
      c.hash,
      c.prefix,
      c.name,
      JSON.stringify(c.principal),
      c.tenant,
      new Date(c.createdAtMs),
      c.expiresAtMs === null ? null : new Date(c.expiresAtMs),
      c.requestKey,
    ],
  );
}

export async function credentialByHash(
  sql: Sql,
  hash: Uint8Array,
): Promise<(CredentialRow & { request_key: Uint8Array | null }) | undefined> {
  const { rows } = await sql.query<CredentialRow & { request_key: Uint8Array | null }>(
    `select ${credentialColumns}, request_key from access.credential where hash = $1`,
    [hash],
    'credential_by_hash',
  );
  return rows[0];
}

export async function readRevision(sql: Sql): Promise<bigint> {
  const { rows } = await sql.query<{ n: bigint }>('select n from access.revision', [], 'access_revision');
  return rows[0]?.n ?? 0n;
}

async function raiseRevision(sql: Sql): Promise<void> {
  await sql.query('update access.revision set n = n + 1');
}

export async function revokeCredential(
  sql: Sql,
  id: string,
  kind: PrincipalKind,
  atMs: number,
): Promise<boolean> {
  const { count } = await sql.query(
    'update access.credential set revoked_at = $3 where id = $1 and kind = $2 and revoked_at is null',
    [id, kind, new Date(atMs)],
  );
  await raiseRevision(sql);
  return count > 0;
}

export async function revokeTenant(
  sql: Sql,
  tenant: string,
  kind: PrincipalKind,
  atMs: number,
): Promise<void> {
  await sql.query(
    'update access.credential set revoked_at = $3 where tenant = $1 and kind = $2 and revoked_at is null',
    [tenant, kind, new Date(atMs)],
  );
  await raiseRevision(sql);
}

export async function amendPrincipals(
  sql: Sql,
  tenants: readonly string[],
  kind: PrincipalKind,
  change: Record<string, unknown>,
): Promise<void> {
  await sql.query(
    `update access.credential set principal = principal || $3::jsonb
     where tenant = any($1::uuid[]) and kind = $2 and revoked_at is null`,
    [[...tenants], kind, JSON.stringify(change)],
  );
  await raiseRevision(sql);
}

export async function credentialsOf(
  sql: Sql,
  kind: PrincipalKind,
  tenant: string | null,
): Promise<CredentialRow[]> {
  const { rows } = await sql.query<CredentialRow>(
    `select ${credentialColumns} from access.credential
     where kind = $1 and ($2::uuid is null or tenant = $2) order by created_at desc limit 200`,
    [kind, tenant],
  );
  return rows;
}

export async function credentialById(sql: Sql, id: string): Promise<CredentialRow | undefined> {
  const { rows } = await sql.query<CredentialRow>(
    `select ${credentialColumns} from access.credential where id = $1`,
    [id],
  );
  return rows[0];
}

export interface OperatorRow {
  id: string;
  username: string;
  name: string;
  role: ConsoleRole;
  tenant: { kind: 'bank' | 'merchant'; id: string; name: string } | null;
  password: string;
}

export async function insertOperator(sql: Sql, o: OperatorRow, atMs: number): Promise<void> {
  await sql.query(
    `insert into access.operator (id, username, name, role, tenant, password, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      o.id,
      o.username,
      o.name,
      o.role,
      o.tenant === null ? null : JSON.stringify(o.tenant),
      o.password,
      new Date(atMs),
    ],
  );
}

export async function operatorByUsername(sql: Sql, username: string): Promise<OperatorRow | undefined> {
  const { rows } = await sql.query<OperatorRow>(
    'select id, username, name, role, tenant, password from access.operator where username = $1',
    [username],
  );
  return rows[0];
}

export interface CodeRow {
  code_hash: Uint8Array;
  expires_at: Date;
  tries: number;
  sent_at: Date;
}

export async function lockCode(sql: Sql, mobileHash: Uint8Array): Promise<CodeRow | undefined> {
  const { rows } = await sql.query<CodeRow>(
    'select code_hash, expires_at, tries, sent_at from access.one_time_code where mobile_hash = $1 for update',
    [mobileHash],
  );
  return rows[0];
}

export async function putCode(
  sql: Sql,
  c: { mobileHash: Uint8Array; codeHash: Uint8Array; expiresAtMs: number; sentAtMs: number },
): Promise<void> {
  await sql.query(
    `insert into access.one_time_code (mobile_hash, code_hash, expires_at, tries, sent_at)
     values ($1, $2, $3, 0, $4)
     on conflict (mobile_hash) do update
       set code_hash = excluded.code_hash, expires_at = excluded.expires_at, tries = 0, sent_at = excluded.sent_at`,
    [c.mobileHash, c.codeHash, new Date(c.expiresAtMs), new Date(c.sentAtMs)],
  );
}

export async function countCodeTry(sql: Sql, mobileHash: Uint8Array): Promise<void> {
  await sql.query('update access.one_time_code set tries = tries + 1 where mobile_hash = $1', [mobileHash]);
}

export async function dropCode(sql: Sql, mobileHash: Uint8Array): Promise<void> {
  await sql.query('delete from access.one_time_code where mobile_hash = $1', [mobileHash]);
}

/** Makes sure the row is there and locks it. */
export async function lockTries(
  sql: Sql,
  subject: string,
): Promise<{ tries: number; locked_until: Date | null }> {
  await sql.query('insert into access.wrong_try (subject, tries) values ($1, 0) on conflict do nothing', [
    subject,
  ]);
  const { rows } = await sql.query<{ tries: number; locked_until: Date | null }>(
    'select tries, locked_until from access.wrong_try where subject = $1 for update',
    [subject],
  );
  return rows[0] ?? { tries: 0, locked_until: null };
}

export async function setTries(
  sql: Sql,
  subject: string,
  tries: number,
  lockedUntilMs: number | null,
): Promise<void> {
  await sql.query('update access.wrong_try set tries = $2, locked_until = $3 where subject = $1', [
    subject,
    tries,
    lockedUntilMs === null ? null : new Date(lockedUntilMs),
  ]);
}

/** Stores used nonces (32 hexadecimal digits); gives those that were not used before, in the same form. */
export async function useNonces(sql: Sql, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql.query<{ id: string }>(
    `insert into access.used_nonce (id) select u.id from unnest($1::uuid[]) as u (id) order by u.id
     on conflict do nothing returning id`,
    [[...ids]],
    'use_nonces',
  );
  return new Set(rows.map((r) => r.id.replaceAll('-', '')));
}

export async function forgetNonces(sql: Sql, before: string, limit: number): Promise<number> {
  const { count } = await sql.query(
    `delete from access.used_nonce where id in
       (select id from access.used_nonce where id < $1::uuid order by id limit $2)`,
    [before, limit],
  );
  return count;
}
