/** A type as this engine tells them apart; `array` of what is in it. */
export type BaseType =
  | 'int4'
  | 'int8'
  | 'text'
  | 'uuid'
  | 'bool'
  | 'timestamptz'
  | 'date'
  | 'jsonb'
  | 'bytea'
  | 'xid8'
  | 'snapshot'
  | 'float8'
  | 'ctid'
  /** A parameter or literal whose type follows from where it stands. */
  | 'unknown';
export interface Type {
  base: BaseType;
  array: boolean;
}

export type Expr =
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'param'; number: number }
  | { kind: 'column'; table: string | null; name: string }
  | { kind: 'cast'; of: Expr; to: Type }
  | { kind: 'unary'; op: 'not' | '-'; of: Expr }
  | { kind: 'binary'; op: string; left: Expr; right: Expr }
  | { kind: 'is_null'; of: Expr; not: boolean }
  | { kind: 'is_distinct'; left: Expr; right: Expr; not: boolean }
  | { kind: 'in_list'; of: Expr; list: Expr[]; not: boolean }
  | { kind: 'in_query'; of: Expr; query: Select; not: boolean }
  | { kind: 'any'; op: string; left: Expr; array: Expr; all: boolean }
  | { kind: 'row'; of: Expr[] }
  | { kind: 'array'; of: Expr[] }
  | { kind: 'array_query'; query: Select }
  | { kind: 'case'; of: Expr | null; when: { test: Expr; result: Expr }[]; otherwise: Expr | null }
  | { kind: 'call'; name: string; args: Expr[]; star: boolean; filter: Expr | null }
  | { kind: 'exists'; query: Select }
  | { kind: 'scalar'; query: Select };

export interface SelectItem {
  /** Null for `*` or `table.*`. */
  expr: Expr | null;
  /** Of `table.*`. */
  table: string | null;
  alias: string | null;
}

export type FromItem = FromSource & {
  alias: string | null;
  columns: string[] | null;
  join: 'cross' | 'inner' | 'left';
  on: Expr | null;
};
export type FromSource =
  | { kind: 'table'; name: string }
  | { kind: 'function'; name: string; args: Expr[]; ordinality: boolean }
  | { kind: 'query'; query: Statement };

export interface OrderItem {
  expr: Expr;
  descending: boolean;
  nullsFirst: boolean | null;
}

export interface Locking {
  of: string[] | null;
  skipLocked: boolean;
  nowait: boolean;
}

export interface Select {
  kind: 'select';
  with: Cte[];
  distinct: boolean;
  items: SelectItem[];
  from: FromItem[];
  where: Expr | null;
  groupBy: Expr[];
  having: Expr | null;
  orderBy: OrderItem[];
  limit: Expr | null;
  offset: Expr | null;
  locking: Locking | null;
  /** What is added to the rows: all of them, or those that are not there yet. */
  union: { all: boolean; query: Select } | null;
}

export interface Cte {
  name: string;
  columns: string[] | null;
  query: Statement;
}

export interface Assignment {
  column: string;
  value: Expr | 'default';
}

export interface Insert {
  kind: 'insert';
  with: Cte[];
  table: string;
  alias: string | null;
  columns: string[] | null;
  values: (Expr | 'default')[][] | null;
  query: Select | null;
  conflict: {
    columns: string[] | null;
    action: 'nothing' | { set: Assignment[]; where: Expr | null };
  } | null;
  returning: SelectItem[] | null;
}

export interface Update {
  kind: 'update';
  with: Cte[];
  table: string;
  alias: string | null;
  set: Assignment[];
  from: FromItem[];
  where: Expr | null;
  returning: SelectItem[] | null;
}

export interface Delete {
  kind: 'delete';
  with: Cte[];
  table: string;
  alias: string | null;
  from: FromItem[];
  where: Expr | null;
  returning: SelectItem[] | null;
}

export interface LockTable {
  kind: 'lock';
  table: string;
  exclusive: boolean;
}

export type Statement = Select | Insert | Update | Delete | LockTable;
