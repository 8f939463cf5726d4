import type { Expr, Type } from './ast.ts';
import { compile, convert, type Run, type Scope, type Shared } from './expression.ts';
import { NotUnderstood, type Token, TokenReader, tokensOf } from './lexer.ts';
import { StatementParser } from './statementParser.ts';
import type { Column, Table, TableShape, Transaction } from './table.ts';
import { scalar, type Value } from './types.ts';

/**
 * What guards rows against people (triggers, functions, rights, settings) has no part here: nothing but our own
 * statements reaches these rows, and the simulation's own checks watch them.
 */
const passedOver = ['create', 'drop', 'comment', 'grant', 'revoke', 'set', 'analyze', 'vacuum', 'do'];

/** Reads the statements of migrations that make tables. */
export class Definitions {
  readonly shapes = new Map<string, TableShape>();

  /** Takes one statement; false when it defines nothing and is to be run. */
  take(text: string): boolean {
    const r = new TokenReader(text);
    if (r.accept('create', 'table')) this.#createTable(r);
    else if (r.accept('create', 'unique', 'index')) this.#createIndex(r, true);
    else if (r.accept('alter', 'table')) this.#alterTable(r);
    else if (r.accept('drop', 'index')) this.#dropIndex(r);
    else if (r.accept('drop', 'table')) {
      r.accept('if', 'exists');
      this.shapes.delete(new StatementParser(r).tableName());
    } else return passedOver.some((word) => r.is(word));
    return true;
  }

  #createTable(r: TokenReader): void {
    r.accept('if', 'not', 'exists');
    const parser = new StatementParser(r);
    const shape: TableShape = { name: parser.tableName(), columns: [], checks: [], uniques: [] };
    if (this.shapes.has(shape.name)) return;
    this.shapes.set(shape.name, shape);
    const later: (() => void)[] = [];
    r.list(() => this.#element(r, parser, shape, later));
    for (const then of later) then();
  }

  /** A column or a constraint. What names columns that come later waits until all are there. */
  #element(r: TokenReader, parser: StatementParser, shape: TableShape, later: (() => void)[]): void {
    if (r.accept('constraint')) {
      this.#constraint(r, parser, shape, later, r.name());
      return;
    }
    if (['primary', 'unique', 'check', 'foreign', 'exclude'].some((word) => r.is(word))) {
      this.#constraint(r, parser, shape, later, 'unnamed');
      return;
    }
    this.#column(r, parser, shape, later);
  }

  #constraint(
    r: TokenReader,
    parser: StatementParser,
    shape: TableShape,
    later: (() => void)[],
    name: string,
  ): void {
    if (r.accept('check')) {
      r.expect('(');
      const expr = parser.expression();
      r.expect(')');
      later.push(() => void shape.checks.push({ name, holds: rowTest(expr, shape) }));
    } else if (r.accept('primary', 'key') || r.accept('unique')) {
      const columns = r.list(() => r.name());
      later.push(
        () => void shape.uniques.push({ name, columns: columns.map((c) => indexOf(shape, c)), covers: null }),
      );
    } else if (r.accept('foreign', 'key')) {
      r.skipParentheses();
      references(r, parser);
    } else r.fail('the constraint');
  }

  #column(r: TokenReader, parser: StatementParser, shape: TableShape, later: (() => void)[]): void {
    const name = r.name();
    const column: Column = { name, type: parser.type(), notNull: false, makeDefault: null };
    const at = shape.columns.push(column) - 1;
    const unique = (label: string) => shape.uniques.push({ name: label, columns: [at], covers: null });
    for (;;) {
      if (r.accept('not', 'null')) column.notNull = true;
      else if (r.accept('null')) continue;
      else if (r.accept('primary', 'key')) {
        column.notNull = true;
        unique(`${name} primary key`);
      } else if (r.accept('unique')) unique(name);
      else if (r.accept('default')) column.makeDefault = defaultOf(parser.expression(), column.type);
      else if (r.accept('generated')) {
        while (!r.accept('identity')) r.take();
        column.makeDefault = (_tx, table) => ++table.identity;
        if (r.is('(')) r.skipParentheses();
      } else if (r.is('references')) references(r, parser);
      else if (r.is('check') || r.is('constraint')) {
        // As PostgreSQL names it, by which a later script drops it.
        const unnamed = `${shape.name.split('.').at(-1)}_${name}_check`;
        const label = r.accept('constraint') ? r.name() : unnamed;
        this.#constraint(r, parser, shape, later, label);
      } else return;
    }
  }

  #createIndex(r: TokenReader, isUnique: boolean): void {
    r.accept('if', 'not', 'exists');
    const name = r.name();
    r.expect('on');
    const parser = new StatementParser(r);
    const shape = this.#shape(parser.tableName(), r);
    if (r.accept('using')) r.name();
    const columns = r.list(() => {
      const column = r.name();
      if (!r.accept('desc')) r.accept('asc');
      return column;
    });
    if (r.accept('include')) r.skipParentheses();
    if (r.accept('with')) r.skipParentheses();
    const covers = r.accept('where') ? rowTest(parser.expression(), shape) : null;
    if (!isUnique) return;
    shape.uniques.push({
      name,
      columns: columns.map((c) => indexOf(shape, c)),
      covers: covers && ((row) => covers(row) === true),
    });
  }

  #dropIndex(r: TokenReader): void {
    r.accept('if', 'exists');
    const name = new StatementParser(r).tableName().split('.').at(-1);
    for (const shape of this.shapes.values()) shape.uniques = shape.uniques.filter((u) => u.name !== name);
  }

  #alterTable(r: TokenReader): void {
    r.accept('if', 'exists');
    const parser = new StatementParser(r);
    const shape = this.#shape(parser.tableName(), r);
    const later: (() => void)[] = [];
    r.commas(() => this.#alteration(r, parser, shape, later));
    for (const then of later) then();
  }

  #alteration(r: TokenReader, parser: StatementParser, shape: TableShape, later: (() => void)[]): void {
    if (r.accept('add')) {
      r.accept('column');
      r.accept('if', 'not', 'exists');
      this.#element(r, parser, shape, later);
      while (r.peek().kind !== 'end' && !r.is(',')) r.take();
    } else if (r.accept('drop', 'column')) {
      r.accept('if', 'exists');
      this.#dropColumn(shape, r.name());
    } else if (r.accept('drop', 'constraint')) {
      r.accept('if', 'exists');
      const name = r.name();
      shape.checks = shape.checks.filter((c) => c.name !== name);
      shape.uniques = shape.uniques.filter((u) => u.name !== name);
    } else if (r.is('set', '(') || r.is('reset', '(')) {
      r.take();
      r.skipParentheses();
    } else if (r.accept('alter', 'column')) {
      const column = shape.columns[indexOf(shape, r.name())] as Column;
      if (r.accept('drop', 'not', 'null')) column.notNull = false;
      else if (r.accept('set', 'not', 'null')) column.notNull = true;
      else if (r.accept('set', 'default')) column.makeDefault = defaultOf(parser.expression(), column.type);
      else if (r.accept('drop', 'default')) column.makeDefault = null;
      else if (r.accept('type')) {
        // Runs before there are rows: there is nothing to convert.
        column.type = parser.type();
        if (r.accept('using')) parser.expression();
      } else r.fail('the change of a column');
    } else if (r.is('enable') || r.is('disable') || r.is('cluster')) {
      while (r.peek().kind !== 'end') r.take();
    } else r.fail('the change of a table');
  }

  /** Constraints hold the column's number: they are made anew for the columns that are left. */
  #dropColumn(shape: TableShape, name: string): void {
    const at = indexOf(shape, name);
    shape.columns.splice(at, 1);
    shape.uniques = shape.uniques
      .filter((u) => !u.columns.includes(at))
      .map((u) => ({ ...u, columns: u.columns.map((c) => (c > at ? c - 1 : c)) }));
    // A check that named the column is gone with it in PostgreSQL; one that did not is compiled by name, at each row.
    shape.checks = shape.checks.filter((c) => !c.name.includes(name));
  }

  #shape(name: string, r: TokenReader): TableShape {
    return this.shapes.get(name) ?? r.fail(`the table ${name}`);
  }
}

function references(r: TokenReader, parser: StatementParser): void {
  r.expect('references');
  parser.tableName();
  if (r.is('(')) r.skipParentheses();
  while (r.accept('on', 'delete') || r.accept('on', 'update')) {
    if (!r.accept('no', 'action') && !r.accept('set', 'null')) r.name();
  }
  if (r.accept('deferrable')) r.accept('initially', 'deferred');
}

function indexOf(shape: TableShape, column: string): number {
  const at = shape.columns.findIndex((c) => c.name === column);
  if (at < 0) throw new Error(`${shape.name} has no column ${column}`);
  return at;
}

function scopeOf(shape: TableShape): Scope {
  const shared: Shared = {
    text: shape.name,
    nextSlot: 1,
    params: [],
    subquery: () => shared.fail('a query in a constraint'),
    fail(what) {
      throw new NotUnderstood(what, shape.name);
    },
  };
  const alias = shape.name.split('.').at(-1) as string;
  return {
    sources: [{ alias, slot: 0, columns: shape.columns }],
    outer: null,
    aggregates: null,
    reach: { outside: false },
    shared,
  };
}

/** A condition on one row alone: true, false or SQL's null. */
function rowTest(expr: Expr, shape: TableShape): (row: Value[]) => boolean | null {
  let compiled: { of: (run: Run) => Value; width: number } | null = null;
  const run = { rows: [null], params: [] } as unknown as Run;
  return (row) => {
    if (compiled?.width !== shape.columns.length) {
      compiled = { of: compile(expr, scopeOf(shape), scalar('bool')).of, width: shape.columns.length };
    }
    run.rows[0] = row;
    return compiled.of(run) as boolean | null;
  };
}

function defaultOf(expr: Expr, type: Type): (tx: Transaction, table: Table) => Value {
  const empty: TableShape = { name: 'default', columns: [], checks: [], uniques: [] };
  const { of } = convert(compile(expr, scopeOf(empty), type), type);
  return (tx) => of({ tx } as unknown as Run);
}

/** Cuts a script at its semicolons; those inside strings and functions do not count. */
export function statementsOf(script: string): string[] {
  const found: string[] = [];
  let begin = 0;
  let last: Token | undefined;
  for (const token of tokensOf(script)) {
    const end = token.kind === 'end' || (token.kind === 'symbol' && token.text === ';');
    if (!end) {
      last ??= token;
      continue;
    }
    if (last !== undefined) found.push(script.slice(begin, token.at));
    last = undefined;
    begin = token.at + 1;
  }
  return found;
}
