import type { Sql } from '@feiqian/db';
import type { BankDiscovery, BoundCard, Person, WalletDevice } from './card.ts';
import type { DeviceState } from './freeze.ts';

/** The person of a mobile number; made when there is none. */
export async function putPerson(
  sql: Sql,
  p: {
    id: string;
    mobileHash: Uint8Array;
    mobileSealed: Uint8Array;
    mobileMasked: string;
    name: string | null;
  },
  atMs: number,
): Promise<Person> {
  const { rows } = await sql.query<PersonRow>(
    `insert into wallets.person (id, mobile_hash, mobile_sealed, mobile_masked, name, created_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (mobile_hash) do update set name = coalesce(wallets.person.name, excluded.name)
     returning id, mobile_masked, name, free_max`,
    [p.id, p.mobileHash, p.mobileSealed, p.mobileMasked, p.name, new Date(atMs)],
  );
  return toPerson(rows[0] as PersonRow);
}

interface PersonRow {
  id: string;
  mobile_masked: string;
  name: string | null;
  free_max: bigint | null;
}
const toPerson = (r: PersonRow): Person => ({
  id: r.id,
  mobileMasked: r.mobile_masked,
  name: r.name,
  freeMax: r.free_max,
});

const personColumns = 'id, mobile_masked, name, free_max';

export async function setFreeMax(sql: Sql, userId: string, amount: bigint | null): Promise<void> {
  await sql.query('update wallets.person set free_max = $2 where id = $1', [userId, amount]);
}

/** What others may see of people. */
export async function peopleByIds(sql: Sql, ids: readonly string[]): Promise<Person[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql.query<PersonRow>(
    `select ${personColumns} from wallets.person where id = any($1::uuid[])`,
    [ids],
  );
  return rows.map(toPerson);
}

export async function personById(
  sql: Sql,
  id: string,
): Promise<(Person & { mobileSealed: Uint8Array }) | undefined> {
  const { rows } = await sql.query<PersonRow & { mobile_sealed: Uint8Array }>(
    'select id, mobile_masked, name, free_max, mobile_sealed from wallets.person where id = $1',
    [id],
  );
  return rows[0] && { ...toPerson(rows[0]), mobileSealed: rows[0].mobile_sealed };
}

/** False when the handle is taken. */
export async function insertDevice(
  sql: Sql,
  d: {
    id: string;
    userId: string;
    name: string;
    handle: string;
    secret: Uint8Array;
    signingKey: string | null;
    state: DeviceState;
  },
  atMs: number,
): Promise<boolean> {
  const { count } = await sql.query(
    `insert into wallets.device (id, user_id, name, handle, secret, created_at, last_used_at, signing_key, state)
     values ($1, $2, $3, $4, $5, $6, $6, $7, $8) on conflict (handle) do nothing`,
    [d.id, d.userId, d.name, d.handle, d.secret, new Date(atMs), d.signingKey, d.state],
  );
  return count === 1;
}

interface DeviceRow {
  id: string;
  user_id: string;
  name: string;
  handle: string;
  state: DeviceState;
  created_at: Date;
  last_used_at: Date;
}
const toDevice = (r: DeviceRow): WalletDevice => ({
  id: r.id,
  userId: r.user_id,
  name: r.name,
  handle: r.handle,
  state: r.state,
  createdAtMs: r.created_at.getTime(),
  lastUsedAtMs: r.last_used_at.getTime(),
});
const deviceColumns = 'id, user_id, name, handle, state, created_at, last_used_at';

export async function devicesOf(sql: Sql, userId: string): Promise<WalletDevice[]> {
  const { rows } = await sql.query<DeviceRow>(
    `select ${deviceColumns} from wallets.device where user_id = $1 and removed_at is null order by created_at`,
    [userId],
  );
  return rows.map(toDevice);
}

export async function deviceByHandle(
  sql: Sql,
  handle: string,
): Promise<{ id: string; userId: string; secret: Uint8Array; freeMax: bigint | null } | undefined> {
  const { rows } = await sql.query<{
    id: string;
    user_id: string;
    secret: Uint8Array;
    free_max: bigint | null;
  }>(
    `select d.id, d.user_id, d.secret, p.free_max from wallets.device d join wallets.person p on p.id = d.user_id
     where d.handle = $1 and d.removed_at is null and d.state = 'active'`,
    [handle],
    'device_by_handle',
  );
  const r = rows[0];
  return r && { id: r.id, userId: r.user_id, secret: r.secret, freeMax: r.free_max };
}

export async function touchDevice(sql: Sql, id: string, atMs: number): Promise<void> {
  await sql.query('update wallets.device set last_used_at = $2 where id = $1', [id, new Date(atMs)]);
}

export async function removeDevice(sql: Sql, userId: string, id: string, atMs: number): Promise<boolean> {
  const { count } = await sql.query(
    'update wallets.device set removed_at = $3 where id = $2 and user_id = $1 and removed_at is null',
    [userId, id, new Date(atMs)],
  );
  await sql.query(
    'update wallets.card set unbound_at = $3 where device_id = $2 and user_id = $1 and unbound_at is null',
    [userId, id, new Date(atMs)],
  );
  return count === 1;
}

export async function insertDiscovery(
  sql: Sql,
  d: { id: string; userId: string; deviceId: string; banks: readonly BankDiscovery[]; expiresAtMs: number },
): Promise<void> {
  await sql.query(
    'insert into wallets.discovery (id, user_id, device_id, banks, expires_at) values ($1, $2, $3, $4, $5)',
    [d.id, d.userId, d.deviceId, JSON.stringify(d.banks), new Date(d.expiresAtMs)],
  );
}

export async function discoveryOf(
  sql: Sql,
  id: string,
  deviceId: string,
): Promise<{ banks: BankDiscovery[]; expiresAtMs: number } | undefined> {
  const { rows } = await sql.query<{ banks: BankDiscovery[]; expires_at: Date }>(
    'select banks, expires_at from wallets.discovery where id = $1 and device_id = $2',
    [id, deviceId],
  );
  return rows[0] && { banks: rows[0].banks, expiresAtMs: rows[0].expires_at.getTime() };
}

interface CardRow {
  id: string;
  user_id: string;
  device_id: string;
  member_id: string;
  kind: 'debit' | 'credit';
  product: string;
  product_en: string;
  last4: string;
  slot: number;
  is_default: boolean;
  consent_id: string;
  bank_ref: string;
  bound_at: Date;
}
const toCard = (r: CardRow): BoundCard => ({
  id: r.id,
  userId: r.user_id,
  deviceId: r.device_id,
  memberId: r.member_id,
  kind: r.kind,
  product: r.product,
  productEn: r.product_en,
  last4: r.last4,
  slot: r.slot,
  isDefault: r.is_default,
  consentId: r.consent_id,
  bankRef: r.bank_ref,
  boundAtMs: r.bound_at.getTime(),
});
const cardColumns =
  'id, user_id, device_id, member_id, kind, product, product_en, last4, slot, is_default, consent_id, bank_ref, bound_at';

export async function cardsOf(sql: Sql, deviceId: string): Promise<BoundCard[]> {
  const { rows } = await sql.query<CardRow>(
    `select ${cardColumns} from wallets.card where device_id = $1 and unbound_at is null
     order by is_default desc, slot`,
    [deviceId],
  );
  return rows.map(toCard);
}

/** Locks a device, so that binding on it is one at a time and slots and the default stay exact; false when it was removed or holds still. */
export async function lockDevice(sql: Sql, deviceId: string): Promise<boolean> {
  const { rows } = await sql.query(
    "select 1 from wallets.device where id = $1 and removed_at is null and state = 'active' for update",
    [deviceId],
  );
  return rows.length === 1;
}

export async function insertCard(sql: Sql, c: BoundCard): Promise<void> {
  await sql.query(
    `insert into wallets.card (${cardColumns})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      c.id,
      c.userId,
      c.deviceId,
      c.memberId,
      c.kind,
      c.product,
      c.productEn,
      c.last4,
      c.slot,
      c.isDefault,
      c.consentId,
      c.bankRef,
      new Date(c.boundAtMs),
    ],
  );
}

export async function unbindCard(sql: Sql, deviceId: string, id: string, atMs: number): Promise<boolean> {
  const { count } = await sql.query(
    `update wallets.card set unbound_at = $3, is_default = false
     where id = $2 and device_id = $1 and unbound_at is null`,
    [deviceId, id, new Date(atMs)],
  );
  return count === 1;
}

/** Makes one card the default; `id` null picks the lowest slot that is left. */
export async function setDefault(sql: Sql, deviceId: string, id: string | null): Promise<boolean> {
  await sql.query(
    'update wallets.card set is_default = false where device_id = $1 and is_default and unbound_at is null',
    [deviceId],
  );
  const { count } = await sql.query(
    `update wallets.card set is_default = true where id =
       (select id from wallets.card where device_id = $1 and unbound_at is null and ($2::uuid is null or id = $2)
        order by slot limit 1)`,
    [deviceId, id],
  );
  return count === 1;
}

/** Marks codes as used; gives those that were not used before, as `device step slot`. */
export async function insertUsedCodes(
  sql: Sql,
  codes: readonly { deviceId: string; step: number; slot: number; paymentId: string }[],
): Promise<Set<string>> {
  const { rows } = await sql.query<{ device_id: string; step: bigint; slot: number; payment_id: string }>(
    `insert into wallets.used_pay_code (device_id, step, slot, payment_id)
     select u.device_id, u.step, u.slot, u.payment_id
     from unnest($1::uuid[], $2::bigint[], $3::int[], $4::uuid[]) as u (device_id, step, slot, payment_id)
     order by u.device_id, u.step, u.slot
     on conflict do nothing returning device_id, step, slot, payment_id`,
    [
      codes.map((c) => c.deviceId),
      codes.map((c) => c.step),
      codes.map((c) => c.slot),
      codes.map((c) => c.paymentId),
    ],
    'use_pay_codes',
  );
  return new Set(rows.map((r) => `${r.device_id} ${r.step} ${r.slot} ${r.payment_id}`));
}

export async function forgetUsedCodes(sql: Sql, beforeStep: number): Promise<number> {
  const { count } = await sql.query('delete from wallets.used_pay_code where step < $1', [beforeStep]);
  return count;
}
