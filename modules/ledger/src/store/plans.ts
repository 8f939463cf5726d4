import type { Tx } from '@feiqian/db';

const probe = 'ledger.keep_to_indexes';

/**
 * Keeps the plans of the hot statements good while the tables grow.
 *
 * PostgreSQL keeps the plan of a prepared statement until the statistics of its tables change. A plan made
 * while `transfers` had a few pages reads the whole table, and goes on doing so while the table grows by
 * thousands of rows a second, until autovacuum looks in a minute later. Planning anew for every batch costs
 * more than half as much again as the batch. So the hot statements are planned with nothing but index look-ups
 * to choose from; they never want anything else.
 */
export function createPlans() {
  /** The embedded engine prepares nothing and plans every time: there this would only cost. */
  let statementsKept: boolean | undefined;

  return {
    /** For the statements sent next: index look-ups only. Ends with the transaction at the latest. */
    async keepToIndexes(tx: Tx): Promise<void> {
      if (statementsKept === false) return;
      await tx.query(
        `select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
                set_config('enable_mergejoin', 'off', true)`,
        [],
        probe,
      );
    },

    /** For the caller's own statements: everything again. */
    async planFreely(tx: Tx): Promise<void> {
      if (statementsKept === false) return;
      const restored = tx.query(
        `select set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true),
                set_config('enable_mergejoin', 'on', true)`,
        [],
        'ledger.plan_freely',
      );
      if (statementsKept === undefined) {
        const { rows } = await tx.query('select 1 from pg_prepared_statements where name = $1', [probe]);
        statementsKept = rows.length > 0;
      }
      await restored;
    },
  };
}

export type Plans = ReturnType<typeof createPlans>;
