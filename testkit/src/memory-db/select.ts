import type { Cte, Expr, FromItem, Select, SelectItem, Statement, Type } from './ast.ts';
import {
  type Aggregate,
  type Compiled,
  compile,
  convert,
  type Run,
  type Scope,
  type Shared,
  type Source,
  type Subquery,
  test,
} from './expression.ts';
import { aggregates as aggregateFunctions } from './functions.ts';
import {
  conjunctsOf,
  functionSource,
  type Level,
  lookupFor,
  loop,
  placeConditions,
  visitRows,
  visitTable,
} from './sources.ts';
import { Blocked, type Ref, type Table, type TableShape } from './table.ts';
import { compare, keyOf, scalar, type Value } from './types.ts';

export interface Query {
  columns: { name: string; type: Type }[];
  run: (run: Run) => Value[][];
}

/** What compiling one statement shares, beyond expressions. */
export interface Planner extends Shared {
  shapeOf(table: string): TableShape;
  /** `with` queries in reach, by name: their number and columns. */
  ctes: Map<string, { number: number; columns: { name: string; type: Type }[] }>;
  nextCte: number;
  nextOnce: number;
  /** Compiles any statement that gives rows; handed in to break the circle. */
  statement(statement: Statement, outer: Scope | null): Query;
}

export function newScope(planner: Planner, outer: Scope | null): Scope {
  return { sources: [], outer, aggregates: null, reach: { outside: false }, shared: planner };
}

/** Compiles `with` queries; what it returns runs them, in order. */
export function compileCtes(ctes: readonly Cte[], planner: Planner, outer: Scope | null): (run: Run) => void {
  const steps = ctes.map((cte) => {
    const query = planner.statement(cte.query, outer);
    const number = planner.nextCte++;
    const columns = query.columns.map((c, i) => ({ name: cte.columns?.[i] ?? c.name, type: c.type }));
    planner.ctes.set(cte.name, { number, columns });
    return (run: Run) => {
      run.ctes[number] = query.run(run);
    };
  });
  return (run) => {
    for (const step of steps) step(run);
  };
}

/** A query inside an expression: run once for the statement when nothing in it looks outside. */
export function compileSubquery(query: Select, scope: Scope, planner: Planner): Subquery {
  const inner = newScope(planner, scope);
  const compiled = compileSelect(query, inner, planner);
  if (inner.reach.outside) return { ...compiled, slot: Number.MAX_SAFE_INTEGER };
  const number = planner.nextOnce++;
  return {
    columns: compiled.columns,
    slot: -1,
    run: (run) => {
      const known = run.once[number] ?? compiled.run(run);
      run.once[number] = known;
      return known;
    },
  };
}

/** Puts the sources of a `from` into scope and compiles how their rows are visited. */
export function compileFrom(items: readonly FromItem[], where: Expr | null, scope: Scope, planner: Planner) {
  const conditions = [
    ...conjunctsOf(where),
    ...items.filter((i) => i.join === 'inner').flatMap((i) => conjunctsOf(i.on)),
  ];
  const sources = items.map((item) => sourceOf(item, scope, planner));
  const levels = sources.map(({ source, item, shape, rows }): Level => {
    const left = item.join === 'left';
    const lookup = shape && lookupFor(shape, source, left ? conjunctsOf(item.on) : conditions, scope);
    return {
      slot: source.slot,
      visit: rows ? visitRows(source, rows) : visitTable((shape as TableShape).name, source, lookup ?? null),
      holds: [],
      leftOn: left ? conjunctsOf(item.on).map((c) => test(c, scope).holds) : null,
    };
  });
  return {
    levels,
    conditions,
    tables: sources.flatMap(({ source, shape }) => (shape ? [{ source, shape }] : [])),
  };
}

function sourceOf(item: FromItem, scope: Scope, planner: Planner) {
  const add = (alias: string, columns: Source['columns']): Source => {
    const source = { alias, slot: planner.nextSlot++, columns };
    scope.sources.push(source);
    return source;
  };
  const named = (columns: { name: string; type: Type }[]) =>
    columns.map((c, i) => ({ name: item.columns?.[i] ?? c.name, type: c.type }));
  if (item.kind === 'table') {
    const cte = planner.ctes.get(item.name);
    if (cte) {
      const source = add(item.alias ?? item.name, named(cte.columns));
      return { item, source, shape: null, rows: (run: Run) => run.ctes[cte.number] ?? [] };
    }
    const shape = planner.shapeOf(item.name);
    const source = add(item.alias ?? (item.name.split('.').at(-1) as string), shape.columns);
    return { item, source, shape, rows: null };
  }
  if (item.kind === 'function') {
    const { columns, rows } = functionSource(item, scope);
    return { item, source: add(item.alias ?? item.name, columns), shape: null, rows };
  }
  // A query among the sources sees what stands before it only when it is lateral; no statement of ours is.
  const query = planner.statement(item.query, scope.outer);
  return { item, source: add(item.alias ?? '', named(query.columns)), shape: null, rows: query.run };
}

/** Compiles what a select or returning gives. */
export function compileItems(
  items: readonly SelectItem[],
  scope: Scope,
): { name: string; value: Compiled }[] {
  return items.flatMap((item) => {
    if (item.expr === null) {
      return scope.sources
        .filter((s) => item.table === null || s.alias === item.table)
        .flatMap((s) =>
          s.columns.map((c, i) => ({
            name: c.name,
            value: { type: c.type, slot: s.slot, of: (run: Run) => run.rows[s.slot]?.[i] ?? null },
          })),
        );
    }
    const value = compile(item.expr, scope);
    return [{ name: item.alias ?? nameOf(item.expr), value: settled(value) }];
  });
}

/** A value that is still of no type is a text. */
function settled(value: Compiled): Compiled {
  return value.type.base === 'unknown' && !value.type.array ? convert(value, scalar('text')) : value;
}

function nameOf(expr: Expr): string {
  if (expr.kind === 'column') return expr.name;
  if (expr.kind === 'call') return expr.name;
  return expr.kind === 'cast' ? nameOf(expr.of) : expr.kind === 'case' ? 'case' : '?column?';
}

interface Found {
  row: Value[];
  keys: Value[];
  refs: (Ref | null)[];
}

/** Compiles a select. The scope is its own, empty; types that a caller wants are applied by the caller. */
export function compileSelect(query: Select, scope: Scope, planner: Planner): Query {
  const known = new Map(planner.ctes);
  const ctes = compileCtes(query.with, planner, scope.outer);
  const from = compileFrom(query.from, query.where, scope, planner);
  const found: Aggregate[] = [];
  const summing: Scope = { ...scope, aggregates: found };
  const items = compileItems(query.items, summing);
  const orders = query.orderBy.map((o) => ({ ...o, key: orderKey(o.expr, items, summing) }));
  const groups = query.groupBy.map((g) => orderKey(g, items, scope, true));
  const having = query.having && test(query.having, summing).holds;
  const before = placeConditions(from.levels, from.conditions, scope);
  const visit = loop(from.levels, before);
  const take = (run: Run): Found => ({
    row: items.map((i) => i.value.of(run)),
    keys: orders.map((o) => o.key.of(run)),
    refs: query.locking === null ? [] : from.tables.map(({ source }) => run.refs[source.slot] ?? null),
  });
  const collect = (run: Run): Found[] => {
    const all: Found[] = [];
    visit(run, () => all.push(take(run)));
    return all;
  };
  const grouped = found.length > 0 || groups.length > 0;
  const rows = grouped ? (run: Run) => collectGroups(run, { visit, groups, found, having, take }) : collect;
  const limit = query.limit && compile(query.limit, scope, scalar('int8'));
  const offset = query.offset && compile(query.offset, scope, scalar('int8'));
  const lock = query.locking && lockerOf(query.locking, from.tables);
  const rest = query.union && compileSelect(query.union.query, newScope(planner, scope.outer), planner);
  planner.ctes = known;
  const sort = orders.length > 0 ? comparisonOf(orders) : null;
  return {
    columns: items.map(({ name, value }) => ({ name, type: value.type })),
    run(run) {
      ctes(run);
      let all = rows(run);
      if (rest) all = all.concat(rest.run(run).map((row) => ({ row, keys: row, refs: [] })));
      if (query.distinct || query.union?.all === false) all = distinct(all);
      if (sort) all.sort(sort);
      const skip = offset ? Number(offset.of(run)) : 0;
      const most = limit ? Number(limit.of(run) ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
      if (lock) return lock(run, all, most);
      if (skip > 0 || all.length > most) all = all.slice(skip, skip + most);
      return all.map((f) => f.row);
    },
  };
}

/** An output column by its name or number, or else an expression of its own. */
function orderKey(
  expr: Expr,
  items: { name: string; value: Compiled }[],
  scope: Scope,
  inputFirst = false,
): Compiled {
  if (expr.kind === 'literal' && typeof expr.value === 'number')
    return (items[expr.value - 1] as { value: Compiled }).value;
  const output =
    expr.kind === 'column' && expr.table === null ? items.find((i) => i.name === expr.name) : undefined;
  const isInput =
    expr.kind === 'column' && scope.sources.some((s) => s.columns.some((c) => c.name === expr.name));
  if (output && !(inputFirst && isInput)) return output.value;
  return compile(expr, scope);
}

function comparisonOf(orders: { descending: boolean; nullsFirst: boolean | null }[]) {
  return (a: Found, b: Found): number => {
    for (let i = 0; i < orders.length; i++) {
      const x = a.keys[i] as Value;
      const y = b.keys[i] as Value;
      const { descending, nullsFirst } = orders[i] as { descending: boolean; nullsFirst: boolean | null };
      if (x === null || y === null) {
        if (x === y) continue;
        return (x === null) === (nullsFirst ?? descending) ? -1 : 1;
      }
      const order = compare(x, y);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
}

function distinct(all: Found[]): Found[] {
  return [...new Map(all.map((f) => [keyOf(f.row), f])).values()];
}

interface Grouping {
  visit: (run: Run, found: () => void) => void;
  groups: readonly Compiled[];
  found: readonly Aggregate[];
  having: ((run: Run) => boolean) | null;
  take: (run: Run) => Found;
}

function collectGroups(run: Run, { visit, groups, found, having, take }: Grouping): Found[] {
  const byKey = new Map<unknown, { rows: (Value[] | null)[]; values: Value[][] }>();
  const groupOf = () => ({ rows: [...run.rows], values: found.map((): Value[] => []) });
  visit(run, () => {
    const key = keyOf(groups.map((g) => g.of(run)));
    const group = byKey.get(key) ?? groupOf();
    byKey.set(key, group);
    for (const [i, { arg, filter }] of found.entries()) {
      if (filter !== null && filter.of(run) !== true) continue;
      (group.values[i] as Value[]).push(arg === null ? true : arg.of(run));
    }
  });
  if (byKey.size === 0 && groups.length === 0) byKey.set('', { ...groupOf(), rows: [] });
  return [...byKey.values()].flatMap((group) => {
    run.rows = group.rows;
    run.aggregates = found.map(
      (a, i) => aggregateFunctions[a.name]?.over(group.values[i] as Value[]) ?? null,
    );
    return having === null || having(run) ? [take(run)] : [];
  });
}

/** Takes the locks of what was found, in its order, and stops at the limit. */
function lockerOf(
  locking: NonNullable<Select['locking']>,
  tables: readonly { source: Source; shape: TableShape }[],
): (run: Run, all: readonly Found[], most: number) => Value[][] {
  const wanted = tables.flatMap(({ source, shape }, i) =>
    locking.of === null || locking.of.includes(source.alias) ? [{ i, name: shape.name }] : [],
  );
  const lock = (run: Run, refs: readonly (Ref | null)[], locked: (Table | null)[]): boolean => {
    for (const [n, { i }] of wanted.entries()) {
      const ref = refs[i];
      if (!ref) continue;
      const table = locked[n] as Table;
      if (locking.skipLocked && ref.owner !== null && ref.owner !== run.tx) return false;
      if (table.lockedBy !== null && table.lockedBy !== run.tx) throw new Blocked(table.lockedBy);
      run.tx.lock(table, ref);
    }
    return true;
  };
  return (run, all, most) => {
    const locked = wanted.map(({ name }) => run.database.table(name));
    const rows: Value[][] = [];
    for (const { row, refs } of all) {
      if (rows.length >= most) break;
      if (lock(run, refs, locked)) rows.push(row);
    }
    return rows;
  };
}
