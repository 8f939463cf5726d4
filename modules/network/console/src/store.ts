import type { Migrations, Sql, Tx } from '@feiqian/db';
import audit from '../migrations/0001_audit.sql';

/** The schema `console`: what the continuous audit found. */
export const consoleMigrations: Migrations = {
  schema: 'console',
  scripts: [{ name: '0001_audit', sql: audit }],
};

/** A row that breaks an invariant: which one, and how. */
export interface AuditExample {
  what: string;
  found: string;
}

/** What one check found at one look. */
export interface CheckFound {
  id: string;
  name: string;
  of: string;
  title: { en: string; zh: string };
  subject: string;
  rows: number;
  findings: number;
  examples: AuditExample[];
}

/** A check as the last look left it. */
export interface StoredCheck extends CheckFound {
  lookedAtMs: number;
  lastFindingAtMs: number | null;
}

/** One look at the books. */
export interface StoredLook {
  atMs: number;
  ms: number;
  payments: number;
  checks: number;
  findings: number;
}

/** Takes an interval for this process; false when another one has it. */
export async function takeSlot(sql: Sql, slot: number, nowMs: number): Promise<boolean> {
  const { count } = await sql.query(
    'insert into console.audit_look (slot, taken_at) values ($1, $2) on conflict do nothing',
    [slot, new Date(nowMs)],
  );
  return count === 1;
}

export async function recordLook(tx: Tx, slot: number, look: StoredLook): Promise<void> {
  await tx.query(
    `update console.audit_look set finished_at = $2, ms = $3, payments = $4, checks = $5, findings = $6
     where slot = $1`,
    [slot, new Date(look.atMs), look.ms, look.payments, look.checks, look.findings],
  );
}

/** Puts what each check found in the place of what it found before; rows looked at add up. */
export async function recordChecks(tx: Tx, found: readonly CheckFound[], nowMs: number): Promise<void> {
  const now = new Date(nowMs).toISOString();
  await tx.query(
    `insert into console.audit_check (name, invariant, of, subject, title, title_zh, looked_at, rows_looked, findings,
       examples, last_finding_at)
     select u.name, u.invariant, u.of, u.subject, u.title, u.title_zh, $8, u.rows_looked, u.findings, u.examples,
       case when u.findings > 0 then $8::timestamptz end
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $9::int[],
       $10::jsonb[]) as u (name, invariant, of, subject, title, title_zh, rows_looked, findings, examples)
     order by u.name
     on conflict (name) do update set invariant = excluded.invariant, subject = excluded.subject,
       title = excluded.title, title_zh = excluded.title_zh, looked_at = excluded.looked_at,
       rows_looked = audit_check.rows_looked + excluded.rows_looked, findings = excluded.findings,
       examples = excluded.examples, last_finding_at = coalesce(excluded.last_finding_at, audit_check.last_finding_at)`,
    [
      found.map((f) => `${f.of}.${f.name}`),
      found.map((f) => f.id),
      found.map((f) => f.of),
      found.map((f) => f.subject),
      found.map((f) => f.title.en),
      found.map((f) => f.title.zh),
      found.map((f) => f.rows),
      now,
      found.map((f) => f.findings),
      found.map((f) => JSON.stringify(f.examples)),
    ],
  );
}

/** Forgets looks that found nothing before the one slot, and all before the other. */
export async function forgetLooks(sql: Sql, beforeSlot: number, findingsBeforeSlot: number): Promise<void> {
  await sql.query(
    `delete from console.audit_look where slot < $1 and (coalesce(findings, 0) = 0 or slot < $2)`,
    [beforeSlot, findingsBeforeSlot],
  );
}

interface LookRow {
  finished_at: Date;
  ms: number;
  payments: number;
  checks: number;
  findings: number;
}

/** The newest look that was finished. */
export async function lastLook(sql: Sql): Promise<StoredLook | null> {
  const { rows } = await sql.query<LookRow>(
    `select finished_at, ms, payments, checks, findings from console.audit_look
     where finished_at is not null order by slot desc limit 1`,
  );
  const [r] = rows;
  if (r === undefined) return null;
  const { ms, payments, checks, findings } = r;
  return { atMs: r.finished_at.getTime(), ms, payments, checks, findings };
}

/** The looks that were finished since a slot: how many, over how many payments, how many of them found something. */
export async function countLooks(
  sql: Sql,
  fromSlot: number,
): Promise<{ looks: number; payments: number; withFindings: number }> {
  const { rows } = await sql.query<{ looks: bigint; payments: bigint; with_findings: bigint }>(
    `select count(*) as looks, coalesce(sum(payments), 0)::bigint as payments,
       count(*) filter (where findings > 0) as with_findings
     from console.audit_look where slot >= $1 and finished_at is not null`,
    [fromSlot],
  );
  const [r] = rows;
  return {
    looks: Number(r?.looks ?? 0),
    payments: Number(r?.payments ?? 0),
    withFindings: Number(r?.with_findings ?? 0),
  };
}

interface CheckRow {
  name: string;
  invariant: string;
  of: string;
  subject: string;
  title: string;
  title_zh: string;
  looked_at: Date;
  rows_looked: bigint;
  findings: number;
  examples: AuditExample[];
  last_finding_at: Date | null;
}

/** Every check that took part in a look since an instant. */
export async function checksSince(sql: Sql, sinceMs: number): Promise<StoredCheck[]> {
  const { rows } = await sql.query<CheckRow>(
    `select name, invariant, of, subject, title, title_zh, looked_at, rows_looked, findings, examples, last_finding_at
     from console.audit_check where looked_at >= $1 order by invariant, name`,
    [new Date(sinceMs)],
  );
  return rows.map((r) => ({
    id: r.invariant,
    name: r.name,
    of: r.of,
    title: { en: r.title, zh: r.title_zh },
    subject: r.subject,
    rows: Number(r.rows_looked),
    findings: r.findings,
    examples: r.examples,
    lookedAtMs: r.looked_at.getTime(),
    lastFindingAtMs: r.last_finding_at?.getTime() ?? null,
  }));
}
