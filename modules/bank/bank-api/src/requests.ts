import { createHmac } from 'node:crypto';
import type { Clock } from '@feiqian/clock';
import type { Db, Tx } from '@feiqian/db';
import { BankProblem } from './problem.ts';
import { createStore } from './store.ts';

/** Writes that happen once however often they are asked for. */
export interface Requests {
  /**
   * Does `work` in one transaction with the claim of its key, or gives the saved answer. A refusal is thrown by
   * `work`, rolls all of it back and is not kept: the same key may be tried again.
   */
  once<T>(key: string, route: string, body: unknown, work: (tx: Tx) => Promise<T>): Promise<T>;
}

export interface RequestsDeps {
  schema: string;
  db: Db;
  clock: Clock;
  /** Key of the keyed hash by which a body is compared: bodies hold identity documents. */
  key: Uint8Array;
}

export function createRequests({ schema, db, clock, key: secret }: RequestsDeps): Requests {
  const store = createStore(schema);
  return {
    async once(key, route, body, work) {
      const content = `${route}\n${JSON.stringify(body)}`;
      const fingerprint = createHmac('sha256', secret).update(content).digest('base64url');
      const done = await db.transaction(async (tx) => {
        if (!(await store.claim(tx, key, fingerprint, clock.now()))) return null;
        const answer = await work(tx);
        await store.saveAnswer(tx, key, answer);
        return { answer };
      });
      if (done) return done.answer;
      const saved = await store.saved(db, key);
      if (saved?.fingerprint !== fingerprint) throw new BankProblem('idempotency_key_reused');
      return saved.answer as Awaited<ReturnType<typeof work>>;
    },
  };
}
