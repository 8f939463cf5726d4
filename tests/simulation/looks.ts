import type { SqlResult, SqlValue } from '@feiqian/db';
import type { MemoryEngine, MemoryRow } from '@feiqian/testkit';

/*
 * Processes look once a second whether something is due, and almost always nothing is. What such a look finds can be
 * told from the committed rows without running its statement; then it is not run. That what was told is what the
 * statement finds is checked in every world that is run twice.
 */

/** A statement by words of it, and what it gives; null when it has to be run. */
export interface Look {
  says: string;
  table: string;
  /** Gives as `next` the instant before which the look finds nothing; null when it finds the same until it is written. */
  next: string | null;
  foresee(engine: MemoryEngine, params: readonly SqlValue[]): SqlResult<never> | null;
}

const instantOf = (at: SqlValue | undefined) => new Date(at as string | Date).getTime();
const nothing: SqlResult<never> = { rows: [], count: 0 };

/** A look at what is due at `$1`, and finds nothing when no row is. */
function lookAt(
  says: string,
  table: string,
  next: string,
  isDue: (row: MemoryRow, atMs: number) => boolean,
): Look {
  return {
    says,
    table,
    next,
    foresee(engine, [at]) {
      const atMs = instantOf(at);
      return engine.hasRow(table, (row) => isDue(row, atMs)) ? null : nothing;
    },
  };
}

const ms = (at: unknown) => (at as Date).getTime();

const looks: readonly Look[] = [
  lookAt(
    'from payments.due d join payments.payment p on p.id = d.payment_id where d.at <= $1',
    'payments.due',
    'select min(at) as next from payments.due',
    (row, atMs) => ms(row.at) <= atMs,
  ),
  lookAt(
    'select member_id, min(next_attempt_at) as first from links.forward where acknowledged_at is null and next_attempt_at <= $1',
    'links.forward',
    'select min(next_attempt_at) as next from links.forward where acknowledged_at is null',
    (row, atMs) => row.acknowledged_at === null && ms(row.next_attempt_at) <= atMs,
  ),
  lookAt(
    'update transfers.due set at = $2, tries = tries + 1 where transfer_id in ( select transfer_id from transfers.due where at <= $1',
    'transfers.due',
    'select min(at) as next from transfers.due',
    (row, atMs) => ms(row.at) <= atMs,
  ),
  {
    says: 'select revision from members.revision where one',
    table: 'members.revision',
    next: null,
    foresee(engine) {
      let revision: unknown;
      engine.hasRow('members.revision', (row) => {
        ({ revision } = row);
        return true;
      });
      return { rows: [{ revision } as never], count: 1 };
    },
  },
];

const known = new Map<string, Look | null>();

/** The look that a statement is, or null. */
export function lookOf(text: string): Look | null {
  let look = known.get(text);
  if (look === undefined) {
    const line = text.replace(/\s+/g, ' ');
    look = looks.find(({ says }) => line.includes(says)) ?? null;
    known.set(text, look);
  }
  return look;
}

/** What a statement by itself would give, when it is one of those looks and can be told; else null. */
export function foreseen(
  engine: MemoryEngine,
  text: string,
  params: readonly SqlValue[],
): SqlResult<never> | null {
  return lookOf(text)?.foresee(engine, params) ?? null;
}

/** Runs a look whose answer was foreseen, and complains when it finds something else. It leaves no trace. */
export function verifyForeseen(
  engine: MemoryEngine,
  text: string,
  params: readonly SqlValue[],
  told: SqlResult<never>,
): void {
  const tx = engine.begin();
  const found = engine.run<never>(tx, text, params);
  engine.rollback(tx);
  const plain = (of: unknown) =>
    JSON.stringify(of, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  if (!(found instanceof Promise) && plain(found) !== plain(told))
    throw new Error(`a look was to find ${plain(told)}, and finds ${plain(found)}: ${text}`);
}

/** What is known of looks at an engine whose rows cannot be read at once: from the last time each was run. */
export class LastLooks {
  readonly #known = new Map<Look, { result: SqlResult<never>; nextMs: number }>();

  foresee(text: string, params: readonly SqlValue[]): SqlResult<never> | null {
    const look = lookOf(text);
    const known = look === null ? undefined : this.#known.get(look);
    if (look === null || known === undefined) return null;
    if (look.next === null) return known.result;
    return instantOf(params[0]) < known.nextMs ? nothing : null;
  }

  /** A look was run, and with it `next` of its look. */
  found(look: Look, result: SqlResult<never>, next: Date | null): void {
    this.#known.set(look, { result, nextMs: next?.getTime() ?? Number.POSITIVE_INFINITY });
  }

  /** Nothing is known any more of looks at this table; of none, without one. */
  forget(table?: string): void {
    for (const look of [...this.#known.keys()])
      if (table === undefined || look.table === table) this.#known.delete(look);
  }
}
