import { type AuditResult, audit } from '@feiqian/app-auditor';
import type { Db } from '@feiqian/db';
import { until } from './until.ts';

const settledMsMax = 20_000;

/** Waits until nothing is under way any more: no payment without an outcome, no message that a bank has yet to answer. */
export function settled(db: Db, msMax = settledMsMax): Promise<void> {
  return until(
    async () => {
      const { rows } = await db.query<{ open: bigint }>(
        `select (select count(*) from payments.payment where state in ('processing', 'unknown'))
              + (select count(*) from transfers.transfer
                 where state in ('debiting', 'crediting', 'confirming', 'unknown', 'returning'))
              + (select count(*) from payments.refund where state = 'pending')
              + (select count(*) from links.forward where acknowledged_at is null) as open`,
      );
      return rows[0]?.open === 0n;
    },
    msMax,
    'the end of everything under way',
  );
}

/** What the auditor finds wrong once everything is settled; empty when the books are right. */
export async function differences(db: Db): Promise<AuditResult['differences']> {
  await settled(db);
  const result = await audit(db);
  if (result.checks === 0) throw new Error('the auditor found no ledger');
  return result.differences;
}
