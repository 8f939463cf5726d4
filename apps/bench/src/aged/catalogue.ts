import type { Sql } from '@feiqian/db';

/** A column as the database describes it. */
export interface Column {
  name: string;
  /** Type as `format_type` writes it. */
  type: string;
  /** True when the database fills it: identity, generated, or the transaction that wrote the row. */
  filled: boolean;
}

export interface Index {
  name: string;
  unique: boolean;
  /** Names of the columns; an expression is left out. */
  columns: string[];
  /** The statement that makes it; null when a constraint owns it. */
  definition: string | null;
}

export interface Table {
  schema: string;
  name: string;
  columns: Column[];
  indexes: Index[];
}

export const qualified = (t: Pick<Table, 'schema' | 'name'>): string => `"${t.schema}"."${t.name}"`;
export const quoted = (name: string): string => `"${name}"`;

/** Every table that is not the server's own, by name. */
export async function tablesOf(sql: Sql): Promise<{ schema: string; name: string }[]> {
  const { rows } = await sql.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'public') order by 1, 2`,
  );
  return rows;
}

/** Rows of a table, counted. */
export async function rowsOf(sql: Sql, t: { schema: string; name: string }): Promise<number> {
  const { rows } = await sql.query<{ n: bigint }>(`select count(*) as n from ${qualified(t)}`);
  return Number(rows[0]?.n ?? 0);
}

/** Columns and indexes of a table, from the catalogue. */
export async function describeTable(sql: Sql, t: { schema: string; name: string }): Promise<Table> {
  const { rows: columns } = await sql.query<{ name: string; type: string; filled: boolean }>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
       a.attidentity <> '' or a.attgenerated <> ''
         or coalesce(pg_get_expr(d.adbin, d.adrelid) like '%pg_current_xact_id%', false) as filled
     from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [qualified(t)],
  );
  const { rows: indexes } = await sql.query<{
    name: string;
    unique: boolean;
    columns: string[];
    definition: string | null;
  }>(
    `select c.relname as name, i.indisunique as unique,
       array(select a.attname::text from unnest(i.indkey::int2[]) k join pg_attribute a
         on a.attrelid = i.indrelid and a.attnum = k) as columns,
       case when not exists (select 1 from pg_constraint o where o.conindid = i.indexrelid)
         then pg_get_indexdef(i.indexrelid) end as definition
     from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = $1::regclass order by c.relname`,
    [qualified(t)],
  );
  return { ...t, columns, indexes };
}
