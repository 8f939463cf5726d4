import type { Expr, FromItem, Type } from './ast.ts';
import { type Compiled, compile, type Run, type Scope, type Source, test } from './expression.ts';
import { NotUnderstood } from './lexer.ts';
import { type Ref, Table, type TableShape } from './table.ts';
import { scalar, unknown, type Value } from './types.ts';

/** What gives the rows of one source: calls `found` for each, with the row in its slot. */
export type Visit = (run: Run, found: () => void) => void;

/** How rows of a table are found: by the values of a unique column, or all. */
export interface Lookup {
  unique: number;
  values: (run: Run) => readonly Value[];
}

/** The parts of a condition that must all hold. */
export function conjunctsOf(expr: Expr | null): Expr[] {
  if (expr === null) return [];
  if (expr.kind === 'binary' && expr.op === 'and')
    return [...conjunctsOf(expr.left), ...conjunctsOf(expr.right)];
  return [expr];
}

/** A way to find rows of a table without reading all, if one of the conditions gives it. */
export function lookupFor(
  shape: TableShape,
  source: Source,
  conditions: readonly Expr[],
  scope: Scope,
): Lookup | null {
  for (const condition of conditions) {
    const sides: [Expr, Expr, boolean][] = [];
    if (condition.kind === 'binary' && condition.op === '=') {
      sides.push([condition.left, condition.right, false], [condition.right, condition.left, false]);
    } else if (condition.kind === 'any' && condition.op === '=' && !condition.all) {
      sides.push([condition.left, condition.array, true]);
    }
    for (const [own, other, many] of sides) {
      if (own.kind !== 'column' || (own.table !== null && own.table !== source.alias)) continue;
      if (own.table === null && ownerOf(own.name, scope) !== source) continue;
      const column = source.columns.findIndex((c) => c.name === own.name);
      const unique = shape.uniques.findIndex((u) => u.columns.length === 1 && u.columns[0] === column);
      if (column < 0 || unique < 0) continue;
      const { base } = (source.columns[column] as { type: Type }).type;
      const of = readEarlier(other, { base, array: many }, source, scope);
      if (of === null) continue;
      return { unique, values: many ? (run) => (of(run) as Value[] | null) ?? [] : (run) => [of(run)] };
    }
  }
  return null;
}

/** The value of an expression that reads nothing later than this source; null when it does. */
function readEarlier(expr: Expr, type: Type, source: Source, scope: Scope): Compiled['of'] | null {
  try {
    const value = compile(expr, scope, type);
    return value.slot < source.slot && value.type.base === type.base ? value.of : null;
  } catch (error) {
    // It names a source that comes later, or something not understood: compiling the condition itself will say so.
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}

function ownerOf(column: string, scope: Scope): Source | undefined {
  return scope.sources.find((s) => s.columns.some((c) => c.name === column));
}

/** Visits the rows of a table that a transaction sees. */
export function visitTable(name: string, { slot }: Source, lookup: Lookup | null): Visit {
  const visit = (run: Run, ref: Ref, found: () => void) => {
    const row = Table.seen(ref, run.tx);
    if (row === null) return;
    run.rows[slot] = row;
    run.refs[slot] = ref;
    found();
  };
  // What is found may change the list.
  const visitAll = (run: Run, refs: readonly Ref[], found: () => void) => {
    if (refs.length === 1) visit(run, refs[0] as Ref, found);
    else for (const ref of [...refs]) visit(run, ref, found);
  };
  if (lookup === null) {
    return (run, found) => {
      for (const ref of [...run.database.table(name).refs]) visit(run, ref, found);
    };
  }
  return (run, found) => {
    const table = run.database.table(name);
    const values = lookup.values(run);
    if (values.length === 1) {
      if (values[0] !== null) visitAll(run, table.lookup(lookup.unique, values[0] as Value), found);
      return;
    }
    for (const value of new Set(values)) {
      if (value === null) continue;
      visitAll(run, table.lookup(lookup.unique, value), found);
    }
  };
}

/** The columns and rows of a function that stands for a table. */
export function functionSource(
  item: Extract<FromItem, { kind: 'function' }>,
  scope: Scope,
): { columns: { name: string; type: Type }[]; rows: (run: Run) => Value[][] } {
  const args = item.args.map((one) => compile(one, scope, unknown));
  const types = item.name === 'unnest' ? args.map((a) => scalar(a.type.base)) : [args[0]?.type ?? unknown];
  const rows = rowsOfFunction(item.name, args);
  if (rows === null) return scope.shared.fail(`the function ${item.name} as a source`);
  if (item.ordinality) types.push(scalar('int8'));
  const alias = item.alias ?? item.name;
  const columns = types.map((type, i) => ({ name: item.columns?.[i] ?? alias, type }));
  if (!item.ordinality) return { columns, rows };
  return { columns, rows: (run) => rows(run).map((row, i) => [...row, BigInt(i + 1)]) };
}

function rowsOfFunction(name: string, args: readonly Compiled[]): ((run: Run) => Value[][]) | null {
  if (name === 'unnest') {
    return (run) => {
      const lists = args.map((a) => (a.of(run) as Value[] | null) ?? []);
      const length = lists.reduce((most, list) => Math.max(most, list.length), 0);
      const rows: Value[][] = new Array(length);
      for (let i = 0; i < length; i++) {
        const row: Value[] = new Array(lists.length);
        for (let j = 0; j < lists.length; j++) row[j] = (lists[j] as Value[])[i] ?? null;
        rows[i] = row;
      }
      return rows;
    };
  }
  if (name !== 'generate_series') return null;
  return (run) => {
    const [from, to] = args.map((a) => a.of(run)) as [number, number];
    const rows: Value[][] = [];
    for (let n = Number(from); n <= Number(to); n++) rows.push([n]);
    return rows;
  };
}

/** Visits rows that are there as values. */
export function visitRows(source: Source, rows: (run: Run) => Value[][]): Visit {
  const { slot } = source;
  return (run, found) => {
    for (const row of rows(run)) {
      run.rows[slot] = row;
      run.refs[slot] = null;
      found();
    }
  };
}

/** One step of a nested loop: a source, and what must hold once its row is there. */
export interface Level {
  slot: number;
  visit: Visit;
  holds: ((run: Run) => boolean)[];
  /** Of a left join: without a row that meets these there is one of nulls. */
  leftOn: ((run: Run) => boolean)[] | null;
}

/** Gives every condition to the first level at which everything it reads is there. */
export function placeConditions(
  levels: Level[],
  conditions: readonly Expr[],
  scope: Scope,
): ((run: Run) => boolean)[] {
  const before: ((run: Run) => boolean)[] = [];
  for (const condition of conditions) {
    const compiled = test(condition, scope);
    if (compiled.slot < 0) before.push(compiled.holds);
    else {
      const level = levels.find((l) => l.slot >= compiled.slot) ?? (levels.at(-1) as Level);
      level.holds.push(compiled.holds);
    }
  }
  return before;
}

/** Runs the nested loops; `found` is called for every combination that holds. */
export function loop(levels: readonly Level[], before: readonly ((run: Run) => boolean)[]): Visit {
  const at = (run: Run, depth: number, found: () => void): void => {
    const level = levels[depth];
    if (level === undefined) {
      found();
      return;
    }
    const { holds, leftOn, slot } = level;
    const next = () => {
      for (const hold of holds) if (!hold(run)) return;
      at(run, depth + 1, found);
    };
    if (leftOn === null) {
      level.visit(run, next);
      return;
    }
    let matched = false;
    level.visit(run, () => {
      for (const hold of leftOn) if (!hold(run)) return;
      matched = true;
      next();
    });
    if (matched) return;
    run.rows[slot] = null;
    run.refs[slot] = null;
    next();
  };
  return (run, found) => {
    for (const hold of before) if (!hold(run)) return;
    at(run, 0, found);
  };
}
