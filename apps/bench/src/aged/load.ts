import type { Db } from '@feiqian/db';
import { qualified, quoted } from './catalogue.ts';
import { copyStatement, stage } from './copy.ts';
import type { Staged } from './stage.ts';

/** How a past is laid down. */
export interface PastOptions {
  /** Copies of the template. */
  copies: number;
  /** From one copy to the one before it, in ms: at least as long as the template took. */
  stepMs: number;
  /** Connections that insert at the same time. */
  parallel: number;
  onProgress: (share: number) => void;
}

/** How long the network itself keeps rows, in ms: older copies would be gone. With a margin, so that nothing is swept. */
const keptMs: Record<string, number> = { 'idempotency.key': 20 * 3600_000 };
const workMemory = '512MB';

/**
 * Lays the staged template into the past, again and again, the oldest copy first. Secondary indexes are made anew at
 * the end, from their own definitions. Balances are the template's times the number of copies and one: the books of
 * the past are the template's books repeated, so the auditor finds them right or a copy was wrong.
 *
 * @returns seconds that the statements of each table, the indexes and the clearing up took
 */
export async function layPast(
  db: Db,
  known: readonly Staged[],
  o: PastOptions,
): Promise<Record<string, number>> {
  const took: Record<string, number> = {};
  const timed = async (name: string, work: Promise<unknown>) => {
    const begin = performance.now();
    await work;
    took[name] = (took[name] ?? 0) + (performance.now() - begin) / 1000;
  };
  const indexes = known.flatMap(({ table }) =>
    table.indexes.flatMap((i) =>
      i.definition === null
        ? []
        : [{ name: `${quoted(table.schema)}.${quoted(i.name)}`, definition: i.definition }],
    ),
  );
  for (const i of indexes) await db.script(`drop index ${i.name}`);
  await copyAll(db, known, o, timed);
  await scaleBalances(db, o.copies);
  const index = (definition: string) =>
    db.transaction(async (tx) => {
      await tx.query(`set local maintenance_work_mem = '${workMemory}'`);
      await tx.query(definition);
    });
  await inParallel(o.parallel, indexes, (i) => timed('indexes', index(i.definition)));
  await db.script(`drop schema ${stage} cascade`);
  await inParallel(o.parallel, known, ({ table }) =>
    timed('vacuum', db.script(`vacuum analyze ${qualified(table)}`)),
  );
  await db.script('vacuum analyze ledger.accounts');
  await timed('checkpoint', db.script('checkpoint'));
  return took;
}

async function copyAll(
  db: Db,
  known: readonly Staged[],
  o: PastOptions,
  timed: (name: string, work: Promise<unknown>) => Promise<void>,
): Promise<void> {
  const statements = known.map(({ table, facts }) => ({
    text: copyStatement(table, facts),
    keptMs: keptMs[`${table.schema}.${table.name}`] ?? Number.POSITIVE_INFINITY,
    table: `${table.schema}.${table.name}`,
  }));
  const copies = Array.from({ length: o.copies }, (_, i) => o.copies - i);
  let done = 0;
  await inParallel(o.parallel, copies, async (copy) => {
    const shiftMs = copy * o.stepMs;
    await db.transaction(async (tx) => {
      // Nobody was told of these rows: a crash costs a repetition and nothing else.
      await tx.query('set local synchronous_commit = off');
      for (const s of statements)
        if (shiftMs <= s.keptMs) await timed(s.table, tx.query(s.text, [copy, shiftMs], `aged ${s.table}`));
    });
    done += 1;
    o.onProgress(done / o.copies);
  });
}

/** The network's accounts: debits and credits, posted and pending. */
async function scaleBalances(db: Db, copies: number): Promise<void> {
  const { rows } = await db.query<{ name: string }>(
    `select attname::text as name from pg_attribute where attrelid = 'ledger.accounts'::regclass and attnum > 0
     and attname ~ '^(debits|credits)_'`,
  );
  const times = rows.map(({ name }) => `${quoted(name)} = ${quoted(name)} * ${copies + 1}`);
  await db.query(`update ledger.accounts set ${times.join(', ')}`);
}

async function inParallel<T>(
  n: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) await work(items[i] as T);
  };
  await Promise.all(Array.from({ length: n }, worker));
}
