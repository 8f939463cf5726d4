import type { Sql, Tx } from '@feiqian/db';
import { type Answer, type RequestKey, refuseClaim } from '@feiqian/http';
import type { Forward, Settled } from '@feiqian/links';
import { insist } from '@feiqian/payments';
import { createPipeline } from '@feiqian/pipeline';
import type { Command, Outcome } from './command.ts';
import { createConfirmations } from './confirmations.ts';
import type { Destination, TransfersDeps } from './deps.ts';
import { runGroup } from './group.ts';
import { creditRequest, debitRequest, type Numbers, outcomeOf } from './message.ts';
import { refusal } from './refusal.ts';
import { settleReturns } from './returns.ts';
import * as store from './store/transfers.ts';
import type { Order, Transfer } from './transfer.ts';
import { transferView } from './view.ts';

/** Groups under way at once: while one waits for its commit the next is loaded and decided. */
const lanes = 2;
/** How long what a caller asks for is tried to be stored while the database is being lost and found again. */
const storeMsMax = 5_000;
/** How long a caller waits for both banks; after it the transfer is told as it stands, and comes to its end by itself. */
const callMsMax = 12_000;

/** What somebody wants to send, and how it was asked for. */
export interface Sending {
  order: Omit<Order, 'id'>;
  /** Token of the card that pays. */
  fromTokenId: string;
  to: Destination;
  /** Sends although the same went to the same payee minutes ago. */
  repeatConfirmed: boolean;
  /** Of the signed request; null for an order that nobody signs now, such as one that comes round. */
  nonce: string | null;
  /** The request for money that this pays: at most one transfer at a time does. */
  requestId?: string;
}

export type Transfers = ReturnType<typeof createTransfers>;

/** Transfers: taken at one bank, given at another, or taken and given back. */
export function createTransfers(deps: TransfersDeps) {
  const { clock, ids } = deps;
  const hot = { ...deps, db: deps.hotDb };
  const pipeline = createPipeline<Command, Outcome>({
    name: 'transfers',
    lanes,
    run: (group) => runGroup(hot, group),
  });
  const submit = (command: Command): Promise<Outcome> =>
    insist(
      (again) => pipeline.submit(again ? { ...command, again } : command),
      clock.now,
      clock.now() + storeMsMax,
    );
  /** Transfers that this process is sending. */
  const underWay = new Set<Promise<unknown>>();

  /** Sends money, or stores that it is to be sent later. Waits for the banks as long as a caller may. */
  async function send(sending: Sending, key: RequestKey): Promise<Answer> {
    const begun = await submit({
      kind: 'begin',
      key,
      order: { ...sending.order, id: ids.uuid() },
      tokenId: sending.fromTokenId,
      to: sending.to,
      reference: deps.references.next(),
      nonce: sending.nonce,
      repeatConfirmed: sending.repeatConfirmed,
      requestId: sending.requestId ?? null,
    });
    if (begun.kind !== 'debit') return answerOf(begun);
    const { transfer, numbers } = begun;
    const ended = follow(transfer, numbers, key);
    const told = await Promise.race([ended, after(callMsMax)]);
    return told === null ? standing(transfer.id, 201) : told;
  }

  /** Both legs of a transfer whose debit leg was stored as sent; goes on whoever waits for it. */
  function follow(transfer: Transfer, numbers: Numbers, key: RequestKey | null): Promise<Answer> {
    const work = bothLegs(transfer, numbers, key);
    underWay.add(work);
    // Whoever waits hears of an error; a transfer that nobody waits for any more is found by the sweeper.
    work.catch(() => undefined).finally(() => underWay.delete(work));
    return work;
  }

  async function bothLegs(transfer: Transfer, numbers: Numbers, key: RequestKey | null): Promise<Answer> {
    const debit = await deps.links.send(transfer.payerMember, debitRequest(transfer, deps.wire, numbers));
    const taken = await submit({
      kind: 'debited',
      key,
      before: transfer,
      transferId: transfer.id,
      rrn: transfer.debitRrn as string,
      outcome: outcomeOf(debit, 'debit'),
      exchange: debit.kind === 'not_sent' ? null : debit.exchange,
      reference: deps.references.next(),
    });
    if (taken.kind !== 'credit') return answerOf(taken);
    return creditLeg(taken.transfer, numbers, key);
  }

  async function creditLeg(
    transfer: Transfer,
    numbers: Pick<Numbers, 'payer' | 'payee'>,
    key: RequestKey | null,
  ): Promise<Answer> {
    const credit = await deps.links.send(
      transfer.payeeMember,
      creditRequest(transfer, deps.wire, numbers, false),
    );
    const given = await submit({
      kind: 'credited',
      key,
      before: transfer,
      transferId: transfer.id,
      rrn: transfer.creditRrn as string,
      outcome: outcomeOf(credit, 'credit'),
      exchange: credit.kind === 'not_sent' ? null : credit.exchange,
      reference: deps.references.next(),
    });
    return answerOf(given);
  }

  function answerOf(outcome: Outcome): Answer | Promise<Answer> {
    switch (outcome.kind) {
      case 'stored':
      case 'answered':
        return { status: outcome.status, body: outcome.body };
      case 'refused':
        throw refusal(outcome.code);
      case 'in_flight':
      case 'mismatch':
        return refuseClaim({ kind: outcome.kind });
      case 'resumed':
        if (outcome.transferId === null) return refuseClaim({ kind: 'in_flight' });
        return standing(outcome.transferId, 201);
      case 'debit':
      case 'credit':
        throw new Error('a transfer was sent where none could be');
    }
  }

  /** A transfer as it stands, for its payer. */
  async function standing(id: string, status: number): Promise<Answer> {
    const [t] = await store.transfersByIds(deps.db, [id]);
    if (t === undefined) throw new Error(`transfer ${id} is missing`);
    return { status, body: JSON.stringify(transferView(t, t.payerId, deps.bankOf)) };
  }

  /** Takes a scheduled transfer back. */
  async function cancel(userId: string, transferId: string, key: RequestKey): Promise<Answer> {
    return answerOf(await submit({ kind: 'cancel', key, transferId, userId }));
  }

  const confirmations = createConfirmations({ ...deps, submit, follow });

  return {
    send,
    cancel,
    /** Looks at what is due: begins, takes for unknown, asks the payee's bank. Bounded; returns how many. */
    sweep: () => confirmations.sweep(),
    /** The payer's bank has acknowledged reversals: runs in the commit that marks them. */
    settleReturns: (tx: Tx, settled: readonly Settled[]) => settleReturns(deps, tx, settled),
    /** Call after that commit. */
    returnSettled(_forward: Forward): void {
      deps.outbox.wake();
    },
    find: async (sql: Sql, id: string) => (await store.transfersByIds(sql, [id]))[0],
    findMany: (sql: Sql, transferIds: readonly string[]) => store.transfersByIds(sql, transferIds),
    list: (sql: Sql, filter: { userId: string; before: string | null; limit: number }) =>
      store.transfersOf(sql, filter),
    async drain(): Promise<void> {
      await Promise.allSettled([...underWay]);
      await pipeline.drain();
    },
    pipeline,
  };
}

function after(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms).unref());
}
