import type { Sql, Tx } from '@feiqian/db';
import {
  type BankApiSettings,
  completeLink,
  type LinkInput,
  type Member,
  type MemberStatus,
} from './member.ts';
import type { BinRange, ProductKind } from './routing.ts';

interface MemberRow {
  id: string;
  code: string;
  institution: string;
  name: string;
  name_en: string;
  colour: string;
  issuer: boolean;
  acquirer: boolean;
  status: MemberStatus;
  link: LinkInput | null;
  bank_api: BankApiSettings | null;
}

const memberColumns =
  'id, code, institution, name, name_en, colour, issuer, acquirer, status, link, bank_api';

function toMember(r: MemberRow): Member {
  return {
    id: r.id,
    code: r.code,
    institution: r.institution,
    name: r.name,
    nameEn: r.name_en,
    colour: r.colour,
    roles: [...(r.issuer ? (['issuer'] as const) : []), ...(r.acquirer ? (['acquirer'] as const) : [])],
    status: r.status,
    // What was stored before a setting existed takes its default.
    link: r.link && completeLink(r.link),
    bankApi: r.bank_api,
  };
}

/** Text of a stored instant. */
function at(ms: number): string {
  return new Date(ms).toISOString();
}

function json(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

export async function selectRevision(sql: Sql): Promise<bigint> {
  const { rows } = await sql.query<{ revision: bigint }>(
    'select revision from members.revision where one',
    [],
    'members_revision',
  );
  return (rows[0] as { revision: bigint }).revision;
}

/** Raises the revision; also the lock that lets only one change of members run at a time. */
export async function raiseRevision(tx: Tx): Promise<void> {
  await tx.query('update members.revision set revision = revision + 1 where one');
}

export async function selectMembers(sql: Sql): Promise<Member[]> {
  const { rows } = await sql.query<MemberRow>(`select ${memberColumns} from members.member order by code`);
  return rows.map(toMember);
}

/** False when the code or the institution number is taken. */
export async function insertMember(tx: Tx, m: Member, nowMs: number): Promise<boolean> {
  const { rows } = await tx.query(
    `insert into members.member (id, code, institution, name, name_en, colour, issuer, acquirer, status,
       link, bank_api, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb, $12, $12)
     on conflict do nothing returning id`,
    [
      m.id,
      m.code,
      m.institution,
      m.name,
      m.nameEn,
      m.colour,
      m.roles.includes('issuer'),
      m.roles.includes('acquirer'),
      m.status,
      json(m.link),
      json(m.bankApi),
      at(nowMs),
    ],
  );
  return rows.length > 0;
}

export async function updateMember(tx: Tx, m: Member, nowMs: number): Promise<void> {
  await tx.query(
    `update members.member set name = $2, name_en = $3, colour = $4, status = $5, link = $6::jsonb,
       bank_api = $7::jsonb, updated_at = $8
     where id = $1`,
    [m.id, m.name, m.nameEn, m.colour, m.status, json(m.link), json(m.bankApi), at(nowMs)],
  );
}

export async function lockMember(tx: Tx, id: string): Promise<Member | null> {
  const { rows } = await tx.query<MemberRow>(
    `select ${memberColumns} from members.member where id = $1 for update`,
    [id],
  );
  return rows[0] ? toMember(rows[0]) : null;
}

export async function selectRanges(sql: Sql): Promise<BinRange[]> {
  const { rows } = await sql.query<{
    id: string;
    member_id: string;
    range_low: string;
    range_high: string;
    product: ProductKind;
  }>('select id, member_id, range_low, range_high, product from members.bin_range order by range_low, id');
  return rows.map((r) => ({
    id: r.id,
    memberId: r.member_id,
    low: r.range_low,
    high: r.range_high,
    product: r.product,
  }));
}

export async function insertRange(tx: Tx, r: BinRange, nowMs: number): Promise<void> {
  await tx.query(
    `insert into members.bin_range (id, member_id, range_low, range_high, product, created_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [r.id, r.memberId, r.low, r.high, r.product, at(nowMs)],
  );
}

export async function deleteRange(tx: Tx, id: string): Promise<boolean> {
  const { rows } = await tx.query('delete from members.bin_range where id = $1 returning id', [id]);
  return rows.length > 0;
}

/** The account of a member's position in one currency. */
export interface Position {
  memberId: string;
  currency: string;
  accountId: string;
}

export async function selectPositions(sql: Sql): Promise<Position[]> {
  const { rows } = await sql.query<{ member_id: string; currency: string; account_id: string }>(
    'select member_id, currency, account_id from members.position order by member_id, currency',
  );
  return rows.map((r) => ({ memberId: r.member_id, currency: r.currency, accountId: r.account_id }));
}

/** False when the position is there already. */
export async function insertPosition(tx: Tx, p: Position, nowMs: number): Promise<boolean> {
  const { rows } = await tx.query(
    `insert into members.position (member_id, currency, account_id, created_at) values ($1, $2, $3, $4)
     on conflict (member_id, currency) do nothing returning account_id`,
    [p.memberId, p.currency, p.accountId, at(nowMs)],
  );
  return rows.length > 0;
}

/** Names of a member's secrets. */
export type SecretName = 'zone_key' | 'mac_key' | 'bank_api_key' | 'tls_key' | 'notice_secret';

export async function selectSecret(
  sql: Sql,
  memberId: string,
  name: SecretName,
): Promise<{ version: number; sealed: Uint8Array } | null> {
  const { rows } = await sql.query<{ version: number; sealed: Uint8Array }>(
    'select version, sealed from members.secret where member_id = $1 and name = $2',
    [memberId, name],
  );
  return rows[0] ?? null;
}

/**
 * Stores a secret as version `expected + 1`. False when the stored version is not `expected` (0 for none):
 * somebody else was quicker.
 */
export async function putSecret(
  tx: Tx,
  memberId: string,
  name: SecretName,
  sealed: Uint8Array,
  expected: number,
  nowMs: number,
): Promise<boolean> {
  const { rows } =
    expected === 0
      ? await tx.query(
          `insert into members.secret (member_id, name, version, sealed, updated_at) values ($1, $2, 1, $3, $4)
           on conflict (member_id, name) do nothing returning version`,
          [memberId, name, sealed, at(nowMs)],
        )
      : await tx.query(
          `update members.secret set sealed = $3, version = version + 1, updated_at = $4
           where member_id = $1 and name = $2 and version = $5 returning version`,
          [memberId, name, sealed, at(nowMs), expected],
        );
  return rows.length > 0;
}
