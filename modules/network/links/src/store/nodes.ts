import { instant } from '@feiqian/clock';
import type { Sql, Tx } from '@feiqian/db';

/** Numbers of processes: six bits of a retrieval reference. */
const nodeCount = 64;

/**
 * Takes the number that is free for longest, or was reserved until the earliest instant, and reserves it from
 * there.
 */
export async function claimNode(
  tx: Tx,
  holder: string,
  nowMs: number,
  aheadMs: number,
): Promise<{ node: number; floorMs: number; reservedUntilMs: number }> {
  await tx.query(
    `insert into links.node (node, holder, reserved_until)
     select n, $1, $2 from generate_series(0, $3::int - 1) as n on conflict (node) do nothing`,
    [holder, instant(0), nodeCount],
  );
  const { rows } = await tx.query<{ node: number; reserved_until: Date }>(
    'select node, reserved_until from links.node order by node for update',
  );
  const [first] = rows.sort((a, b) => a.reserved_until.getTime() - b.reserved_until.getTime());
  if (first === undefined) throw new Error('there are no numbers for processes');
  const floorMs = first.reserved_until.getTime();
  const reservedUntilMs = Math.max(nowMs, floorMs) + aheadMs;
  await tx.query('update links.node set holder = $2, reserved_until = $3 where node = $1', [
    first.node,
    holder,
    instant(reservedUntilMs),
  ]);
  return { node: first.node, floorMs, reservedUntilMs };
}

/** False when the number belongs to somebody else by now. */
export async function reserveNode(sql: Sql, node: number, holder: string, untilMs: number): Promise<boolean> {
  const { rows } = await sql.query(
    'update links.node set reserved_until = $3 where node = $1 and holder = $2 returning node',
    [node, holder, instant(untilMs)],
  );
  return rows.length > 0;
}
