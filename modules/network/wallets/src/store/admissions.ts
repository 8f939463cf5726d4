import type { Sql } from '@feiqian/db';
import type { Admission, AdmissionOutcome } from '../admission.ts';

interface AdmissionRow {
  device_id: string;
  user_id: string;
  number: string;
  asked_at: Date;
  expires_at: Date;
  outcome: AdmissionOutcome | null;
}
const toAdmission = (r: AdmissionRow): Admission => ({
  deviceId: r.device_id,
  userId: r.user_id,
  number: r.number,
  askedAtMs: r.asked_at.getTime(),
  expiresAtMs: r.expires_at.getTime(),
  outcome: r.outcome,
});
const columns = 'device_id, user_id, number, asked_at, expires_at, outcome';

/** True when a person has another device that can sign, and so can let one in. */
export async function hasDeviceThatSigns(sql: Sql, userId: string): Promise<boolean> {
  const { rows } = await sql.query(
    `select 1 from wallets.device
     where user_id = $1 and removed_at is null and signing_key is not null and state <> 'pending' limit 1`,
    [userId],
  );
  return rows.length > 0;
}

export async function insertAdmission(sql: Sql, a: Admission): Promise<void> {
  await sql.query(
    'insert into wallets.admission (device_id, user_id, number, asked_at, expires_at) values ($1, $2, $3, $4, $5)',
    [a.deviceId, a.userId, a.number, new Date(a.askedAtMs), new Date(a.expiresAtMs)],
  );
}

/** Open ones of a person, the oldest first, those that are over and not yet ended included. */
export async function openAdmissions(sql: Sql, userId: string): Promise<Admission[]> {
  const { rows } = await sql.query<AdmissionRow>(
    `select ${columns} from wallets.admission where user_id = $1 and outcome is null order by asked_at, device_id`,
    [userId],
  );
  return rows.map(toAdmission);
}

export async function admissionOf(sql: Sql, deviceId: string): Promise<Admission | undefined> {
  const { rows } = await sql.query<AdmissionRow>(
    `select ${columns} from wallets.admission where device_id = $1`,
    [deviceId],
  );
  return rows[0] && toAdmission(rows[0]);
}

export async function asksSince(sql: Sql, userId: string, sinceMs: number): Promise<number> {
  const { rows } = await sql.query<{ n: bigint }>(
    'select count(*) as n from wallets.admission where user_id = $1 and asked_at > $2',
    [userId, new Date(sinceMs)],
  );
  return Number(rows[0]?.n ?? 0n);
}

export async function endAdmission(
  sql: Sql,
  deviceId: string,
  end: { outcome: AdmissionOutcome; by: string | null; atMs: number },
): Promise<void> {
  await sql.query(
    `update wallets.admission set outcome = $2, decided_by = $3, decided_at = $4
     where device_id = $1 and outcome is null`,
    [deviceId, end.outcome, end.by, new Date(end.atMs)],
  );
}

/** Open ones that are over. */
export async function overdueAdmissions(sql: Sql, nowMs: number, limit: number): Promise<Admission[]> {
  const { rows } = await sql.query<AdmissionRow>(
    `select ${columns} from wallets.admission where outcome is null and expires_at <= $1
     order by expires_at limit $2`,
    [new Date(nowMs), limit],
  );
  return rows.map(toAdmission);
}

/** Of those that were decided long ago nothing is kept. */
export async function forgetAdmissions(sql: Sql, beforeMs: number): Promise<number> {
  const { count } = await sql.query(
    'delete from wallets.admission where outcome is not null and asked_at < $1',
    [new Date(beforeMs)],
  );
  return count;
}

/** Holds devices still since now, until each is verified anew by itself. */
export async function pauseDevices(sql: Sql, ids: readonly string[], atMs: number): Promise<void> {
  await sql.query(
    "update wallets.device set state = 'frozen', paused_at = coalesce(paused_at, $2) where id = any($1::uuid[])",
    [[...ids], new Date(atMs)],
  );
}
