import type {
  Assignment,
  Cte,
  Delete,
  Expr,
  FromItem,
  FromSource,
  Insert,
  Locking,
  LockTable,
  OrderItem,
  Select,
  SelectItem,
  Statement,
  Update,
} from './ast.ts';
import { ExpressionParser } from './expressionParser.ts';
import { TokenReader } from './lexer.ts';

/** Words that end a select item or a source, so they are no alias. */
const reserved = new Set(
  'from where group order limit offset for on join left inner cross union returning set using as conflict values select and or not fetch having'.split(
    ' ',
  ),
);

/** Reads one statement. Throws `NotUnderstood`. */
export function parseStatement(text: string): Statement {
  const reader = new TokenReader(text);
  const statement = new StatementParser(reader).statement();
  reader.accept(';');
  if (reader.peek().kind !== 'end') reader.fail('what follows');
  return statement;
}

export class StatementParser {
  readonly #reader: TokenReader;
  readonly #expressions: ExpressionParser;

  constructor(reader: TokenReader) {
    this.#reader = reader;
    this.#expressions = new ExpressionParser(reader, () => this.select());
  }

  statement(): Statement {
    const r = this.#reader;
    const ctes = this.#with();
    if (r.is('select')) return { ...this.select(), with: ctes };
    if (r.is('insert')) return this.#insert(ctes);
    if (r.is('update')) return this.#update(ctes);
    if (r.is('delete')) return this.#delete(ctes);
    if (r.is('lock')) return this.#lock();
    return r.fail('the statement');
  }

  expression(): Expr {
    return this.#expressions.read();
  }

  type() {
    return this.#expressions.type();
  }

  #with(): Cte[] {
    const r = this.#reader;
    if (!r.accept('with')) return [];
    return r.commas(() => {
      const name = r.name();
      const columns = r.is('(') ? r.list(() => r.name()) : null;
      r.expect('as');
      r.accept('not');
      r.accept('materialized');
      r.expect('(');
      const query = this.statement();
      r.expect(')');
      return { name, columns, query };
    });
  }

  select(): Select {
    const r = this.#reader;
    const ctes = this.#with();
    r.expect('select');
    const distinct = r.accept('distinct');
    const list = this.#items();
    const listed = r.accept('from') ? this.#from() : [];
    const { items, from } = listed.length === 0 ? unnested(list) : { items: list, from: listed };
    const where = r.accept('where') ? this.expression() : null;
    const groupBy = r.accept('group', 'by') ? r.commas(() => this.expression()) : [];
    const having = r.accept('having') ? this.expression() : null;
    const union = r.accept('union') ? { all: r.accept('all'), query: this.#unionPart() } : null;
    const orderBy = r.accept('order', 'by') ? r.commas(() => this.#orderItem()) : [];
    const limit = r.accept('limit') ? this.expression() : null;
    const offset = r.accept('offset') ? this.expression() : null;
    const locking = this.#locking();
    return {
      kind: 'select',
      with: ctes,
      distinct,
      items,
      from,
      where,
      groupBy,
      having,
      orderBy,
      limit,
      offset,
      locking,
      union,
    };
  }

  #unionPart(): Select {
    const r = this.#reader;
    if (!r.accept('(')) return this.select();
    const query = this.select();
    r.expect(')');
    return query;
  }

  #items(): SelectItem[] {
    const r = this.#reader;
    return r.commas(() => {
      if (r.accept('*')) return { expr: null, table: null, alias: null };
      if (r.peek().kind === 'name' && r.peek(1).text === '.' && r.peek(2).text === '*') {
        const table = r.name();
        r.take();
        r.take();
        return { expr: null, table, alias: null };
      }
      return { expr: this.expression(), table: null, alias: this.#alias() };
    });
  }

  #alias(): string | null {
    const r = this.#reader;
    if (r.accept('as')) return r.name();
    return r.peek().kind === 'name' && !reserved.has(r.peek().text) ? r.name() : null;
  }

  #from(): FromItem[] {
    const r = this.#reader;
    const items = [this.#source('cross')];
    for (;;) {
      if (r.accept(',') || r.accept('cross', 'join')) items.push(this.#source('cross'));
      else if (r.accept('join') || r.accept('inner', 'join')) items.push(this.#joined('inner'));
      else if (r.accept('left', 'join') || r.accept('left', 'outer', 'join'))
        items.push(this.#joined('left'));
      else return items;
    }
  }

  #joined(join: 'inner' | 'left'): FromItem {
    const item = this.#source(join);
    this.#reader.expect('on');
    return { ...item, on: this.expression() };
  }

  #source(join: FromItem['join']): FromItem {
    const r = this.#reader;
    r.accept('lateral');
    const source = this.#sourceItself();
    const alias = this.#alias();
    const columns = alias !== null && r.is('(') ? r.list(() => r.name()) : null;
    return { ...source, alias, columns, join, on: null };
  }

  #sourceItself(): FromSource {
    const r = this.#reader;
    if (r.accept('(')) {
      const query = this.#parenthesised();
      r.expect(')');
      return { kind: 'query', query };
    }
    if (r.peek(1).text === '(' && r.peek(1).kind === 'symbol') {
      const name = r.name();
      r.expect('(');
      const args = r.is(')') ? [] : r.commas(() => this.expression());
      r.expect(')');
      return { kind: 'function', name, args, ordinality: r.accept('with', 'ordinality') };
    }
    return { kind: 'table', name: this.tableName() };
  }

  /** A statement, or two selects in parentheses of their own and united. */
  #parenthesised(): Statement {
    const r = this.#reader;
    if (!r.is('(')) return this.statement();
    const first = this.#unionPart();
    if (!r.accept('union')) return first;
    if (first.union) r.fail('a union of a union');
    // The second one's order is its own, the first one's too: so both are sources of a select over them.
    const all = r.accept('all');
    return { ...selectAll(first), union: { all, query: selectAll(this.#unionPart()) } };
  }

  tableName(): string {
    const r = this.#reader;
    const name = r.name();
    return r.accept('.') ? `${name}.${r.name()}` : name;
  }

  #orderItem(): OrderItem {
    const r = this.#reader;
    const expr = this.expression();
    const descending = r.accept('desc');
    if (!descending) r.accept('asc');
    let nullsFirst: boolean | null = null;
    if (r.accept('nulls', 'first')) nullsFirst = true;
    else if (r.accept('nulls', 'last')) nullsFirst = false;
    return { expr, descending, nullsFirst };
  }

  #locking(): Locking | null {
    const r = this.#reader;
    if (!r.accept('for')) return null;
    if (!r.accept('update') && !r.accept('no', 'key', 'update')) r.fail('this lock');
    const of = r.accept('of') ? r.commas(() => r.name()) : null;
    const skipLocked = r.accept('skip', 'locked');
    return { of, skipLocked, nowait: r.accept('nowait') };
  }

  #tableAlias(): string | null {
    const r = this.#reader;
    if (r.accept('as')) return r.name();
    return r.peek().kind === 'name' && !reserved.has(r.peek().text) ? r.name() : null;
  }

  #insert(ctes: Cte[]): Insert {
    const r = this.#reader;
    r.expect('insert', 'into');
    const table = this.tableName();
    const alias = r.accept('as') ? r.name() : null;
    const columns = r.is('(') && r.peek(1).text !== 'select' ? r.list(() => r.name()) : null;
    const values = r.accept('values') ? r.commas(() => r.list(() => this.#assigned())) : null;
    const query = values === null ? this.select() : null;
    const conflict = r.accept('on', 'conflict') ? this.#conflict() : null;
    return {
      kind: 'insert',
      with: ctes,
      table,
      alias,
      columns,
      values,
      query,
      conflict,
      returning: this.#returning(),
    };
  }

  #conflict(): Insert['conflict'] {
    const r = this.#reader;
    const columns = r.is('(') ? r.list(() => r.name()) : null;
    // The predicate of a partial index: the columns tell which index is meant.
    if (r.accept('where')) this.expression();
    r.expect('do');
    if (r.accept('nothing')) return { columns, action: 'nothing' };
    r.expect('update', 'set');
    const set = r.commas(() => this.#assignment());
    const where = r.accept('where') ? this.expression() : null;
    return { columns, action: { set, where } };
  }

  #assigned(): Expr | 'default' {
    return this.#reader.accept('default') ? 'default' : this.expression();
  }

  #assignment(): Assignment {
    const column = this.#reader.name();
    this.#reader.expect('=');
    return { column, value: this.#assigned() };
  }

  #update(ctes: Cte[]): Update {
    const r = this.#reader;
    r.expect('update');
    const table = this.tableName();
    const alias = this.#tableAlias();
    r.expect('set');
    const set = r.commas(() => this.#assignment());
    const from = r.accept('from') ? this.#from() : [];
    const where = r.accept('where') ? this.expression() : null;
    return { kind: 'update', with: ctes, table, alias, set, from, where, returning: this.#returning() };
  }

  #delete(ctes: Cte[]): Delete {
    const r = this.#reader;
    r.expect('delete', 'from');
    const table = this.tableName();
    const alias = this.#tableAlias();
    const from = r.accept('using') ? this.#from() : [];
    const where = r.accept('where') ? this.expression() : null;
    return { kind: 'delete', with: ctes, table, alias, from, where, returning: this.#returning() };
  }

  #returning(): SelectItem[] | null {
    return this.#reader.accept('returning') ? this.#items() : null;
  }

  #lock(): LockTable {
    const r = this.#reader;
    r.expect('lock');
    r.accept('table');
    const table = this.tableName();
    let exclusive = true;
    if (r.accept('in')) {
      const words: string[] = [];
      while (!r.is('mode')) words.push(r.name());
      r.expect('mode');
      exclusive = words.join(' ') !== 'row exclusive';
    }
    return { kind: 'lock', table, exclusive };
  }
}

function selectAll(query: Select): Select {
  return {
    kind: 'select',
    with: [],
    distinct: false,
    items: [{ expr: null, table: null, alias: null }],
    from: [{ kind: 'query', query, alias: 'united', columns: null, join: 'cross', on: null }],
    where: null,
    groupBy: [],
    having: null,
    orderBy: [],
    limit: null,
    offset: null,
    locking: null,
    union: null,
  };
}

/** `select unnest(…)` gives rows, as if it stood among the sources. */
function unnested(items: SelectItem[]): { items: SelectItem[]; from: FromItem[] } {
  const [only] = items;
  if (items.length !== 1 || only?.expr?.kind !== 'call' || only.expr.name !== 'unnest')
    return { items, from: [] };
  const { name, args } = only.expr;
  const source = { kind: 'function' as const, name, args, ordinality: false };
  const columns = only.alias === null ? null : [only.alias];
  const from: FromItem[] = [{ ...source, alias: 'unnest', columns, join: 'cross', on: null }];
  return { items: [{ expr: null, table: null, alias: null }], from };
}
