import type { Db, SqlResult, SqlValue, Tx } from '@feiqian/db';
import type { MemoryEngine } from '@feiqian/testkit';
import type { Life, Timeline } from './timeline.ts';

/** An open transaction of an engine. */
export type Session = object;

/** What a world is stored in: the memory engine, or PGlite. Results may be there at once. */
export interface StoreEngine {
  readonly name: 'memory' | 'pglite';
  begin(): Session | Promise<Session>;
  run(
    session: Session,
    text: string,
    params: readonly SqlValue[],
  ): SqlResult<never> | Promise<SqlResult<never>>;
  commit(session: Session): void | Promise<void>;
  rollback(session: Session): void | Promise<void>;
}

export function memoryStore(engine: MemoryEngine): StoreEngine {
  type Transaction = ReturnType<MemoryEngine['begin']>;
  return {
    name: 'memory',
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
    const session = await this.#begin();
    try {
      const result = await this.#statement<R>(session, text, params);
      await this.#commit(session);
      return result;
    } catch (error) {
      await this.#end(session, 'rollback');
      throw error;
    }
  }

  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const session = await this.#begin();
    const last: Promise<unknown>[] = [];
    let first: unknown;
    const tx: Tx = {
      inTransaction: true,
      query: (text, params = []) =>
        this.#statement<never>(session, text, params).catch((error: unknown) => {
          first ??= error;
          throw error;
        }),
      withCommit(statement) {
        statement.catch(() => undefined);
        last.push(statement);
      },
    };
    try {
      const result = await work(tx);
      await Promise.all(last);
      await this.#commit(session);
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

  async #begin(): Promise<Session> {
    if (!this.#life.alive) return never();
    const turn = this.#turns?.take(this.#life);
    if (turn) await turn;
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

  async #statement<R>(session: Session, text: string, params: readonly SqlValue[]): Promise<SqlResult<R>> {
    this.#strike('statement');
    if (!this.#open.has(session)) return this.#life.alive ? Promise.reject(connectionLost()) : never();
    let outcome: SqlResult<R> | Promise<SqlResult<R>>;
    try {
      outcome = this.#store.run(session, text, params);
    } catch (error) {
      outcome = Promise.reject(error);
    }
    const ms = this.#conditions.latencyMs();
    if (outcome instanceof Promise) return this.#later(outcome, ms ?? 0);
    return ms === null ? outcome : this.#later(Promise.resolve(outcome), ms);
  }

  async #commit(session: Session): Promise<void> {
    this.#strike('commit');
    await this.#end(session, 'commit');
    this.#strike('committed');
    if (!this.#life.alive) return never();
  }

  async #end(session: Session, how: 'commit' | 'rollback'): Promise<void> {
    if (!this.#open.delete(session)) return this.#life.alive ? undefined : never();
    const ending = this.#store[how](session);
    if (ending instanceof Promise) {
      // The turn passes on when the engine is done, also when the process that asked is not there any more.
      void ending.then(
        () => this.#turns?.give(),
        () => this.#turns?.give(),
      );
      await this.#later(ending);
    } else this.#turns?.give();
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
