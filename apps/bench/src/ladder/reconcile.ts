import type { Db } from '@feiqian/db';
import { tellable } from './purchases.ts';

/** What customers were told in a run, and what the network's rows say of the same run. */
export interface Counts {
  /** By `captured`, `refunded` …: told, and stored. */
  told: Record<string, number>;
  stored: Record<string, number>;
  /** Customers who did not learn what came of their business. */
  unclear: number;
  /** True when each number told is the number stored, but for what is unclear. */
  agree: boolean;
}

const settleMsMax = 30_000;
const lookMs = 200;

/** Compares what was told with what is stored. */
export function compare(
  told: Record<string, number>,
  stored: Record<string, number>,
  unclear: number,
): Counts {
  const agree = tellable.every((what) => {
    const t = told[what] ?? 0;
    const s = stored[what] ?? 0;
    return t <= s && s <= t + unclear;
  });
  return { told, stored, unclear, agree };
}

/** Waits until every bank has acknowledged what it must be told; false when that takes too long. */
export async function settled(db: Db): Promise<boolean> {
  for (let waited = 0; waited < settleMsMax; waited += lookMs) {
    const { rows } = await db.query<{ open: boolean }>(
      `select exists (select 1 from links.forward where acknowledged_at is null)
        or exists (select 1 from payments.payment where due_at is not null and state = 'processing') as open`,
    );
    if (rows[0]?.open === false) return true;
    await new Promise((r) => setTimeout(r, lookMs));
  }
  return false;
}

/** What the rows say of a run: its payments by their order references, its refunds by their reason. */
export async function stored(db: Db, run: string, since: Date): Promise<Record<string, number>> {
  const { rows } = await db.query<{ what: string; n: bigint }>(
    `select case when state in ('captured', 'partially_refunded', 'refunded') then 'captured'
        when state = 'cancelled' then 'voided' else state end as what, count(*) as n
      from payments.payment where created_at >= $2 and order_reference like $1 || '-%' group by 1
      union all
      select 'refunded', count(*) from payments.refund where created_at >= $2 and reason = $1`,
    [run, since],
  );
  return Object.fromEntries(rows.map((r) => [r.what, Number(r.n)]));
}
