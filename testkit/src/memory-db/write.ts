import type { Assignment, Delete, Expr, Insert, Type, Update } from './ast.ts';
import { type Compiled, compile, convert, type Run, type Scope, type Source, test } from './expression.ts';
import { compileCtes, compileFrom, compileItems, newScope, type Planner, type Query } from './select.ts';
import { conjunctsOf, type Level, lookupFor, loop, placeConditions, visitTable } from './sources.ts';
import { type Column, type Ref, Table, type TableShape } from './table.ts';
import { conversion, sqlError, type Value } from './types.ts';

/** A statement that writes: its rows are those of `returning`, and it tells how many rows it touched. */
export interface Write extends Query {
  count: (run: Run) => number;
}

interface Returning {
  columns: { name: string; type: Type }[];
  of: (run: Run) => Value[];
}

function returningOf(items: Insert['returning'], scope: Scope, target: Source): Returning | null {
  if (items === null) return null;
  // `*` and bare names mean the written row.
  const found = compileItems(items, {
    ...scope,
    sources: [target, ...scope.sources.filter((s) => s !== target)],
  });
  return {
    columns: found.map(({ name, value }) => ({ name, type: value.type })),
    of: (run) => found.map(({ value }) => value.of(run)),
  };
}

function columnOf(shape: TableShape, name: string, planner: Planner): number {
  const at = shape.columns.findIndex((c) => c.name === name);
  return at < 0 ? planner.fail(`the column ${name} of ${shape.name}`) : at;
}

/** A value as a column takes it. */
function into(column: Column, value: Expr | 'default', scope: Scope): Compiled | 'default' {
  return value === 'default' ? 'default' : convert(compile(value, scope, column.type), column.type);
}

function assignmentsOf(set: readonly Assignment[], shape: TableShape, scope: Scope, planner: Planner) {
  return set.map(({ column, value }) => {
    const at = columnOf(shape, column, planner);
    const made = into(shape.columns[at] as Column, value, scope);
    return { at, of: made === 'default' ? () => null : made.of };
  });
}

export function compileInsert(insert: Insert, planner: Planner, outer: Scope | null): Write {
  const ctes = compileCtes(insert.with, planner, outer);
  const shape = planner.shapeOf(insert.table);
  const targets = (insert.columns ?? shape.columns.map((c) => c.name)).map((name) =>
    columnOf(shape, name, planner),
  );
  const rows = insert.values
    ? valuesOf(insert, shape, targets, planner)
    : queriedOf(insert, shape, targets, planner, outer);
  const scope = newScope(planner, outer);
  const target: Source = {
    alias: insert.alias ?? (insert.table.split('.').at(-1) as string),
    slot: planner.nextSlot++,
    columns: shape.columns,
  };
  const excluded: Source = { alias: 'excluded', slot: planner.nextSlot++, columns: shape.columns };
  scope.sources.push(target, excluded);
  const arbiters = insert.conflict ? arbitersOf(insert.conflict, shape, planner) : [];
  const onConflict =
    insert.conflict && conflictOf(insert.conflict, arbiters, shape, target, excluded, scope, planner);
  const returning = returningOf(insert.returning, scope, target);
  const given = new Set(targets);
  const defaults = shape.columns.flatMap((c, i) =>
    given.has(i) || !c.makeDefault ? [] : [{ i, make: c.makeDefault }],
  );
  let touched = 0;
  return {
    columns: returning?.columns ?? [],
    count: () => touched,
    run(run) {
      ctes(run);
      touched = 0;
      const table = run.database.table(insert.table);
      const out: Value[][] = [];
      for (const row of rows(run)) {
        for (const { i, make } of defaults) row[i] = make(run.tx, table);
        table.checkRow(row);
        const written = onConflict ? onConflict(run, table, row) : row;
        if (written === null) continue;
        if (written === row) table.checkUniques(row, run.tx, run.tx.insert(table, row), null, arbiters);
        touched += 1;
        run.rows[target.slot] = written;
        if (returning) out.push(returning.of(run));
      }
      return out;
    },
  };
}

function valuesOf(
  insert: Insert,
  shape: TableShape,
  targets: number[],
  planner: Planner,
): (run: Run) => Value[][] {
  const scope = newScope(planner, null);
  const lines = (insert.values ?? []).map((line) =>
    line.map((value, i) => into(shape.columns[targets[i] as number] as Column, value, scope)),
  );
  return (run) =>
    lines.map((line) => {
      const row: Value[] = new Array(shape.columns.length).fill(null);
      for (const [i, value] of line.entries()) {
        const at = targets[i] as number;
        const column = shape.columns[at] as Column;
        row[at] =
          value === 'default'
            ? (column.makeDefault?.(run.tx, run.database.table(shape.name)) ?? null)
            : value.of(run);
      }
      return row;
    });
}

function queriedOf(
  insert: Insert,
  shape: TableShape,
  targets: number[],
  planner: Planner,
  outer: Scope | null,
): (run: Run) => Value[][] {
  const select = insert.query as NonNullable<Insert['query']>;
  // A parameter that stands alone in the list has the type of the column it goes into.
  const items = select.items.map((item, i) => {
    const column = shape.columns[targets[i] as number];
    const typed = item.expr?.kind === 'param' || (item.expr?.kind === 'literal' && item.expr.value === null);
    return typed && column
      ? { ...item, expr: { kind: 'cast' as const, of: item.expr as Expr, to: column.type } }
      : item;
  });
  const query = planner.statement({ ...select, items }, outer);
  const how = query.columns.map((c, i) =>
    conversion(c.type, (shape.columns[targets[i] as number] as Column).type),
  );
  const width = shape.columns.length;
  return (run) =>
    query.run(run).map((found) => {
      const row: Value[] = new Array(width).fill(null);
      for (let i = 0; i < found.length; i++) {
        const convertOne = how[i];
        const value = found[i] as Value;
        row[targets[i] as number] = convertOne ? convertOne(value) : value;
      }
      return row;
    });
}

/** The unique keys that `on conflict` looks at. */
function arbitersOf(
  conflict: NonNullable<Insert['conflict']>,
  shape: TableShape,
  planner: Planner,
): number[] {
  const wanted = conflict.columns?.map((name) => columnOf(shape, name, planner)).sort((a, b) => a - b);
  const uniques = shape.uniques.flatMap((u, i) =>
    wanted === undefined || String([...u.columns].sort((a, b) => a - b)) === String(wanted) ? [i] : [],
  );
  return uniques.length === 0 ? planner.fail('an arbiter of on conflict that is no unique key') : uniques;
}

/** What happens to a row that is there already: null to leave it, or the row that stands after an update. */
function conflictOf(
  conflict: NonNullable<Insert['conflict']>,
  uniques: readonly number[],
  shape: TableShape,
  target: Source,
  excluded: Source,
  scope: Scope,
  planner: Planner,
): (run: Run, table: Table, row: Value[]) => Value[] | null {
  const action = conflict.action;
  const set = action === 'nothing' ? [] : assignmentsOf(action.set, shape, scope, planner);
  const where = action !== 'nothing' && action.where ? test(action.where, scope).holds : null;
  const there = (run: Run, table: Table, row: Value[]): Ref | null => {
    for (const unique of uniques) {
      const ref = table.collision(unique, row, run.tx, null);
      if (ref) return ref;
    }
    return null;
  };
  return (run, table, row) => {
    const ref = there(run, table, row);
    if (ref === null) return row;
    if (action === 'nothing') return null;
    run.tx.lock(table, ref);
    const before = Table.seen(ref, run.tx) as Value[];
    run.rows[target.slot] = before;
    run.rows[excluded.slot] = row;
    if (where && !where(run)) return null;
    const after = [...before];
    for (const { at, of } of set) after[at] = of(run);
    change(run, table, ref, after);
    return after;
  };
}

function change(run: Run, table: Table, ref: Ref, after: Value[]): void {
  const before = Table.seen(ref, run.tx);
  table.checkRow(after);
  run.tx.write(table, ref, after);
  table.checkUniques(after, run.tx, ref, before);
}

/** The target of an update or delete as the innermost loop, so that the other sources can tell which rows it wants. */
function targeted(statement: Update | Delete, planner: Planner, outer: Scope | null) {
  const shape = planner.shapeOf(statement.table);
  const scope = newScope(planner, outer);
  const from = compileFrom(statement.from, statement.where, scope, planner);
  const alias = statement.alias ?? (statement.table.split('.').at(-1) as string);
  const target: Source = { alias, slot: planner.nextSlot++, columns: shape.columns };
  scope.sources.unshift(target);
  const lookup = lookupFor(shape, target, conjunctsOf(statement.where), scope);
  const level: Level = {
    slot: target.slot,
    visit: visitTable(shape.name, target, lookup),
    holds: [],
    leftOn: null,
  };
  const levels = [...from.levels, level];
  const visit = loop(levels, placeConditions(levels, from.conditions, scope));
  return { shape, scope, target, visit };
}

export function compileUpdate(update: Update, planner: Planner, outer: Scope | null): Write {
  const ctes = compileCtes(update.with, planner, outer);
  const { shape, scope, target, visit } = targeted(update, planner, outer);
  const set = assignmentsOf(update.set, shape, scope, planner);
  const returning = returningOf(update.returning, scope, target);
  let touched = 0;
  return {
    columns: returning?.columns ?? [],
    count: () => touched,
    run(run) {
      ctes(run);
      touched = 0;
      const table = run.database.table(update.table);
      const work = new Map<Ref, { after: Value[]; rows: (Value[] | null)[] }>();
      visit(run, () => {
        const ref = run.refs[target.slot] as Ref;
        if (work.has(ref)) return;
        run.tx.lock(table, ref);
        const after = [...(run.rows[target.slot] as Value[])];
        for (const { at, of } of set) after[at] = of(run);
        work.set(ref, { after, rows: returning ? [...run.rows] : run.rows });
      });
      const out: Value[][] = [];
      for (const [ref, { after, rows }] of work) {
        change(run, table, ref, after);
        touched += 1;
        if (returning === null) continue;
        run.rows = rows;
        run.rows[target.slot] = after;
        out.push(returning.of(run));
      }
      return out;
    },
  };
}

export function compileDelete(statement: Delete, planner: Planner, outer: Scope | null): Write {
  const ctes = compileCtes(statement.with, planner, outer);
  const { scope, target, visit } = targeted(statement, planner, outer);
  const returning = returningOf(statement.returning, scope, target);
  let touched = 0;
  return {
    columns: returning?.columns ?? [],
    count: () => touched,
    run(run) {
      ctes(run);
      touched = 0;
      const table = run.database.table(statement.table);
      const gone = new Set<Ref>();
      const out: Value[][] = [];
      visit(run, () => {
        const ref = run.refs[target.slot] as Ref;
        if (gone.has(ref)) return;
        run.tx.lock(table, ref);
        gone.add(ref);
        if (returning) out.push(returning.of(run));
      });
      for (const ref of gone) run.tx.write(table, ref, null);
      touched = gone.size;
      return out;
    },
  };
}

export function noSuchTable(name: string): never {
  throw sqlError('42P01', `there is no table ${name}`);
}
