import type { Expr, Select, Type } from './ast.ts';
import { aggregates, call } from './functions.ts';
import { arithmetic, comparison } from './operators.ts';
import type { Ref, Table, Transaction } from './table.ts';
import { compare, conversion, keyOf, parse, scalar, unknown, type Value } from './types.ts';

/** What an expression sees while a statement runs. */
export interface Run {
  tx: Transaction;
  /** Parameters, each converted once for every type it is used as. */
  params: Value[];
  /** The present row of every source of the statement and its subqueries, by slot. */
  rows: (Value[] | null)[];
  /** Rows of `with` queries, by their number. */
  ctes: Value[][][];
  /** The stored row behind the present row of a source, by slot. */
  refs: (Ref | null)[];
  /** Results of subqueries that depend on nothing outside, by their number. */
  once: (Value[][] | undefined)[];
  /** Aggregates of the present group. */
  aggregates: Value[];
  database: { table(name: string): Table; snapshotMin(): bigint };
}

export type Evaluate = (run: Run) => Value;
export interface Compiled {
  type: Type;
  of: Evaluate;
  /** The highest slot it reads, -1 for none: when it can be evaluated. */
  slot: number;
}

/** One source of rows in scope. */
export interface Source {
  alias: string;
  slot: number;
  columns: readonly { name: string; type: Type }[];
}

export interface Aggregate {
  name: string;
  arg: Compiled | null;
  filter: Compiled | null;
}

/** What a statement is compiled in: its sources, and what is shared with the statement around it. */
export interface Scope {
  sources: Source[];
  outer: Scope | null;
  /** Collected where aggregates are allowed. */
  aggregates: Aggregate[] | null;
  /** Set when something inside reads a source of a scope outside. */
  reach: { outside: boolean };
  shared: Shared;
}

export interface Subquery {
  columns: { name: string; type: Type }[];
  /** -1: it depends on nothing outside and is run once. */
  slot: number;
  run: (run: Run) => Value[][];
}

export interface Shared {
  text: string;
  nextSlot: number;
  params: { number: number; type: Type }[];
  /** Compiles a query inside an expression. */
  subquery(query: Select, scope: Scope): Subquery;
  fail(what: string): never;
}

const bool = scalar('bool');

export function compile(expr: Expr, scope: Scope, hint: Type = unknown): Compiled {
  switch (expr.kind) {
    case 'literal':
      return literal(expr.value, hint);
    case 'param':
      return param(expr.number, hint, scope);
    case 'column':
      return column(expr.table, expr.name, scope);
    case 'cast':
      return convert(compile(expr.of, scope, expr.to), expr.to);
    case 'unary':
      return unary(expr.op, compile(expr.of, scope, expr.op === 'not' ? bool : hint));
    case 'binary':
      return binary(expr.op, expr.left, expr.right, scope);
    case 'is_null': {
      const of = compile(expr.of, scope);
      const { not } = expr;
      return { type: bool, slot: of.slot, of: (run) => (of.of(run) === null) !== not };
    }
    case 'is_distinct': {
      const [left, right] = pair(expr.left, expr.right, scope);
      const { not } = expr;
      const same = (a: Value, b: Value) => (a === null || b === null ? a === b : compare(a, b) === 0);
      return {
        type: bool,
        slot: highest(left, right),
        of: (run) => same(left.of(run), right.of(run)) === not,
      };
    }
    case 'in_list':
      return inList(expr.of, expr.list, expr.not, scope);
    case 'in_query':
      return inQuery(expr.of, expr.query, expr.not, scope);
    case 'any':
      return any(expr, scope);
    case 'row': {
      const of = expr.of.map((one) => compile(one, scope));
      return {
        type: { base: 'unknown', array: true },
        slot: highest(...of),
        of: (run) => of.map((one) => one.of(run)),
      };
    }
    case 'array': {
      const inner: Type = { base: hint.base, array: false };
      const of = expr.of.map((one) => compile(one, scope, inner));
      return {
        type: { base: of[0]?.type.base ?? hint.base, array: true },
        slot: highest(...of),
        of: (run) => of.map((one) => one.of(run)),
      };
    }
    case 'array_query': {
      const query = scope.shared.subquery(expr.query, scope);
      const type: Type = { base: query.columns[0]?.type.base ?? 'unknown', array: true };
      return { type, slot: query.slot, of: (run) => query.run(run).map((row) => row[0] as Value) };
    }
    case 'case':
      return caseOf(expr, scope, hint);
    case 'call':
      return callOf(expr, scope, hint);
    case 'exists': {
      const query = scope.shared.subquery({ ...expr.query, limit: { kind: 'literal', value: 1 } }, scope);
      return { type: bool, slot: query.slot, of: (run) => query.run(run).length > 0 };
    }
    case 'scalar': {
      const query = scope.shared.subquery(expr.query, scope);
      const type = query.columns[0]?.type ?? unknown;
      return { type, slot: query.slot, of: (run) => query.run(run)[0]?.[0] ?? null };
    }
  }
}

export function highest(...all: readonly Compiled[]): number {
  return all.reduce((slot, one) => Math.max(slot, one.slot), -1);
}

/** A condition as a test: SQL's null does not hold. */
export function test(expr: Expr, scope: Scope): { slot: number; holds: (run: Run) => boolean } {
  const of = compile(expr, scope, bool);
  return { slot: of.slot, holds: (run) => of.of(run) === true };
}

/** The same value in another type. */
export function convert(of: Compiled, to: Type): Compiled {
  const how = conversion(of.type, to);
  if (how === null) return { ...of, type: to };
  return { type: to, slot: of.slot, of: (run) => how(of.of(run)) };
}

function literal(value: string | number | boolean | null, hint: Type): Compiled {
  if (typeof value === 'number') {
    const type =
      hint.base === 'unknown' || hint.array ? scalar(Number.isInteger(value) ? 'int4' : 'float8') : hint;
    const parsed = parse(value, type);
    return { type, slot: -1, of: () => parsed };
  }
  if (typeof value === 'boolean') return { type: bool, slot: -1, of: () => value };
  const parsed = value === null ? null : parse(value, hint.base === 'unknown' ? scalar('text') : hint);
  return { type: hint, slot: -1, of: () => parsed };
}

function param(number: number, hint: Type, { shared }: Scope): Compiled {
  let at = shared.params.findIndex(
    (p) => p.number === number && p.type.base === hint.base && p.type.array === hint.array,
  );
  if (at < 0) at = shared.params.push({ number, type: hint }) - 1;
  return { type: hint, slot: -1, of: (run) => run.params[at] as Value };
}

function column(table: string | null, name: string, scope: Scope): Compiled {
  for (let here: Scope | null = scope; here !== null; here = here.outer) {
    for (const source of here.sources) {
      if (table !== null && source.alias !== table) continue;
      const at = source.columns.findIndex((c) => c.name === name);
      if (at < 0) continue;
      for (let inner = scope; inner !== here; inner = inner.outer as Scope) inner.reach.outside = true;
      const { slot } = source;
      const { type } = source.columns[at] as { type: Type };
      return { type, slot, of: (run) => run.rows[slot]?.[at] ?? null };
    }
  }
  return scope.shared.fail(`the column ${table === null ? '' : `${table}.`}${name}`);
}

function unary(op: 'not' | '-', of: Compiled): Compiled {
  if (op === '-') {
    const minus = (v: Value): Value => (v === null ? null : typeof v === 'bigint' ? -v : -(v as number));
    return { ...of, of: (run) => minus(of.of(run)) };
  }
  return {
    type: bool,
    slot: of.slot,
    of: (run) => {
      const value = of.of(run);
      return value === null ? null : !value;
    },
  };
}

/** Two sides of an operator, each giving the other its type where it has none of its own. */
function pair(left: Expr, right: Expr, scope: Scope): [Compiled, Compiled] {
  const open = (e: Expr) => e.kind === 'param' || e.kind === 'literal';
  if (open(left)) {
    const other = compile(right, scope);
    return [compile(left, scope, other.type), other];
  }
  const one = compile(left, scope);
  const other = compile(right, scope, one.type);
  // Numbers of two sizes meet in the larger.
  if (one.type.base === 'int4' && other.type.base === 'int8') return [convert(one, other.type), other];
  if (one.type.base === 'int8' && other.type.base === 'int4') return [one, convert(other, one.type)];
  return [one, other];
}

function binary(op: string, l: Expr, r: Expr, scope: Scope): Compiled {
  if (op === 'and' || op === 'or') return logic(op, compile(l, scope, bool), compile(r, scope, bool));
  if (op === '||') return concatenation(compile(l, scope, scalar('text')), compile(r, scope, scalar('text')));
  const [left, right] = pair(l, r, scope);
  const slot = highest(left, right);
  const compares = comparison(op);
  if (compares !== null) {
    const a = left.of;
    const b = right.of;
    return {
      type: bool,
      slot,
      of: (run) => {
        const x = a(run);
        if (x === null) return null;
        const y = b(run);
        return y === null ? null : compares(x, y);
      },
    };
  }
  const counts = arithmetic(op);
  if (counts === null) return scope.shared.fail(`the operator ${op}`);
  return {
    type: op === '~' ? bool : left.type,
    slot,
    of: (run) => {
      const x = left.of(run);
      const y = right.of(run);
      return x === null || y === null ? null : counts(x as never, y as never);
    },
  };
}

function logic(op: 'and' | 'or', left: Compiled, right: Compiled): Compiled {
  const decides = op === 'or';
  return {
    type: bool,
    slot: highest(left, right),
    of: (run) => {
      const a = left.of(run);
      if (a === decides) return decides;
      const b = right.of(run);
      if (b === decides) return decides;
      return a === null || b === null ? null : !decides;
    },
  };
}

function concatenation(left: Compiled, right: Compiled): Compiled {
  return {
    type: left.type.array ? left.type : scalar('text'),
    slot: highest(left, right),
    of: (run) => {
      const a = left.of(run);
      const b = right.of(run);
      if (a === null || b === null) return null;
      return Array.isArray(a) && Array.isArray(b) ? [...a, ...b] : String(a) + String(b);
    },
  };
}

function inList(of: Expr, list: readonly Expr[], not: boolean, scope: Scope): Compiled {
  const left = compile(of, scope);
  const all = list.map((one) => convert(compile(one, scope, left.type), left.type));
  return {
    type: bool,
    slot: highest(left, ...all),
    of: (run) =>
      membership(
        left.of(run),
        all.map((one) => one.of(run)),
        not,
      ),
  };
}

function inQuery(of: Expr, query: Select, not: boolean, scope: Scope): Compiled {
  const left = compile(of, scope);
  const compiled = scope.shared.subquery(query, scope);
  const row = of.kind === 'row';
  return {
    type: bool,
    slot: Math.max(left.slot, compiled.slot),
    of: (run) =>
      membership(
        left.of(run),
        compiled.run(run).map((r) => (row ? r : (r[0] as Value))),
        not,
      ),
  };
}

function membership(value: Value, list: readonly Value[], not: boolean): Value {
  if (value === null) return null;
  const key = keyOf(value);
  let sawNull = false;
  for (const one of list) {
    if (one === null) sawNull = true;
    else if (one === value || keyOf(one) === key) return !not;
  }
  return sawNull ? null : not;
}

function any(expr: Extract<Expr, { kind: 'any' }>, scope: Scope): Compiled {
  const open = expr.left.kind === 'param' || expr.left.kind === 'literal';
  const first = open ? null : compile(expr.left, scope);
  const array = compile(expr.array, scope, { base: first?.type.base ?? 'unknown', array: true });
  const left = first ?? compile(expr.left, scope, { base: array.type.base, array: false });
  const compares = comparison(expr.op);
  if (compares === null) return scope.shared.fail(`the operator ${expr.op} any`);
  const { all } = expr;
  return {
    type: bool,
    slot: highest(left, array),
    of: (run) => {
      const value = left.of(run);
      const list = array.of(run) as Value[] | null;
      if (value === null || list === null) return null;
      for (const one of list) if (one !== null && compares(value, one) !== all) return !all;
      return all;
    },
  };
}

function caseOf(expr: Extract<Expr, { kind: 'case' }>, scope: Scope, hint: Type): Compiled {
  const equals = (test: Expr): Expr =>
    expr.of === null ? test : { kind: 'binary', op: '=', left: expr.of, right: test };
  const tests = expr.when.map((w) => compile(equals(w.test), scope, bool));
  const thens = expr.when.map((w) => compile(w.result, scope, hint));
  const type = thens.find((t) => t.type.base !== 'unknown')?.type ?? hint;
  const otherwise = expr.otherwise === null ? null : compile(expr.otherwise, scope, type);
  const branches = tests.map((when, i) => ({ when, result: convert(thens[i] as Compiled, type) }));
  return {
    type,
    slot: highest(...tests, ...thens, ...(otherwise ? [otherwise] : [])),
    of: (run) => {
      for (const { when, result } of branches) if (when.of(run) === true) return result.of(run);
      return otherwise === null ? null : otherwise.of(run);
    },
  };
}

function callOf(expr: Extract<Expr, { kind: 'call' }>, scope: Scope, hint: Type): Compiled {
  const { name, args } = expr;
  const aggregate = aggregates[name];
  if (aggregate) {
    const found = scope.aggregates;
    if (found === null) return scope.shared.fail(`${name}() here`);
    const inside: Scope = { ...scope, aggregates: null };
    const arg = args[0] ? compile(args[0], inside) : null;
    const filter = expr.filter ? compile(expr.filter, inside, bool) : null;
    const at = found.push({ name, arg, filter }) - 1;
    return { type: aggregate.type(arg?.type ?? unknown), slot: 0, of: (run) => run.aggregates[at] as Value };
  }
  const first = args.map((one) => compile(one, scope));
  const type =
    first.find((a) => a.type.base === 'int8')?.type ??
    first.find((a) => a.type.base !== 'unknown')?.type ??
    hint;
  // A bare number or parameter among the arguments is of the others' type.
  const isOpen = (arg: Expr | undefined) => arg?.kind === 'literal' || arg?.kind === 'param';
  const typed = first.map((a, i) => (isOpen(args[i]) ? compile(args[i] as Expr, scope, type) : a));
  const found = call(name, typed);
  return found ?? scope.shared.fail(`the function ${name}`);
}
