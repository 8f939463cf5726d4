import type { Expr, Select, Type } from './ast.ts';
import type { TokenReader } from './lexer.ts';
import { baseTypeOf } from './types.ts';

/** Reads a subquery; handed in, so that expressions and statements need not import each other. */
export type ReadSelect = (reader: TokenReader) => Select;

const comparisons = new Set(['=', '<>', '<', '<=', '>', '>=']);
const others = new Set(['&', '|', '||', '~', '->', '->>']);

/** Reads expressions with PostgreSQL's precedence. */
export class ExpressionParser {
  readonly #reader: TokenReader;
  readonly #select: ReadSelect;

  constructor(reader: TokenReader, select: ReadSelect) {
    this.#reader = reader;
    this.#select = select;
  }

  read(): Expr {
    let left = this.#and();
    while (this.#reader.accept('or')) left = { kind: 'binary', op: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Expr {
    let left = this.#not();
    while (this.#reader.accept('and')) left = { kind: 'binary', op: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Expr {
    if (this.#reader.is('not') && !this.#reader.is('not', 'exists')) {
      this.#reader.take();
      return { kind: 'unary', op: 'not', of: this.#not() };
    }
    return this.#is();
  }

  #is(): Expr {
    const r = this.#reader;
    let left = this.#comparison();
    while (r.accept('is')) {
      const not = r.accept('not');
      if (r.accept('null')) left = { kind: 'is_null', of: left, not };
      else if (r.accept('true'))
        left = { kind: 'is_distinct', left, right: { kind: 'literal', value: true }, not: !not };
      else if (r.accept('false'))
        left = { kind: 'is_distinct', left, right: { kind: 'literal', value: false }, not: !not };
      else {
        r.expect('distinct', 'from');
        left = { kind: 'is_distinct', left, right: this.#comparison(), not };
      }
    }
    return left;
  }

  #comparison(): Expr {
    const left = this.#containment();
    const op = this.#reader.peek();
    if (op.kind !== 'symbol' || !comparisons.has(op.text)) return left;
    this.#reader.take();
    for (const all of [false, true]) {
      if (!this.#reader.is(all ? 'all' : 'any', '(')) continue;
      this.#reader.take();
      this.#reader.expect('(');
      const array: Expr = this.#reader.is('select')
        ? { kind: 'array_query', query: this.#select(this.#reader) }
        : this.read();
      this.#reader.expect(')');
      return { kind: 'any', op: op.text, left, array, all };
    }
    return { kind: 'binary', op: op.text, left, right: this.#containment() };
  }

  #containment(): Expr {
    const r = this.#reader;
    const left = this.#other();
    const not = r.is('not', 'in') || r.is('not', 'between');
    if (not) r.take();
    if (r.accept('between')) {
      const low = this.#other();
      r.expect('and');
      const within: Expr = {
        kind: 'binary',
        op: 'and',
        left: { kind: 'binary', op: '>=', left, right: low },
        right: { kind: 'binary', op: '<=', left, right: this.#other() },
      };
      return not ? { kind: 'unary', op: 'not', of: within } : within;
    }
    if (!r.accept('in')) return left;
    if (r.is('(', 'select') || r.is('(', 'with')) {
      r.expect('(');
      const query = this.#select(r);
      r.expect(')');
      return { kind: 'in_query', of: left, query, not };
    }
    return { kind: 'in_list', of: left, list: r.list(() => this.read()), not };
  }

  #other(): Expr {
    return this.#operators(others, () =>
      this.#operators(new Set(['+', '-']), () =>
        this.#operators(new Set(['*', '/', '%']), () => this.#unary()),
      ),
    );
  }

  #operators(ops: ReadonlySet<string>, next: () => Expr): Expr {
    let left = next();
    for (;;) {
      const op = this.#reader.peek();
      if (op.kind !== 'symbol' || !ops.has(op.text)) return left;
      this.#reader.take();
      left = { kind: 'binary', op: op.text, left, right: next() };
    }
  }

  #unary(): Expr {
    if (this.#reader.accept('-')) return { kind: 'unary', op: '-', of: this.#unary() };
    let of = this.#primary();
    while (this.#reader.accept('::')) of = { kind: 'cast', of, to: this.type() };
    return of;
  }

  /** A type's name, with its length passed over. */
  type(): Type {
    const r = this.#reader;
    let name = r.name();
    if (name === 'timestamp') {
      r.expect('with', 'time', 'zone');
      name = 'timestamptz';
    } else if (name === 'double') {
      r.expect('precision');
      name = 'float8';
    } else if (name === 'character') {
      r.accept('varying');
      name = 'text';
    }
    const base = baseTypeOf(name);
    if (base === undefined) return r.fail(`the type ${name}`);
    if (r.is('(')) r.skipParentheses();
    const array = r.accept('[', ']');
    return { base, array };
  }

  #primary(): Expr {
    const r = this.#reader;
    const token = r.peek();
    if (token.kind === 'param') return { kind: 'param', number: Number(r.take().text) };
    if (token.kind === 'string') return { kind: 'literal', value: r.take().text };
    if (token.kind === 'number') return { kind: 'literal', value: Number(r.take().text) };
    if (r.is('(')) return this.#parentheses();
    if (token.kind !== 'name') r.fail('an expression');
    return this.#word();
  }

  #parentheses(): Expr {
    const r = this.#reader;
    r.expect('(');
    if (r.is('select') || r.is('with')) {
      const query = this.#select(r);
      r.expect(')');
      return { kind: 'scalar', query };
    }
    const of = r.commas(() => this.read());
    r.expect(')');
    return of.length === 1 ? (of[0] as Expr) : { kind: 'row', of };
  }

  #word(): Expr {
    const r = this.#reader;
    if (r.accept('null')) return { kind: 'literal', value: null };
    if (r.accept('true')) return { kind: 'literal', value: true };
    if (r.accept('false')) return { kind: 'literal', value: false };
    if (r.accept('case')) return this.#case();
    if (r.is('not', 'exists') || r.is('exists')) return this.#exists();
    if (r.accept('row', '(')) {
      const of = r.commas(() => this.read());
      r.expect(')');
      return { kind: 'row', of };
    }
    if (r.accept('cast', '(')) {
      const of = this.read();
      r.expect('as');
      const to = this.type();
      r.expect(')');
      return { kind: 'cast', of, to };
    }
    if (r.is('array')) return this.#array();
    if (r.peek(1).kind === 'symbol' && r.peek(1).text === '(') return this.#call();
    const name = r.name();
    if (!r.accept('.')) return { kind: 'column', table: null, name };
    const second = r.name();
    // schema.table.column: the table's own name tells it.
    return r.accept('.')
      ? { kind: 'column', table: second, name: r.name() }
      : { kind: 'column', table: name, name: second };
  }

  #exists(): Expr {
    const r = this.#reader;
    const not = r.accept('not');
    r.expect('exists', '(');
    const query = this.#select(r);
    r.expect(')');
    return not ? { kind: 'unary', op: 'not', of: { kind: 'exists', query } } : { kind: 'exists', query };
  }

  #array(): Expr {
    const r = this.#reader;
    r.expect('array');
    if (r.accept('(')) {
      const query = this.#select(r);
      r.expect(')');
      return { kind: 'array_query', query };
    }
    r.expect('[');
    const of = r.is(']') ? [] : r.commas(() => this.read());
    r.expect(']');
    return { kind: 'array', of };
  }

  #case(): Expr {
    const r = this.#reader;
    const of = r.is('when') ? null : this.read();
    const when: { test: Expr; result: Expr }[] = [];
    while (r.accept('when')) {
      const test = this.read();
      r.expect('then');
      when.push({ test, result: this.read() });
    }
    const otherwise = r.accept('else') ? this.read() : null;
    r.expect('end');
    return { kind: 'case', of, when, otherwise };
  }

  #call(): Expr {
    const r = this.#reader;
    const name = r.name();
    r.expect('(');
    const star = r.accept('*');
    const args = star || r.is(')') ? [] : r.commas(() => this.read());
    r.expect(')');
    let filter: Expr | null = null;
    if (r.accept('filter', '(')) {
      r.expect('where');
      filter = this.read();
      r.expect(')');
    }
    return { kind: 'call', name, args, star, filter };
  }
}
