import type { Db } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import type { Exchange, IssuerRequestKind, LateAnswer } from './request.ts';
import { recordExchanges } from './store/exchanges.ts';

/** Late answers that may wait to be written: after an outage a bank may send all of them at once. */
export const lateAnswersMax = 10_000;
const groupMax = 200;

/** What a retrieval reference belongs to. */
export interface ReferenceOwner {
  /** The payment's UUID. */
  groupId: string;
  /** The member it was sent to; another member's word about it is not recorded. */
  memberId: string;
  sentAtMs: number;
}

export interface LateAnswerLogDeps {
  db: Db;
  ids: Ids;
  /** Whose these references are, for answers to requests of a process that is gone. */
  ownersOf(rrns: readonly string[]): Promise<ReadonlyMap<string, ReferenceOwner>>;
  onError(error: unknown): void;
}

/** Writes late answers into the exchange log of their payments. */
export interface LateAnswerLog {
  /**
   * Takes a late answer to be written soon, if its payment is found by then. False when it is not: it can belong to
   * no payment, or too many wait.
   */
  record(late: LateAnswer): boolean;
  /** Resolves when everything taken has been written, or has failed. */
  flush(): Promise<void>;
}

/**
 * Creates the log. A late answer is recorded and never posted: nothing waits for it, so it is written in the
 * background and may be lost with the process.
 */
export function createLateAnswerLog({ db, ids, ownersOf, onError }: LateAnswerLogDeps): LateAnswerLog {
  const waiting: Late[] = [];
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    while (waiting.length > 0) await writeGroup(waiting.splice(0, groupMax)).catch(onError);
    writing = null;
  }

  async function writeGroup(group: readonly Late[]): Promise<void> {
    const strange = group.filter((late) => late.groupId === null).map((late) => late.exchange.rrn);
    const owners = strange.length === 0 ? new Map<string, ReferenceOwner>() : await ownersOf(strange);
    const found = group.flatMap(({ groupId, exchange }) => {
      if (groupId !== null) return [{ ...exchange, groupId }];
      const owner = owners.get(exchange.rrn);
      if (owner?.memberId !== exchange.memberId) return [];
      return [{ ...exchange, groupId: owner.groupId, sentAtMs: owner.sentAtMs }];
    });
    if (found.length > 0) await db.transaction((tx) => recordExchanges(tx, found));
  }

  return {
    record(late) {
      const { request } = late;
      const kind = request?.kind ?? kindByMti[late.mti];
      const groupId = request?.groupId ?? null;
      if (kind === undefined || waiting.length >= lateAnswersMax) return false;
      if (request !== null && groupId === null) return false;
      waiting.push({
        groupId,
        exchange: {
          id: ids.uuid(),
          memberId: late.memberId,
          kind,
          mti: late.mti,
          stan: late.stan,
          rrn: late.rrn,
          sentAtMs: request?.sentAtMs ?? late.receivedAtMs,
          receivedAtMs: late.receivedAtMs,
          responseCode: late.responseCode,
          outcome: 'late',
          request: {},
          response: late.response,
        },
      });
      writing ??= Promise.resolve().then(write);
      return true;
    },
    flush: () => writing ?? Promise.resolve(),
  };
}

interface Late {
  /** Null for an answer to a request that another process has made. */
  groupId: string | null;
  exchange: Exchange;
}

/** Answers that carry the reference of a payment (DE37), and what they answer. */
const kindByMti: Readonly<Record<string, IssuerRequestKind>> = {
  '0110': 'authorisation',
  '0210': 'financial',
  '0430': 'reversal_advice',
};
