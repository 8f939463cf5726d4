import type { Sql } from '@feiqian/db';
import { type AuditCheck, auditChecks, findingsOf } from './store/audit.ts';

export type LedgerProblemCode = AuditCheck;

/** Something in the books that cannot be. `expected` and `found` are for a person to read. */
export interface LedgerProblem {
  readonly code: LedgerProblemCode;
  readonly schema: string;
  readonly ledger: number | null;
  readonly accountId: string | null;
  readonly transferId: string | null;
  readonly expected: string;
  readonly found: string;
}

/**
 * Recomputes balances, limits, resolutions and time-outs from the transfers.
 * @param onProgress told after each check: checks done, checks in all, the check's code
 * @returns what is wrong, at most 100 per check; empty if the books are right
 */
export async function audit(
  schema: string,
  sql: Sql,
  onProgress?: (done: number, total: number, check: LedgerProblemCode) => void,
): Promise<LedgerProblem[]> {
  const checks = Object.keys(auditChecks) as AuditCheck[];
  const problems: LedgerProblem[] = [];
  for (const [index, code] of checks.entries()) {
    for (const finding of await findingsOf(sql, schema, code)) {
      problems.push({
        code,
        schema,
        ledger: finding.ledger,
        accountId: finding.account_id,
        transferId: finding.transfer_id,
        expected: finding.expected,
        found: finding.found,
      });
    }
    onProgress?.(index + 1, checks.length, code);
  }
  return problems;
}
