import type { Sql } from '@feiqian/db';
import type { Token, TokenStatus } from './token.ts';

export interface DataKeyRow {
  id: number;
  wrapped: Uint8Array;
  current: boolean;
}

export async function dataKeys(sql: Sql): Promise<DataKeyRow[]> {
  const { rows } = await sql.query<DataKeyRow>(
    'select id, wrapped, current from tokens.data_key order by id',
  );
  return rows;
}

/** Serialises changes of the data keys. */
export async function lockDataKeys(sql: Sql): Promise<void> {
  await sql.query('lock table tokens.data_key in share row exclusive mode');
}

export async function insertDataKey(sql: Sql, id: number, wrapped: Uint8Array, atMs: number): Promise<void> {
  await sql.query('update tokens.data_key set current = false where current');
  await sql.query(
    'insert into tokens.data_key (id, wrapped, current, created_at) values ($1, $2, true, $3)',
    [id, wrapped, new Date(atMs)],
  );
}

export async function setWrapped(sql: Sql, id: number, wrapped: Uint8Array): Promise<void> {
  await sql.query('update tokens.data_key set wrapped = $2 where id = $1', [id, wrapped]);
}

/** Stores a card once; gives the id of the row that stands. */
export async function putPan(
  sql: Sql,
  p: { id: string; lookup: Uint8Array; sealed: Uint8Array; dataKey: number; expiry: string; last4: string },
  atMs: number,
): Promise<string> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into tokens.pan (id, lookup, sealed, data_key, expiry, last4, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (lookup) do update set expiry = excluded.expiry
     returning id`,
    [p.id, p.lookup, p.sealed, p.dataKey, p.expiry, p.last4, new Date(atMs)],
  );
  return (rows[0] as { id: string }).id;
}

/** Stores a number unless it is there already. */
export async function insertPan(
  sql: Sql,
  p: { id: string; lookup: Uint8Array; sealed: Uint8Array; dataKey: number; expiry: string; last4: string },
  atMs: number,
): Promise<void> {
  await sql.query(
    `insert into tokens.pan (id, lookup, sealed, data_key, expiry, last4, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (lookup) do nothing`,
    [p.id, p.lookup, p.sealed, p.dataKey, p.expiry, p.last4, new Date(atMs)],
  );
}

/** The row of a number, or null. */
export async function panByLookup(sql: Sql, lookup: Uint8Array): Promise<string | null> {
  const { rows } = await sql.query<{ id: string }>('select id from tokens.pan where lookup = $1', [lookup]);
  return rows[0]?.id ?? null;
}

/** Sealed numbers by their rows. */
export async function sealedPans(
  sql: Sql,
  ids: readonly string[],
): Promise<{ id: string; sealed: Uint8Array; data_key: number }[]> {
  const { rows } = await sql.query<{ id: string; sealed: Uint8Array; data_key: number }>(
    'select id, sealed, data_key from tokens.pan where id = any($1::uuid[])',
    [ids],
    'sealed_pans',
  );
  return rows;
}

/** False when the device holds a token of this card already. */
export async function insertToken(
  sql: Sql,
  t: Token & { number: string; panId: string },
  atMs: number,
): Promise<boolean> {
  const { count } = await sql.query(
    `insert into tokens.token (id, number, pan_id, user_id, device_id, issuer_id, kind, last4, status, created_at, status_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
     on conflict (device_id, pan_id) where status <> 'deleted' do nothing`,
    [t.id, t.number, t.panId, t.userId, t.deviceId, t.issuerId, t.kind, t.last4, t.status, new Date(atMs)],
  );
  return count === 1;
}

export interface TokenCardRow {
  id: string;
  user_id: string;
  device_id: string;
  issuer_id: string;
  kind: 'debit' | 'credit';
  last4: string;
  status: TokenStatus;
  pan_id: string;
  sealed: Uint8Array;
  data_key: number;
  expiry: string;
}

/** Tokens with their sealed cards. */
export async function tokenCards(sql: Sql, ids: readonly string[]): Promise<TokenCardRow[]> {
  const { rows } = await sql.query<TokenCardRow>(
    `select t.id, t.user_id, t.device_id, t.issuer_id, t.kind, t.last4, t.status,
            p.id as pan_id, p.sealed, p.data_key, p.expiry
     from tokens.token t join tokens.pan p on p.id = t.pan_id where t.id = any($1::uuid[])`,
    [ids],
    'token_cards',
  );
  return rows;
}

export async function setStatus(
  sql: Sql,
  by: { tokenId: string } | { deviceId: string },
  status: TokenStatus,
  atMs: number,
): Promise<number> {
  const column = 'tokenId' in by ? 'id' : 'device_id';
  const value = 'tokenId' in by ? by.tokenId : by.deviceId;
  const { count } = await sql.query(
    `update tokens.token set status = $2, status_at = $3 where ${column} = $1 and status <> 'deleted'`,
    [value, status, new Date(atMs)],
  );
  return count;
}

/** Cards that are still sealed under another data key than the current one, locked, a few at a time. */
export async function staleCards(
  sql: Sql,
  current: number,
  limit: number,
): Promise<{ id: string; sealed: Uint8Array; data_key: number }[]> {
  const { rows } = await sql.query<{ id: string; sealed: Uint8Array; data_key: number }>(
    `select id, sealed, data_key from tokens.pan where data_key <> $1 order by id limit $2
     for update skip locked`,
    [current, limit],
  );
  return rows;
}

export async function reseal(sql: Sql, id: string, sealed: Uint8Array, dataKey: number): Promise<void> {
  await sql.query('update tokens.pan set sealed = $2, data_key = $3 where id = $1', [id, sealed, dataKey]);
}
