import type { Db, SqlResult, SqlValue, Tx } from '@feiqian/db';
import type { MemoryEngine } from '@feiqian/testkit';
import { foreseen, verifyForeseen } from './looks.ts';
import type { Life, Timeline } from './timeline.ts';

/** An open transaction of an engine. */
export type Session = object;

/** What a world is stored in: the memory engine, or PGlite. Results may be there at once. */
export interface StoreEngine {
  readonly name: 'memory' | 'pglite';
  /** What a statement by itself would give, where that is known without running it; else null. */
  foresee(text: string, params: readonly SqlValue[]): SqlResult<never> | null;
  begin(): Session | Promise<Session>;
  run(
    session: Session,
    text: string,
    params: readonly SqlValue[],
  ): SqlResult<never> | Promise<SqlResult<never>>;
  commit(session: Session): void | Promise<void>;
  rollback(session: Session): void | Promise<void>;
}

/** @param verifies what is foreseen is looked up as well */
export function memoryStore(engine: MemoryEngine, verifies = false): StoreEngine {
  type Transaction = ReturnType<MemoryEngine['begin']>;
  return {
    name: 'memory',
    foresee(text, params) {
      const told = foreseen(engine, text, params);
      if (verifies && told !== null) verifyForeseen(engine, text, params, told);
      return told;
    },
    begin: () => engine.begin(),
    run: (session, text, params) => engine.run(session as Transaction, text, params),
    commit: (session) => engine.commit(session as Transaction),
    rollback: (session) => engine.rollback(session as Transaction),
  };
}

/**
 * What may go wrong at one point of a statement or a transaction:
 * - `die`: the process ends here
 * - `lose`: the connection breaks; at `committed` the commit has taken place and nobody hears of it
 */
export type StoreFault = 'die' | 'lose' | null;
export type StorePoint = 'statement' | 'commit' | 'committed';

export interface StoreConditions {
  /** How long a statement takes, in ms; null: no time at all. */
  latencyMs(): number | null;
  fault(point: StorePoint): StoreFault;
}

/** The connection went away, as the driver reports it. */
export function connectionLost(): Error {
  return Object.assign(new Error('Connection terminated unexpectedly'), { code: '08006', simulated: true });
}

/** Nothing comes of it. One for each who waits: a promise keeps all that wait for it, and with them their worlds. */
const never = () => new Promise<never>(() => undefined);

/** One at a time: who comes meanwhile waits in virtual time, in the order of coming. */
export class Turns {
  #busy = false;
  readonly #waiting: { life: Life; go: () => void }[] = [];
  readonly #timeline: Timeline;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  take(life: Life): Promise<void> | null {
    if (!this.#busy) {
      this.#busy = true;
      return null;
    }
    return new Promise((go) => this.#waiting.push({ life, go }));
  }

  /** True while somebody has the turn. */
  get taken(): boolean {
    return this.#busy;
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy = false;
    else if (!next.life.alive) this.give();
    else {
      // Should it die before its turn comes, the turn goes on to the next.
      let taken = false;
      next.life.whenDead(() => {
        if (!taken) this.give();
      });
      this.#timeline.inTurn(0, next.life, () => {
        taken = true;
        next.go();
      });
    }
  }
}

/**
 * The database as one process has it: results come in virtual time, faults strike where the seed says, and with the
 * process everything it has open is rolled back.
 */
export class ProcessDb implements Db {
  readonly engine = 'pglite';
  readonly #life: Life;
  readonly #timeline: Timeline;
  readonly #store: StoreEngine;
  readonly #conditions: StoreConditions;
  /** Given when transactions run one after another, as the embedded engine runs them. */
  readonly #turns: Turns | null;
  readonly #open = new Set<Session>();

  constructor(deps: {
    life: Life;
    timeline: Timeline;
    store: StoreEngine;
    conditions: StoreConditions;
    turns: Turns | null;
  }) {
    this.#life = deps.life;
    this.#timeline = deps.timeline;
    this.#store = deps.store;
    this.#conditions = deps.conditions;
    this.#turns = deps.turns;
    this.#life.whenDead(() => {
      for (const session of [...this.#open]) void this.#end(session, 'rollback');
    });
  }

  async query<R = Record<string, unknown>>(
    text: string,
    params: readonly SqlValue[] = [],
  ): Promise<SqlResult<R>> {
    const told = this.#store.foresee(text, params);
    if (told !== null) return this.#foreseen<R>(told);
    const opening = this.#begin();
    const session = opening instanceof Promise ? await opening : opening;
    try {
      const outcome = this.#statement<R>(session, text, params);
      const result = outcome instanceof Promise ? await outcome : outcome;
      const committing = this.#commit(session);
      if (committing !== null) await committing;
      return result;
    } catch (error) {
      await this.#end(session, 'rollback');
      throw error;
    }
  }

  /** Something may go wrong with it as with any other statement; it takes no time. */
  #foreseen<R>(told: SqlResult<never>): SqlResult<R> | Promise<SqlResult<R>> {
    this.#strike('statement');
    this.#strike('commit');
    this.#strike('committed');
    return this.#life.alive ? told : never();
  }

  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const opening = this.#begin();
    const session = opening instanceof Promise ? await opening : opening;
    const last: Promise<unknown>[] = [];
    let first: unknown;
    const tx: Tx = {
      inTransaction: true,
      query: async (text, params = []) => {
        try {
          const outcome = this.#statement<never>(session, text, params);
          return outcome instanceof Promise ? await outcome : outcome;
        } catch (error) {
          first ??= error;
          throw error;
        }
      },
      withCommit(statement) {
        statement.catch(() => undefined);
        last.push(statement);
      },
    };
    try {
      const result = await work(tx);
      if (last.length > 0) await Promise.all(last);
      const committing = this.#commit(session);
      if (committing !== null) await committing;
      return result;
    } catch (error) {
      await this.#end(session, 'rollback');
      // As the driver does: of statements sent together the first that failed is told of.
      throw (error as { code?: unknown }).code === '25P02' ? first : error;
    }
  }

  script(): Promise<void> {
    return Promise.reject(new Error('a simulated process runs no scripts'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #begin(): Session | Promise<Session> {
    if (!this.#life.alive) return never();
    const turn = this.#turns?.take(this.#life);
    return turn ? turn.then(() => this.#opened()) : this.#opened();
  }

  #opened(): Session | Promise<Session> {
    const opening = this.#store.begin();
    if (!(opening instanceof Promise)) {
      this.#open.add(opening);
      return opening;
    }
    void opening.then((session) => {
      this.#open.add(session);
      // It died while the engine was opening.
      if (!this.#life.alive) void this.#end(session, 'rollback');
    });
    return this.#later(opening);
  }

  /** The result, where it is there at once. */
  #statement<R>(
    session: Session,
    text: string,
    params: readonly SqlValue[],
  ): SqlResult<R> | Promise<SqlResult<R>> {
    this.#strike('statement');
    if (!this.#open.has(session)) {
      if (this.#life.alive) throw connectionLost();
      return never();
    }
    const ms = this.#conditions.latencyMs();
    if (ms === null) {
      const outcome = this.#store.run(session, text, params) as SqlResult<R> | Promise<SqlResult<R>>;
      return outcome instanceof Promise ? this.#later(outcome) : outcome;
    }
    return this.#later(
      new Promise((resolve) => resolve(this.#store.run(session, text, params))) as Promise<SqlResult<R>>,
      ms,
    );
  }

  /** Null when it is done at once. */
  #commit(session: Session): Promise<void> | null {
    this.#strike('commit');
    const ending = this.#end(session, 'commit');
    if (ending !== null) return ending.then(() => this.#committed() ?? undefined);
    return this.#committed();
  }

  #committed(): Promise<never> | null {
    this.#strike('committed');
    return this.#life.alive ? null : never();
  }

  /** Null when it is done at once. */
  #end(session: Session, how: 'commit' | 'rollback'): Promise<void> | null {
    if (!this.#open.delete(session)) return this.#life.alive ? null : never();
    const ending = this.#store[how](session);
    if (!(ending instanceof Promise)) {
      this.#turns?.give();
      return null;
    }
    // The turn passes on when the engine is done, also when the process that asked is not there any more.
    void ending.then(
      () => this.#turns?.give(),
      () => this.#turns?.give(),
    );
    return this.#later(ending);
  }

  /** The process dies, or loses its connection, at this point. */
  #strike(point: StorePoint): void {
    const fault = this.#life.alive ? this.#conditions.fault(point) : null;
    if (fault === 'die') this.#life.kill();
    else if (fault === 'lose') throw connectionLost();
  }

  /** A result that comes from elsewhere comes as an event of this process. */
  #later<T>(promise: Promise<T>, ms = 0): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.#timeline.inTurn(ms, this.#life, () => resolve(value)),
        (error) => this.#timeline.inTurn(ms, this.#life, () => reject(error)),
      );
    });
  }
}
