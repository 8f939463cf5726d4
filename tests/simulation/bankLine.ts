import type { Bank } from '@feiqian/app-bank';
import { isConnectionLost } from '@feiqian/db';
import type { BankHttp, BankHttpCall, BankHttpResult, BankHttpTarget } from '@feiqian/links';
import type { Chance } from './chance.ts';
import type { Life, Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';
import type { WireConditions } from './wire.ts';

/** What a bank serves by its HTTP interface in a simulated world: what became of a leg, and giving one up. */
export type Legs = Pick<Bank['use']['transfers'], 'leg' | 'abandon'>;

/** A bank's end: answers while its process lives. */
export interface LegsEnd {
  life: Life;
  legs: Legs;
}

interface BankLinesDeps {
  timeline: Timeline;
  chance: Chance;
  trace: Trace;
  /** What happens to calls is what happens to messages: they are lost, late, or arrive twice. */
  conditions: () => WireConditions;
  onBug(life: Life, error: unknown): void;
  /** Puts something in front of what a process calls. */
  wrap(http: BankHttp): BankHttp;
}

const tailMeanMs = 6_000;
const tailMsMax = 25_000;
const legsPath = '/bank/v1/legs';

/** The HTTP interfaces of the banks, without HTTP: what the network's client asks and what comes back. */
export class BankLines {
  /** The end that listens on each port; none while the bank is down. */
  readonly ends = new Map<number, LegsEnd>();
  readonly #deps: BankLinesDeps;

  constructor(deps: BankLinesDeps) {
    this.#deps = deps;
  }

  /** How one network process calls banks. */
  openOf(life: Life): (target: BankHttpTarget) => BankHttp {
    return (target) =>
      this.#deps.wrap({ call: (call) => this.#call(life, target, call), close: () => undefined });
  }

  #call(life: Life, target: BankHttpTarget, call: BankHttpCall): Promise<BankHttpResult> {
    const { timeline, chance, conditions, trace } = this.#deps;
    return new Promise((resolve) => {
      const waiting = timeline.after(target.timeoutMs, life, () => resolve({ kind: 'no_answer' }));
      const end = (result: BankHttpResult) => {
        waiting();
        resolve(result);
      };
      const port = Number(new URL(target.baseUrl).port);
      const arrives = () => {
        const bank = this.ends.get(port);
        if (bank === undefined || !bank.life.alive) {
          timeline.inTurn(1, life, () => end({ kind: 'unreachable' }));
          return;
        }
        timeline.inTurn(0, bank.life, () => this.#serve(bank, call, life, end));
      };
      trace.note(life.name, `asks ${port} ${call.method} ${call.path}`);
      const { drop, duplicate } = conditions();
      if (chance.happens(drop)) return;
      timeline.inTurn(this.#latencyMs(), timeline.outside, arrives);
      if (chance.happens(duplicate)) timeline.inTurn(this.#latencyMs(), timeline.outside, arrives);
    });
  }

  #serve(bank: LegsEnd, call: BankHttpCall, life: Life, end: (result: BankHttpResult) => void): void {
    const { timeline, chance, conditions, onBug } = this.#deps;
    answered(bank.legs, call).then(
      (result) => {
        if (chance.happens(conditions().drop)) return;
        timeline.inTurn(this.#latencyMs(), life, () => end(result));
      },
      (error) => onBug(bank.life, error),
    );
  }

  #latencyMs(): number {
    const { chance, conditions } = this.#deps;
    const { latencyMs, tail } = conditions();
    if (chance.happens(tail)) return chance.longTail(tailMeanMs, tailMsMax);
    return 1 + chance.longTail(latencyMs, 20 * latencyMs);
  }
}

async function answered(legs: Legs, { method, path, body }: BankHttpCall): Promise<BankHttpResult> {
  const { pathname, searchParams } = new URL(path, 'http://bank.test');
  try {
    if (method === 'GET' && pathname === legsPath)
      return told(200, await legs.leg(Object.fromEntries(searchParams) as never));
    if (method === 'POST' && pathname === `${legsPath}/abandon`)
      return told(200, await legs.abandon(body as never));
    return told(404, { code: 'not_found' });
  } catch (error) {
    // A bank that cannot reach its own database says that it failed.
    if (isConnectionLost(error)) return told(503, { code: 'unavailable' });
    throw error;
  }
}

const told = (status: number, body: unknown): BankHttpResult => ({
  kind: 'answered',
  status,
  body: JSON.parse(JSON.stringify(body)) as unknown,
});
