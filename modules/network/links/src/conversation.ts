import type { Clock } from '@feiqian/clock';
import type { Ids } from '@feiqian/ids';
import type { Message } from '@feiqian/iso8583';
import { createInFlight, createRecent } from './inflight.ts';
import {
  answerKey,
  awaitedKey,
  type MessageContext,
  maskedFields,
  readAnswer,
  requestMessage,
} from './message.ts';
import type {
  Exchange,
  ExchangeOutcome,
  IssuerAnswer,
  IssuerRequest,
  IssuerRequestKind,
  LateAnswer,
  MaskedFields,
  NoAnswerReason,
} from './request.ts';
import type { Timers } from './timers.ts';
import type { Traffic } from './traffic.ts';

/** Requests that ended lately and are remembered, to say of a late answer whose it is. */
const recentCountMax = 20_000;
/** Deadlines are looked at no more often than this, so many requests share one timer. */
const sweepMsMin = 20;

/** What a conversation with one bank needs. */
export interface ConversationDeps {
  memberId: string;
  clock: Clock;
  timers: Timers;
  ids: Ids;
  context: MessageContext;
  traffic: Traffic;
  waitMs: number;
  inFlightMax: number;
  /** Encodes and hands over a message; false when the connection takes no more. Throws what encoding throws. */
  write(message: Message): boolean;
  onLateAnswer(late: LateAnswer): void;
  /** A request ended; `latencyMs` only for answers. */
  onEnd(code: string, latencyMs: number | null): void;
}

interface Waiting {
  key: string;
  id: string;
  kind: IssuerRequestKind;
  groupId: string | null;
  /** What was sent, without the card. */
  message: Message;
  masked: MaskedFields;
  sentAtMs: number;
  sentAt: number;
  resolve(answer: IssuerAnswer): void;
}

/** The business messages of one bank: sends requests and gives each its answer, or the reason there is none. */
export class Conversation {
  readonly #deps: ConversationDeps;
  readonly #waiting = createInFlight<Waiting>();
  readonly #recent = createRecent<Pick<LateAnswer, 'why' | 'request'>>(recentCountMax);
  #sweeping = false;
  #whenEmpty: (() => void)[] = [];

  constructor(deps: ConversationDeps) {
    this.#deps = deps;
  }

  /** Requests without an answer so far. */
  get inFlight(): number {
    return this.#waiting.size;
  }

  /** When the oldest request without an answer was sent, by the timers' clock; null when none is under way. */
  oldestSentAt(): number | null {
    const deadlineMs = this.#waiting.nextDeadlineMs();
    return deadlineMs === null ? null : deadlineMs - this.#deps.waitMs;
  }

  /** Sends a request on the open connection. Throws only for a request that cannot be a message. */
  send(request: IssuerRequest): Promise<IssuerAnswer> {
    const { timers, clock, ids, context, inFlightMax, waitMs } = this.#deps;
    if (this.#waiting.size >= inFlightMax) return Promise.resolve({ kind: 'not_sent', reason: 'busy' });
    const message = requestMessage(request, context);
    const key = awaitedKey(message);
    return new Promise((resolve, reject) => {
      const now = timers.now();
      const waiting: Waiting = {
        key,
        id: ids.uuid(),
        kind: request.kind,
        groupId: request.groupId ?? null,
        message,
        masked: maskedFields(message.fields),
        sentAtMs: clock.now(),
        sentAt: now,
        resolve,
      };
      // The same key in flight would be the same message twice at once: its answers could not be told apart.
      if (!this.#waiting.add(key, now + waitMs, waiting)) {
        resolve({ kind: 'not_sent', reason: 'busy' });
        return;
      }
      try {
        if (!this.#deps.write(message)) {
          this.#waiting.take(key);
          resolve({ kind: 'not_sent', reason: 'busy' });
          return;
        }
      } catch (error) {
        this.#waiting.take(key);
        reject(error);
        return;
      }
      waiting.message = withoutCard(message);
      this.#sweepLater(waitMs);
    });
  }

  /** Takes in an answer; `authentic` says that its MAC is right. */
  receive(answer: Message, authentic: boolean): void {
    const key = answerKey(answer);
    const waiting = this.#waiting.take(key);
    if (waiting === undefined) {
      // Without a right MAC nobody knows who says this.
      if (authentic) this.#late(key, answer);
      return;
    }
    if (!authentic) {
      this.#noAnswer(waiting, 'bad_mac', answer);
      return;
    }
    const reading = readAnswer(waiting.message, answer);
    if (reading.kind !== 'answered') {
      this.#noAnswer(waiting, reading.kind, answer);
      return;
    }
    const { responseCode, approvalCode } = reading;
    const exchange = this.#exchange(waiting, 'answered', responseCode, answer);
    this.#recent.set(key, { why: 'duplicate', request: rememberedOf(waiting) });
    this.#end(responseCode, this.#deps.timers.now() - waiting.sentAt);
    waiting.resolve({ kind: 'answered', responseCode, approvalCode, exchange });
  }

  /** The connection is gone: what was sent on it may have been carried out. */
  disconnected(): void {
    for (const waiting of this.#waiting.clear()) this.#noAnswer(waiting, 'disconnected', null);
  }

  /** Resolves when nothing is in flight. */
  whenEmpty(): Promise<void> {
    if (this.#waiting.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }

  #noAnswer(waiting: Waiting, reason: NoAnswerReason, answer: Message | null): void {
    const exchange = this.#exchange(waiting, reason, null, answer);
    this.#recent.set(waiting.key, { why: 'after_deadline', request: rememberedOf(waiting) });
    this.#end(reason, null);
    waiting.resolve({ kind: 'no_answer', reason, exchange });
  }

  #end(code: string, latencyMs: number | null): void {
    this.#deps.traffic.count(code, latencyMs);
    this.#deps.onEnd(code, latencyMs);
    if (this.#waiting.size > 0 || this.#whenEmpty.length === 0) return;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  #late(key: string, answer: Message): void {
    const known = this.#recent.get(key);
    const field = (n: number) => String(answer.fields[n] ?? '');
    this.#deps.onLateAnswer({
      memberId: this.#deps.memberId,
      why: known?.why ?? 'unknown',
      request: known?.request ?? null,
      mti: answer.mti,
      stan: field(11),
      rrn: field(37),
      responseCode: field(39) || null,
      receivedAtMs: this.#deps.clock.now(),
      response: maskedFields(answer.fields),
    });
  }

  #exchange(
    waiting: Waiting,
    outcome: ExchangeOutcome,
    responseCode: string | null,
    answer: Message | null,
  ): Exchange {
    return {
      id: waiting.id,
      memberId: this.#deps.memberId,
      kind: waiting.kind,
      mti: waiting.message.mti,
      stan: waiting.masked['11'] ?? '',
      rrn: waiting.masked['37'] ?? '',
      sentAtMs: waiting.sentAtMs,
      receivedAtMs: answer === null ? null : this.#deps.clock.now(),
      responseCode,
      outcome,
      request: waiting.masked,
      response: answer === null ? null : maskedFields(answer.fields),
    };
  }

  #sweepLater(ms: number): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.#deps.timers.after(Math.max(sweepMsMin, ms), () => {
      this.#sweeping = false;
      const now = this.#deps.timers.now();
      for (const waiting of this.#waiting.expire(now)) this.#noAnswer(waiting, 'time_out', null);
      const next = this.#waiting.nextDeadlineMs();
      if (next !== null) this.#sweepLater(next - now);
    });
  }
}

function rememberedOf({ id, groupId, kind, sentAtMs }: Waiting): LateAnswer['request'] {
  return { exchangeId: id, groupId, kind, sentAtMs };
}

/** Only what the answer is compared with is kept while waiting: the card number leaves with the bytes. */
function withoutCard(message: Message): Message {
  const { 3: kind, 4: amount, 37: reference, 49: currency } = message.fields;
  return {
    mti: message.mti,
    fields: { 3: kind ?? '', 4: amount ?? '', 37: reference ?? '', 49: currency ?? '' },
  };
}
