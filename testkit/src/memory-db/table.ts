import type { Type } from './ast.ts';
import { keyOf, sqlError, type Value } from './types.ts';

export interface Column {
  name: string;
  type: Type;
  notNull: boolean;
  /** The value when none is given; null for none. */
  makeDefault: ((tx: Transaction, table: Table) => Value) | null;
}

export interface Check {
  name: string;
  /** False when the row breaks it; null counts as holding, as in SQL. */
  holds: (row: Value[]) => boolean | null;
}

/** A table's shape, shared by every database made from the same migrations. */
export interface TableShape {
  name: string;
  columns: Column[];
  checks: Check[];
  uniques: UniqueShape[];
}

export interface UniqueShape {
  name: string;
  columns: number[];
  /** Rows outside a partial index do not count. */
  covers: ((row: Value[]) => boolean) | null;
}

/** One row: what is committed, and what one open transaction has made of it. */
export interface Ref {
  committed: Value[] | null;
  /** Undefined: the owner has locked it and not changed it. Null: deleted. */
  pending: Value[] | null | undefined;
  owner: Transaction | null;
}

/** The lock another transaction holds: the statement waits until it ends and is run again. */
export class Blocked {
  readonly by: Transaction;
  constructor(by: Transaction) {
    this.by = by;
  }
}

interface JournalEntry {
  table: Table;
  ref: Ref;
  before: Value[] | null | undefined;
  isNew: boolean;
}

/** Told of every row a commit has changed. */
export type OnChange = (table: Table, before: Value[] | null, after: Value[] | null) => void;

/** An open transaction: READ COMMITTED, with the locks it holds and what it would undo. */
export class Transaction {
  readonly id: bigint;
  /** True once it has written something, so that it has a number others can see. */
  state: 'open' | 'failed' | 'ended' = 'open';
  waitingFor: Transaction | null = null;
  /** Ends with the statement that waits, and those sent after it. */
  busy: Promise<void> | null = null;
  readonly #held: { table: Table; ref: Ref }[] = [];
  readonly #tables: Table[] = [];
  readonly #journal: JournalEntry[] = [];
  #waiters: (() => void)[] = [];

  constructor(id: bigint) {
    this.id = id;
  }

  /** Takes a row's lock, or throws {@link Blocked}. */
  lock(table: Table, ref: Ref): void {
    if (ref.owner === this) return;
    if (ref.owner !== null) throw new Blocked(ref.owner);
    ref.owner = this;
    this.#held.push({ table, ref });
  }

  lockTable(table: Table): void {
    if (table.lockedBy === this) return;
    if (table.lockedBy !== null) throw new Blocked(table.lockedBy);
    for (const { owner } of table.refs) if (owner !== null && owner !== this) throw new Blocked(owner);
    table.lockedBy = this;
    this.#tables.push(table);
  }

  /** Writes a row it has locked; null deletes it. */
  write(table: Table, ref: Ref, row: Value[] | null): void {
    if (table.lockedBy !== null && table.lockedBy !== this) throw new Blocked(table.lockedBy);
    const { pending } = ref;
    this.#journal.push({ table, ref, before: pending, isNew: false });
    ref.pending = row;
    if (row !== null) table.enter(ref, row, pending ?? ref.committed);
  }

  insert(table: Table, row: Value[]): Ref {
    if (table.lockedBy !== null && table.lockedBy !== this) throw new Blocked(table.lockedBy);
    const ref: Ref = { committed: null, pending: row, owner: this };
    this.#held.push({ table, ref });
    this.#journal.push({ table, ref, before: undefined, isNew: true });
    table.refs.add(ref);
    table.enter(ref, row, null);
    return ref;
  }

  /** Where the journal stands, to undo one statement to. */
  mark(): number {
    return this.#journal.length;
  }

  undoTo(mark: number): void {
    while (this.#journal.length > mark) {
      const { table, ref, before, isNew } = this.#journal.pop() as JournalEntry;
      const written = ref.pending;
      ref.pending = before;
      if (written) table.leave(ref, written);
      if (isNew) table.refs.delete(ref);
    }
  }

  whenEnded(then: () => void): void {
    this.#waiters.push(then);
  }

  commit(onChange: OnChange | null): void {
    this.state = 'ended';
    for (const { table, ref } of this.#held) {
      if (ref.owner !== this) continue;
      ref.owner = null;
      const { pending, committed } = ref;
      if (pending === undefined) continue;
      ref.committed = pending;
      ref.pending = undefined;
      if (committed !== null) table.leave(ref, committed);
      if (pending === null) table.refs.delete(ref);
      if (committed !== null || pending !== null) onChange?.(table, committed, pending);
    }
    this.#release();
  }

  rollback(): void {
    this.undoTo(0);
    this.state = 'ended';
    for (const { ref } of this.#held) if (ref.owner === this) ref.owner = null;
    this.#release();
  }

  #release(): void {
    for (const table of this.#tables) table.lockedBy = null;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const then of waiters) then();
  }
}

/** The rows of one table of one database. */
export class Table {
  readonly shape: TableShape;
  readonly refs = new Set<Ref>();
  lockedBy: Transaction | null = null;
  /** The last number an identity column gave out. */
  identity = 0n;
  readonly #uniques: Map<string | number | bigint | boolean, Ref[]>[];

  constructor(shape: TableShape) {
    this.shape = shape;
    this.#uniques = shape.uniques.map(() => new Map());
  }

  /** What a transaction sees of a row; null for none. */
  static seen(ref: Ref, tx: Transaction): Value[] | null {
    return ref.owner === tx && ref.pending !== undefined ? ref.pending : ref.committed;
  }

  /** Rows that may have this value in a unique column of its own; the caller compares. */
  lookup(unique: number, value: Value): readonly Ref[] {
    return this.#uniques[unique]?.get(keyOf(value)) ?? [];
  }

  /** Puts a row in under its keys; `before` is what is in already of the same row. */
  enter(ref: Ref, row: Value[], before: Value[] | null): void {
    for (let i = 0; i < this.#uniques.length; i++) {
      const unique = this.shape.uniques[i] as UniqueShape;
      if (before !== null && isSameKey(unique, before, row)) continue;
      const key = keyIn(unique, row);
      const index = this.#uniques[i] as Map<string | number | bigint | boolean, Ref[]>;
      const there = index.get(key);
      if (there === undefined) index.set(key, [ref]);
      else if (!there.includes(ref)) there.push(ref);
    }
  }

  /** Takes a row out under an old key, unless it is still there with it. */
  leave(ref: Ref, old: Value[]): void {
    for (let i = 0; i < this.#uniques.length; i++) {
      const unique = this.shape.uniques[i] as UniqueShape;
      const { pending, committed } = ref;
      if (pending && isSameKey(unique, pending, old)) continue;
      if (committed && isSameKey(unique, committed, old)) continue;
      const key = keyIn(unique, old);
      const index = this.#uniques[i] as Map<string | number | bigint | boolean, Ref[]>;
      const there = index.get(key);
      if (there === undefined) continue;
      if (there.length === 1) index.delete(key);
      else there.splice(there.indexOf(ref), 1);
    }
  }

  /**
   * The row that a new one would collide with under one unique key, or null. Throws {@link Blocked} while it hangs on
   * another transaction whether there is one.
   */
  collision(unique: number, row: Value[], tx: Transaction, itself: Ref | null): Ref | null {
    const shape = this.shape.uniques[unique] as UniqueShape;
    if (shape.covers !== null && !shape.covers(row)) return null;
    if (shape.columns.some((c) => row[c] === null)) return null;
    const there = this.#uniques[unique]?.get(keyIn(shape, row));
    if (there === undefined) return null;
    const collides = (other: Value[] | null | undefined) =>
      other !== null &&
      other !== undefined &&
      isSameKey(shape, other, row) &&
      (shape.covers === null || shape.covers(other));
    for (const ref of there) {
      if (ref === itself) continue;
      if (ref.owner === null || ref.owner === tx) {
        if (collides(Table.seen(ref, tx))) return ref;
      } else if (ref.pending === undefined) {
        if (collides(ref.committed)) return ref;
      } else if (collides(ref.committed) || collides(ref.pending)) throw new Blocked(ref.owner);
    }
    return null;
  }

  /** Refuses a row that breaks a constraint on itself. */
  checkRow(row: Value[]): void {
    const { columns, checks, name } = this.shape;
    for (let i = 0; i < columns.length; i++) {
      if (row[i] === null && (columns[i] as Column).notNull) {
        throw sqlError('23502', `null in ${name}.${(columns[i] as Column).name}`);
      }
    }
    for (const check of checks) {
      if (check.holds(row) === false) throw sqlError('23514', `${name} breaks the check ${check.name}`);
    }
  }

  /**
   * Refuses a row whose unique keys are taken.
   *
   * @param before the same row before it was changed: a key that it keeps is its own
   * @param checked unique keys that were found free already
   */
  checkUniques(
    row: Value[],
    tx: Transaction,
    itself: Ref,
    before: Value[] | null,
    checked: readonly number[] = [],
  ): void {
    for (let i = 0; i < this.shape.uniques.length; i++) {
      const unique = this.shape.uniques[i] as UniqueShape;
      if (checked.includes(i)) continue;
      if (before !== null && unique.covers === null && isSameKey(unique, before, row)) continue;
      if (this.collision(i, row, tx, itself) !== null) {
        throw sqlError(
          '23505',
          `${this.shape.name}: duplicate key in ${(this.shape.uniques[i] as UniqueShape).name}`,
        );
      }
    }
  }

  /** A copy of what is committed, for another database. */
  copy(): Table {
    const table = new Table(this.shape);
    table.identity = this.identity;
    for (const { committed } of this.refs) {
      if (committed === null) continue;
      const ref: Ref = { committed, pending: undefined, owner: null };
      table.refs.add(ref);
      table.enter(ref, committed, null);
    }
    return table;
  }
}

function isSameKey({ columns }: UniqueShape, a: Value[], b: Value[]): boolean {
  for (const column of columns) {
    const x = a[column] as Value;
    const y = b[column] as Value;
    if (x === y) continue;
    if (x === null || y === null || typeof x !== 'object' || keyOf(x) !== keyOf(y)) return false;
  }
  return true;
}

function keyIn({ columns }: UniqueShape, row: Value[]): string | number | bigint | boolean {
  if (columns.length === 1) return keyOf(row[columns[0] as number] as Value);
  let key = '';
  for (const column of columns) key += `${String(keyOf(row[column] as Value))}\u0000`;
  return key;
}
