import type { Clock } from '@feiqian/clock';
import { type Message, MTI, missingFields, responseMti } from '@feiqian/iso8583';
import { createInFlight } from './inflight.ts';
import type { NetworkFunction } from './link.ts';
import { answerKey, awaitedKey, type MessageContext, networkCode, networkFunction } from './message.ts';
import type { References } from './references.ts';
import type { Timers } from './timers.ts';

/**
 * How long a 0810 is waited for: as long as for an answer about a payment, within these bounds. So a half-open
 * connection is noticed the sooner the less the bank is waited for.
 */
export const managementWaitMsMin = 1_000;
export const managementWaitMsMax = 5_000;

/** How a 0800 ended. */
export type ManagementAnswer = { kind: 'answered'; responseCode: string } | { kind: 'unanswered' };

export interface ManagementDeps {
  clock: Clock;
  timers: Timers;
  references: References;
  context: MessageContext;
  /** How long the bank's answers about payments are waited for. */
  waitMs: number;
  /** False when the connection takes no more. */
  write(message: Message): boolean;
  /** The bank asks something of us; what is returned goes into DE39. */
  onBankRequest(asked: NetworkFunction): string;
}

interface Waiting {
  resolve(answer: ManagementAnswer): void;
  cancel(): void;
}

/** Invalid transaction, format error, wrong MAC (docs/iso8583.md). */
const code = { invalid: '12', format: '30', wrongMac: 'A0' } as const;

/** Network management of one link: our 0800 and the bank's. */
export class Management {
  readonly #deps: ManagementDeps;
  readonly #waiting = createInFlight<Waiting>();
  readonly #waitMs: number;

  constructor(deps: ManagementDeps) {
    this.#deps = deps;
    this.#waitMs = Math.min(managementWaitMsMax, Math.max(managementWaitMsMin, deps.waitMs));
  }

  /**
   * Sends a 0800 and waits for its 0810.
   * @param data DE48, for a key change
   */
  ask(asked: NetworkFunction, data?: string): Promise<ManagementAnswer> {
    const { clock, timers, context, references } = this.#deps;
    const fields: Message['fields'] = {
      7: context.times.transmitted(clock.now()),
      11: references.next().stan,
      33: context.forwarder,
      70: networkCode[asked],
    };
    if (data !== undefined) fields[48] = data;
    const message: Message = { mti: MTI.networkRequest, fields };
    const key = awaitedKey(message);
    return new Promise((resolve) => {
      const cancel = timers.after(this.#waitMs, () => {
        this.#waiting.take(key);
        resolve({ kind: 'unanswered' });
      });
      if (this.#waiting.add(key, timers.now() + this.#waitMs, { resolve, cancel })) {
        if (this.#deps.write(message)) return;
        this.#waiting.take(key);
      }
      cancel();
      resolve({ kind: 'unanswered' });
    });
  }

  /** Takes in a 0810. One with a wrong MAC is as good as none. */
  receiveAnswer(answer: Message, authentic: boolean): void {
    const responseCode = answer.fields[39];
    if (!authentic || typeof responseCode !== 'string') return;
    const waiting = this.#waiting.take(answerKey(answer));
    waiting?.cancel();
    waiting?.resolve({ kind: 'answered', responseCode });
  }

  /** Answers a request of the bank: a 0800, or a business request, which this side does not serve. */
  receiveRequest(request: Message, authentic: boolean): void {
    const mti = responseMti(request.mti);
    if (mti === null) return;
    const fields: Message['fields'] = {};
    for (const field of echoed) {
      const value = request.fields[field];
      if (value !== undefined) fields[field] = value;
    }
    fields[39] = this.#judge(request, authentic);
    this.#deps.write({ mti, fields });
  }

  /** The connection is gone. */
  disconnected(): void {
    for (const waiting of this.#waiting.clear()) {
      waiting.cancel();
      waiting.resolve({ kind: 'unanswered' });
    }
  }

  #judge(request: Message, authentic: boolean): string {
    if (!authentic) return code.wrongMac;
    if (request.mti !== MTI.networkRequest) return code.invalid;
    if ((missingFields(request) ?? []).length > 0) return code.format;
    const asked = networkFunction(request);
    return asked === undefined ? code.invalid : this.#deps.onBankRequest(asked);
  }
}

/** What an answer of ours repeats from the request: nothing about a card. */
const echoed = [3, 4, 7, 11, 12, 13, 32, 33, 37, 41, 42, 49, 70, 90] as const;
