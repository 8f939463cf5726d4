import type { Sql } from '@feiqian/db';
import type { Merchant, MerchantStatus, Staff, Store } from './merchant.ts';

interface MerchantRow {
  id: string;
  name: string;
  name_en: string;
  mcc: string;
  city: string;
  code: string;
  status: MerchantStatus;
  currency: string;
  payable_account: string;
  settlement_tail: string;
}
const merchantColumns =
  'm.id, m.name, m.name_en, m.mcc, m.city, m.code, m.status, m.currency, m.payable_account, m.settlement_tail';

const toMerchant = (r: MerchantRow): Merchant => ({
  id: r.id,
  name: r.name,
  nameEn: r.name_en,
  mcc: r.mcc,
  city: r.city,
  code: r.code,
  status: r.status,
  currency: r.currency,
  payableAccount: r.payable_account,
  settlementTail: r.settlement_tail,
});

export async function insertMerchant(
  sql: Sql,
  m: Merchant & { licence: string; settlementAccount: Uint8Array },
  atMs: number,
): Promise<void> {
  await sql.query(
    `insert into merchants.merchant (id, name, name_en, mcc, city, licence, settlement_account, settlement_tail,
       code, status, currency, payable_account, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      m.id,
      m.name,
      m.nameEn,
      m.mcc,
      m.city,
      m.licence,
      m.settlementAccount,
      m.settlementTail,
      m.code,
      m.status,
      m.currency,
      m.payableAccount,
      new Date(atMs),
    ],
  );
}

/** Serialises the numbering of merchants and tills. */
export async function lockNumbering(sql: Sql): Promise<{ merchants: number; staff: number }> {
  await sql.query('lock table merchants.merchant in share row exclusive mode');
  const { rows } = await sql.query<{ merchants: bigint; staff: bigint }>(
    'select (select count(*) from merchants.merchant) as merchants, (select count(*) from merchants.staff) as staff',
  );
  return { merchants: Number(rows[0]?.merchants ?? 0n), staff: Number(rows[0]?.staff ?? 0n) };
}

export async function insertStore(sql: Sql, s: Store, atMs: number): Promise<void> {
  await sql.query('insert into merchants.store (id, merchant_id, name, created_at) values ($1, $2, $3, $4)', [
    s.id,
    s.merchantId,
    s.name,
    new Date(atMs),
  ]);
}

export async function insertStaff(sql: Sql, s: Staff & { pin: string }, atMs: number): Promise<void> {
  await sql.query(
    `insert into merchants.staff (id, merchant_id, store_id, number, name, role, pin, terminal, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [s.id, s.merchantId, s.storeId, s.number, s.name, s.role, s.pin, s.terminal, new Date(atMs)],
  );
}

interface StaffRow {
  id: string;
  merchant_id: string;
  store_id: string;
  number: string;
  name: string;
  role: 'cashier' | 'supervisor';
  terminal: string;
  pin: string;
  active: boolean;
}
const staffColumns = 'id, merchant_id, store_id, number, name, role, terminal, pin, active';
const toStaff = (r: StaffRow): Staff & { pin: string; active: boolean } => ({
  id: r.id,
  merchantId: r.merchant_id,
  storeId: r.store_id,
  number: r.number,
  name: r.name,
  role: r.role,
  terminal: r.terminal,
  pin: r.pin,
  active: r.active,
});

export async function staffByNumber(sql: Sql, number: string) {
  const { rows } = await sql.query<StaffRow>(
    `select ${staffColumns} from merchants.staff where number = $1`,
    [number],
  );
  return rows[0] && toStaff(rows[0]);
}

export async function staffOf(sql: Sql, merchantIds: readonly string[]) {
  const { rows } = await sql.query<StaffRow>(
    `select ${staffColumns} from merchants.staff where merchant_id = any($1::uuid[]) order by number`,
    [merchantIds],
  );
  return rows.map(toStaff);
}

export async function storesOf(sql: Sql, merchantIds: readonly string[]): Promise<Store[]> {
  const { rows } = await sql.query<{ id: string; merchant_id: string; name: string }>(
    'select id, merchant_id, name from merchants.store where merchant_id = any($1::uuid[]) order by id',
    [merchantIds],
  );
  return rows.map((r) => ({ id: r.id, merchantId: r.merchant_id, name: r.name }));
}

export async function tillByStore(
  sql: Sql,
  storeId: string,
): Promise<{ merchant: Merchant; store: Store } | undefined> {
  const { rows } = await sql.query<MerchantRow & { store_id: string; store_name: string }>(
    `select ${merchantColumns}, s.id as store_id, s.name as store_name
     from merchants.store s join merchants.merchant m on m.id = s.merchant_id where s.id = $1`,
    [storeId],
    'till_by_store',
  );
  const r = rows[0];
  return r && { merchant: toMerchant(r), store: { id: r.store_id, merchantId: r.id, name: r.store_name } };
}

/** Category codes (ISO 18245) of merchants, by their ids. */
export async function mccsOf(sql: Sql, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql.query<{ id: string; mcc: string }>(
    'select id, mcc from merchants.merchant where id = any($1::uuid[])',
    [ids],
    'merchants_mccs',
  );
  return new Map(rows.map((r) => [r.id, r.mcc]));
}

export async function merchantById(sql: Sql, id: string): Promise<Merchant | undefined> {
  const { rows } = await sql.query<MerchantRow>(
    `select ${merchantColumns} from merchants.merchant m where m.id = $1`,
    [id],
  );
  return rows[0] && toMerchant(rows[0]);
}

export async function readRevision(sql: Sql): Promise<bigint> {
  const { rows } = await sql.query<{ n: bigint }>(
    'select n from merchants.revision',
    [],
    'merchants_revision',
  );
  return rows[0]?.n ?? 0n;
}

export async function setStatus(sql: Sql, id: string, status: MerchantStatus): Promise<boolean> {
  const { count } = await sql.query('update merchants.merchant set status = $2 where id = $1', [id, status]);
  await sql.query('update merchants.revision set n = n + 1');
  return count === 1;
}

/** Merchants in order of their id, one page, optionally of one tenant. */
export async function listMerchants(
  sql: Sql,
  only: string | null,
  after: string | null,
  limit: number,
): Promise<Merchant[]> {
  const { rows } = await sql.query<MerchantRow>(
    `select ${merchantColumns} from merchants.merchant m
     where ($1::uuid is null or m.id = $1) and ($2::uuid is null or m.id > $2) order by m.id limit $3`,
    [only, after, limit],
  );
  return rows.map(toMerchant);
}
