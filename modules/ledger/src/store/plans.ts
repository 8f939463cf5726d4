import type { Tx } from '@feiqian/db';

/*
 * PostgreSQL keeps the plan of a prepared statement until the statistics of its tables change. A plan made
 * while `transfers` had a few pages reads the whole table, and goes on doing so while the table grows by
 * thousands of rows a second, until autovacuum looks in a minute later. Planning anew for every batch costs
 * more than half as much again as the batch. So the hot statements are planned with nothing but index look-ups
 * to choose from; they never want anything else.
 */

/** For the statements sent next: index look-ups only. Ends with the transaction at the latest. */
export async function keepToIndexes(tx: Tx): Promise<void> {
  await tx.query(
    `select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
            set_config('enable_mergejoin', 'off', true)`,
    [],
    'ledger.keep_to_indexes',
  );
}

/** For the caller's own statements: everything again. */
export async function planFreely(tx: Tx): Promise<void> {
  await tx.query(
    `select set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true),
            set_config('enable_mergejoin', 'on', true)`,
    [],
    'ledger.plan_freely',
  );
}
