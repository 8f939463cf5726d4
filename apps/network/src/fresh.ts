import type { Db, Migrations } from '@feiqian/db';

/** Drops everything that these migrations made, so that the next migration starts over. Sandbox only. */
export async function eraseAll(db: Db, all: readonly Migrations[]): Promise<void> {
  for (const schema of new Set(all.map((m) => m.schema)))
    await db.script(`drop schema if exists "${schema}" cascade`);
  await db.script('drop table if exists public.feiqian_migration');
}
