import type { Clock } from '@feiqian/clock';
import type { Db, Tx } from '@feiqian/db';
import {
  escalateAgeMs,
  escalateAttempts,
  type Forward,
  type ForwardAnswer,
  forwardRequest,
  forwardRetryMs,
  judgeForward,
} from './forward.ts';
import type { Links } from './links.ts';
import type { Exchange, IssuerAnswer } from './request.ts';
import { recordExchanges } from './store/exchanges.ts';
import {
  claimForwards,
  escalateForwards,
  membersDue,
  type Retry,
  rescheduleForwards,
  settleForwards,
} from './store/forwards.ts';
import { systemTimers, type Timers } from './timers.ts';

/** Stored messages under way to one bank from one process at the most. */
export const forwardsInFlightMax = 32;
/** A message belongs to the process that took it for this long: more than any answer takes. */
export const forwardLeaseMs = 30_000;
/** How often the worker looks for what is due when nobody kicks it. */
export const forwardPollMs = 1_000;
const unsentPauseMs = 1_000;
const escalateEveryMs = 60_000;
const settleCountMax = 200;

export interface ForwarderDeps {
  db: Db;
  clock: Clock;
  timers?: Timers;
  /** UUID of this process. */
  holder: string;
  /** From 0 to 1, for back-off. */
  random(): number;
  links: Pick<Links, 'send' | 'isUp'> & Partial<Pick<Links, 'repeats'>>;
  /** The cards behind tokens; one that is missing in the answer cannot be sent now. */
  detokenise(tokenIds: readonly string[]): Promise<ReadonlyMap<string, { pan: string; expiry: string }>>;
  /**
   * The bank has answered stored messages for good. Called in the transaction that marks them, all of them at once and
   * in the order of the groups, so that what they concern can be locked in one order. When it throws, the marks are
   * undone and each message is tried by itself.
   */
  onSettled(tx: Tx, settled: readonly Settled[]): Promise<void>;
  /** Called after that transaction has committed, for whoever waits for news; also when another process had marked it. */
  afterSettled?(forward: Forward): void;
  onError?(error: unknown): void;
}

/** A stored message with the bank's last word on it. */
export interface Settled {
  forward: Forward;
  answer: ForwardAnswer;
}

/** Sends what is stored until the banks have answered it. */
export interface Forwarder {
  start(): void;
  /** Takes nothing more and waits for what is under way. */
  stop(): Promise<void>;
  /** Looks for due messages at once: call it after a commit that stored one. */
  kick(): void;
}

/** One attempt that has ended. */
interface Ended {
  forward: Forward;
  exchange: Exchange | null;
  end: { settled: ForwardAnswer } | { retry: Retry };
}

/** Creates the worker of one process; any number of processes may work on the same table. */
export function createForwarder(deps: ForwarderDeps): Forwarder {
  const worker = new ForwardWorker(deps);
  return { start: () => worker.start(), stop: () => worker.stop(), kick: () => worker.kick() };
}

class ForwardWorker {
  readonly #deps: ForwarderDeps;
  readonly #timers: Timers;
  readonly #active = new Map<string, number>();
  readonly #ended: Ended[] = [];
  #running = false;
  #cancelTimer: () => void = () => undefined;
  #looking: Promise<void> | null = null;
  #lookAgain = false;
  #writing: Promise<void> | null = null;
  #escalatedAtMs = Number.NEGATIVE_INFINITY;
  #whenIdle: (() => void)[] = [];

  constructor(deps: ForwarderDeps) {
    this.#deps = deps;
    this.#timers = deps.timers ?? systemTimers;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.kick();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#cancelTimer();
    await this.#looking;
    while (this.#active.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    await this.#writing;
  }

  kick(): void {
    if (!this.#running) return;
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#cancelTimer();
    this.#looking = this.#look()
      .catch((error) => this.#deps.onError?.(error))
      .finally(() => {
        this.#looking = null;
        if (this.#lookAgain) {
          this.#lookAgain = false;
          this.kick();
        } else if (this.#running) {
          this.#cancelTimer = this.#timers.after(forwardPollMs, () => this.kick());
        }
      });
  }

  async #look(): Promise<void> {
    const { db, clock, links } = this.#deps;
    const nowMs = clock.now();
    if (Math.abs(nowMs - this.#escalatedAtMs) >= escalateEveryMs) {
      this.#escalatedAtMs = nowMs;
      await escalateForwards(db, nowMs - escalateAgeMs, nowMs);
    }
    for (const memberId of await membersDue(db, nowMs)) {
      if (this.#running && links.isUp(memberId)) await this.#take(memberId, nowMs);
    }
  }

  async #take(memberId: string, nowMs: number): Promise<void> {
    const forwards = await this.#claim(memberId, nowMs);
    if (forwards.length === 0) return;
    // Were the cards not to be had, the lease runs out and the messages come up again.
    const cards = await this.#deps.detokenise([...new Set(forwards.map((f) => f.panToken))]);
    for (const forward of forwards) {
      this.#active.set(memberId, (this.#active.get(memberId) ?? 0) + 1);
      void this.#attempt(forward, cards.get(forward.panToken));
    }
  }

  /** Takes what there is room for: what was never sent before goes in any case, repeats as far as their budget goes. */
  async #claim(memberId: string, nowMs: number): Promise<Forward[]> {
    const { db, holder, links } = this.#deps;
    const room = forwardsInFlightMax - (this.#active.get(memberId) ?? 0);
    if (room <= 0) return [];
    const budget = links.repeats?.(memberId) ?? null;
    const repeats = budget === null ? room : Math.min(room, budget.left());
    const base = { memberId, nowMs, holder, leaseUntilMs: nowMs + forwardLeaseMs };
    const forwards =
      repeats > 0 ? await claimForwards(db, { ...base, countMax: repeats, repeats: true }) : [];
    if (forwards.length === repeats && repeats < room)
      forwards.push(...(await claimForwards(db, { ...base, countMax: room - repeats, repeats: false })));
    budget?.spend(forwards.filter((f) => f.attempts > 1).length);
    return forwards;
  }

  async #attempt(forward: Forward, card: { pan: string; expiry: string } | undefined): Promise<void> {
    try {
      if (card === undefined) throw new Error(`the card of forward ${forward.id} is not in the vault`);
      const answer = await this.#deps.links.send(forward.memberId, forwardRequest(forward, card));
      this.#ended.push(this.#judge(forward, answer));
    } catch (error) {
      // A message that cannot be made will not be made by itself: somebody has to look, and it must not stop others.
      this.#deps.onError?.(error);
      this.#ended.push({ forward, exchange: null, end: { retry: this.#retry(forward, true) } });
    }
    this.#write();
  }

  #judge(forward: Forward, answer: IssuerAnswer): Ended {
    if (answer.kind === 'not_sent') {
      const nextAttemptAtMs = this.#deps.clock.now() + unsentPauseMs;
      const retry = { id: forward.id, nextAttemptAtMs, unsent: true, escalatedAtMs: null };
      return { forward, exchange: null, end: { retry } };
    }
    const { exchange } = answer;
    if (answer.kind === 'answered') {
      const outcome = judgeForward(answer.responseCode);
      const { responseCode, approvalCode } = answer;
      if (outcome !== 'retry') {
        return { forward, exchange, end: { settled: { outcome, responseCode, approvalCode, exchange } } };
      }
    }
    return { forward, exchange, end: { retry: this.#retry(forward, false) } };
  }

  #retry(forward: Forward, escalate: boolean): Retry {
    const nowMs = this.#deps.clock.now();
    const pauseMs = forwardRetryMs(forward.attempts, this.#deps.random());
    const escalatedAtMs = escalate || forward.attempts >= escalateAttempts ? nowMs : null;
    return { id: forward.id, nextAttemptAtMs: nowMs + pauseMs, unsent: false, escalatedAtMs };
  }

  /** Writes what has ended, in groups: whatever ended while the last group was being written. */
  #write(): void {
    if (this.#writing) return;
    this.#writing = this.#writeAll().finally(() => {
      this.#writing = null;
      if (this.#ended.length > 0) this.#write();
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#ended.length > 0) {
      const group = this.#ended.splice(0, settleCountMax);
      try {
        await this.#store(group);
      } catch (error) {
        this.#deps.onError?.(error);
        for (const one of group) await this.#storeAlone(one);
      }
      this.#release(group);
    }
  }

  /** One of a group could not be stored: each by itself, so that one cannot hold up the others. */
  async #storeAlone(one: Ended): Promise<void> {
    try {
      await this.#store([one]);
    } catch (error) {
      this.#deps.onError?.(error);
      const retry = this.#retry(one.forward, true);
      // If this fails too, the lease runs out and the message comes up again.
      await this.#store([{ ...one, exchange: null, end: { retry } }]).catch((e: unknown) =>
        this.#deps.onError?.(e),
      );
    }
  }

  async #store(group: readonly Ended[]): Promise<void> {
    const { db, clock, holder, onSettled } = this.#deps;
    const settled = group
      .flatMap(({ forward, end }) => ('settled' in end ? [{ forward, answer: end.settled }] : []))
      .sort((a, b) => (a.forward.groupId < b.forward.groupId ? -1 : 1));
    const retries = group.flatMap(({ end }) => ('retry' in end ? [end.retry] : []));
    const exchanges = group.flatMap(({ forward, exchange }) =>
      exchange ? [{ ...exchange, groupId: forward.groupId }] : [],
    );
    await db.transaction(async (tx) => {
      await recordExchanges(tx, exchanges);
      await rescheduleForwards(tx, holder, retries);
      if (settled.length === 0) return;
      const atMs = clock.now();
      const marked = await settleForwards(
        tx,
        settled.map(({ forward, answer }) => ({
          id: forward.id,
          atMs,
          outcome: answer.outcome,
          responseCode: answer.responseCode,
        })),
      );
      const own = settled.filter(({ forward }) => marked.has(forward.id));
      if (own.length > 0) await onSettled(tx, own);
    });
    for (const { forward } of settled) this.#deps.afterSettled?.(forward);
  }

  #release(group: readonly Ended[]): void {
    for (const { forward } of group) {
      const left = (this.#active.get(forward.memberId) ?? 1) - 1;
      if (left > 0) this.#active.set(forward.memberId, left);
      else this.#active.delete(forward.memberId);
    }
    // There is room again: what is due may be waiting for it.
    this.kick();
    if (this.#active.size === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
