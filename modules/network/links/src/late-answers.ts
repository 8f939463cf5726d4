import type { Db } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import type { LateAnswer } from './request.ts';
import { type ExchangeOfGroup, recordExchanges } from './store/exchanges.ts';

/** Late answers that may wait to be written: after an outage a bank may send all of them at once. */
export const lateAnswersMax = 10_000;
const groupMax = 200;

export interface LateAnswerLogDeps {
  db: Db;
  ids: Ids;
  onError(error: unknown): void;
}

/** Writes late answers into the exchange log of their payments. */
export interface LateAnswerLog {
  /**
   * Takes a late answer to be written soon. False when it is not: its payment is not known to this process any
   * more, or too many wait.
   */
  record(late: LateAnswer): boolean;
  /** Resolves when everything taken has been written, or has failed. */
  flush(): Promise<void>;
}

/**
 * Creates the log. A late answer is recorded and never posted: nothing waits for it, so it is written in the
 * background and may be lost with the process.
 */
export function createLateAnswerLog({ db, ids, onError }: LateAnswerLogDeps): LateAnswerLog {
  const waiting: ExchangeOfGroup[] = [];
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0, groupMax);
      await db.transaction((tx) => recordExchanges(tx, group)).catch(onError);
    }
    writing = null;
  }

  return {
    record(late) {
      const { request } = late;
      if (request === null || request.groupId === null || waiting.length >= lateAnswersMax) return false;
      waiting.push({
        id: ids.uuid(),
        groupId: request.groupId,
        memberId: late.memberId,
        kind: request.kind,
        mti: late.mti,
        stan: late.stan,
        rrn: late.rrn,
        sentAtMs: request.sentAtMs,
        receivedAtMs: late.receivedAtMs,
        responseCode: late.responseCode,
        outcome: 'late',
        request: {},
        response: late.response,
      });
      writing ??= Promise.resolve().then(write);
      return true;
    },
    flush: () => writing ?? Promise.resolve(),
  };
}
