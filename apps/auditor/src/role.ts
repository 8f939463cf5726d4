import type { Db } from '@feiqian/db';

/** The role an audit runs under unless another is named. */
export const auditorRole = 'feiqian_auditor';

/** Columns that an auditor has no business with: sealed bytes, hashes of secrets, wrapped keys. */
const secretColumn = '(password|pin|cipher|wrapped|secret|sealed|digest|lookup|hash)$';

/**
 * Makes a role that may read what the audit reads and can do nothing else, and gives an existing one what newer tables
 * need. It cannot log in until the administrator lets it (`alter role … login password …`). Run by the owner of the
 * tables. Returns how many tables it may read.
 */
export async function grantAuditor(db: Db, role: string = auditorRole): Promise<number> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(role)) throw new RangeError(`not a name of a role: ${role}`);
  return db.transaction(async (tx) => {
    const { rows: existing } = await tx.query('select 1 from pg_roles where rolname = $1', [role]);
    if (existing.length === 0) await tx.query(`create role ${role} nologin`);
    await tx.query(`alter role ${role} set default_transaction_read_only = on`);
    const { rows } = await tx.query<{ schema: string; table: string; columns: string; whole: boolean }>(
      `select n.nspname as schema, c.relname as "table", bool_and(not s.secret) as whole,
         string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (where not s.secret) as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       cross join lateral (select a.atttypid = 'bytea'::regtype or a.attname ~ '${secretColumn}' as secret) s
       where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public')
       group by 1, 2 order by 1, 2`,
    );
    for (const schema of new Set(rows.map((r) => r.schema))) {
      await tx.query(`grant usage on schema "${schema}" to ${role}`);
    }
    for (const { schema, table, columns, whole } of rows) {
      const what = whole ? 'select' : `select (${columns})`;
      if (columns !== null) await tx.query(`grant ${what} on "${schema}"."${table}" to ${role}`);
    }
    return rows.length;
  });
}
