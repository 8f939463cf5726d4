import type { Db } from '@feiqian/db';
import { bankChecks, type Check, ledgerChecks, paymentChecks } from './checks.ts';

/** A row that breaks an invariant. */
export interface Difference {
  check: string;
  title: string;
  what: string;
  found: string;
}

export interface AuditResult {
  checks: number;
  differences: Difference[];
}

/** Rows shown of one check at the most. */
const shownMax = 5;

/**
 * Proves the books from rows alone: every ledger in the database (the network's and each reference bank's),
 * payments, refunds, reversals and events. Reads only. `stopAtFirst` ends with the first difference.
 */
export async function audit(
  db: Db,
  onCheck: (c: Check, ok: boolean) => void,
  stopAtFirst: boolean,
): Promise<AuditResult> {
  const schemas = await ledgerSchemas(db);
  const checks = [
    ...schemas.flatMap(ledgerChecks),
    ...(schemas.includes('ledger') ? paymentChecks : []),
    ...schemas.flatMap((s) => banksOf(s)),
  ];
  const differences: Difference[] = [];
  for (const check of checks) {
    const rows = await run(db, check);
    onCheck(check, rows.length === 0);
    for (const row of rows) differences.push({ check: check.id, title: check.title, ...row });
    if (stopAtFirst && differences.length > 0) break;
  }
  return { checks: checks.length, differences };
}

function banksOf(schema: string): Check[] {
  const code = /^bank_([a-z0-9]+)_ledger$/.exec(schema)?.[1];
  return code === undefined ? [] : bankChecks(`bank_${code}_authorisation`, code);
}

async function run(db: Db, check: Check): Promise<{ what: string; found: string }[]> {
  const { rows } = await db.query<{ what: string; found: string }>(
    `select q.what, q.found from (${check.sql}) q limit ${shownMax}`,
  );
  return rows;
}

async function ledgerSchemas(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `select table_schema as name from information_schema.tables
     where table_name = 'resolutions' and (table_schema = 'ledger' or table_schema like 'bank\\_%\\_ledger')
     order by table_schema desc`,
  );
  return rows.map((r) => r.name);
}
