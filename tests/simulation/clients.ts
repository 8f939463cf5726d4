import { idIn, type Reply, type Request, serve } from './api.ts';
import type { Chance } from './chance.ts';
import type { NetworkProcess } from './processes.ts';
import type { Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';
import type { Watch } from './watch.ts';

/** How long a client waits for an answer, ms. */
const clientMsMax = 15_000;

export interface ClientsDeps {
  timeline: Timeline;
  chance: Chance;
  trace: Trace;
  watch: Watch;
  /** The processes a load balancer knows; null for one that is down. */
  processes: () => readonly (NetworkProcess | null)[];
  conditions: () => { loseRequest: number; loseAnswer: number };
  onBug(who: string, error: unknown): void;
}

/** Everybody who calls the network from outside, and what they were told. */
export class Clients {
  readonly #deps: ClientsDeps;
  /** The first answer under each key. */
  readonly #told = new Map<string, { request: string; body: string }>();
  readonly #lastGets = new Map<string, string>();
  #keys = 0;

  constructor(deps: ClientsDeps) {
    this.#deps = deps;
  }

  key(): string {
    this.#keys += 1;
    return `key-${this.#keys}`;
  }

  sleep(ms: number): Promise<void> {
    const { timeline } = this.#deps;
    return new Promise((resolve) => {
      timeline.after(ms, timeline.outside, resolve);
    });
  }

  /** Asks once. Null when nothing is heard. */
  ask(request: Request): Promise<Reply | null> {
    const { timeline, chance, conditions, onBug } = this.#deps;
    return new Promise((resolve) => {
      const heard = (reply: Reply | null, ms: number) =>
        timeline.after(ms, timeline.outside, () => {
          if (reply !== null) this.#observe(request, reply);
          resolve(reply);
        });
      const process = chance.pick(this.#deps.processes());
      const wayMs = chance.between(1, 15);
      if (process === null || !process.life.alive) {
        heard(null, wayMs);
        return;
      }
      timeline.after(clientMsMax, timeline.outside, () => resolve(null));
      if (chance.happens(conditions().loseRequest)) return;
      const { life, network } = process;
      timeline.after(wayMs, life, () => {
        serve(network, request).then(
          (reply) => {
            if (!chance.happens(conditions().loseAnswer)) heard(reply, chance.between(1, 15));
          },
          (error) => onBug(life.name, error),
        );
      });
    });
  }

  /** Asks until there is an answer that says what became of it. */
  async insist(request: Request): Promise<Reply> {
    for (let tries = 0; ; tries++) {
      const reply = await this.ask(request);
      if (reply !== null && isDefinite(reply)) return reply;
      await this.sleep(this.#deps.chance.between(200, 1_500 + 500 * Math.min(tries, 8)));
    }
  }

  /** What a client was told must be so, must stay so under its key, and must fit what it asked. */
  #observe(request: Request, reply: Reply): void {
    const { trace, watch } = this.#deps;
    const state = String(reply.body.state ?? '');
    trace.note('client', `${request.kind} ${request.key} ${reply.status} ${reply.code ?? ''} ${state}`);
    if (reply.status >= 500 && reply.status !== 503) watch.violate(`a client was answered ${reply.status}`);
    if (reply.status >= 300) return;
    const body = JSON.stringify(reply.body);
    if (request.kind === 'get') {
      this.#inOrder(request.paymentId, state);
      return;
    }
    const { key, ...asked } = request;
    const caller = 'merchantId' in request ? request.merchantId : request.deviceId;
    const name = `${caller} ${request.kind} ${key}`;
    const text = JSON.stringify(asked);
    const first = this.#told.get(name);
    if (first === undefined) this.#told.set(name, { request: text, body });
    else if (first.request !== text) watch.violate(`B key ${key} answered another request`);
    else if (first.body !== body && !isFollowed(request)) {
      watch.violate(`B key ${key} had two answers: ${first.body} and ${body}`);
    }
    if (request.kind === 'refund') this.#refundIsThere(reply);
    else if (isTransfer(request)) this.#transferIsThere(request, reply, first?.body);
    else this.#paymentIsThere(request, reply, state);
  }

  #refundIsThere(reply: Reply): void {
    const { watch } = this.#deps;
    if (!watch.eachCommit) return;
    const row = watch.refunds.get(idIn(reply.body, 'ref'));
    if (row === undefined || Number(row.amount) !== reply.body.amount) {
      watch.violate(`I1 a client was told of a refund that is not there: ${String(reply.body.id)}`);
    } else if (reply.body.state !== 'pending' && row.state !== reply.body.state) {
      watch.violate(`I1 a client was told a refund ${String(reply.body.state)}, it is ${String(row.state)}`);
    }
  }

  /** Of one key there is one transfer, told as it stood at some time. */
  #transferIsThere(request: Request, reply: Reply, told: string | undefined): void {
    const { watch } = this.#deps;
    const id = idIn(reply.body, 'trf');
    if (told !== undefined && (JSON.parse(told) as { id: string }).id !== reply.body.id)
      watch.violate(`B key ${request.key} sent two transfers`);
    if (!watch.eachCommit) return;
    const transfer = watch.transfers.transfers.get(id);
    if (transfer === undefined) watch.violate(`I1 a client was told of transfer ${id}, which is not there`);
    else if (!transfer.history.has(String(reply.body.state)))
      watch.violate(`I1 a client was told that transfer ${id} was ${String(reply.body.state)}: it never was`);
    else if (Number(transfer.row.amount) !== reply.body.amount)
      watch.violate(`I1 transfer ${id} is not for what was asked`);
  }

  #paymentIsThere(request: Request, reply: Reply, state: string): void {
    const { watch } = this.#deps;
    if (!watch.eachCommit) return;
    const id = idIn(reply.body, 'pay');
    const payment = watch.payments.get(id);
    if (payment === undefined) {
      watch.violate(`I1 a client was told of payment ${id}, which is not there`);
      return;
    }
    if (!payment.history.has(state))
      watch.violate(`I1 a client was told that payment ${id} was ${state}: it never was`);
    if ('amount' in request && request.kind !== 'capture' && Number(payment.row.amount) !== request.amount) {
      watch.violate(`I1 payment ${id} is not for what was asked`);
    }
    if (reply.body.rrn !== null && !payment.rrns.has(String(reply.body.rrn))) {
      watch.violate(`I1 a client was told of a reference that payment ${id} never had`);
    }
  }

  /** A client that looks again must not be told less than before. */
  #inOrder(paymentId: string, state: string): void {
    const before = this.#lastGets.get(paymentId);
    this.#lastGets.set(paymentId, state);
    const over = ['captured', 'partially_refunded', 'refunded', 'reversed', 'cancelled', 'expired'];
    if (
      before !== undefined &&
      over.includes(before) &&
      ['created', 'processing', 'declined', 'unknown'].includes(state)
    ) {
      this.#deps.watch.violate(`I1 payment ${paymentId} was shown as ${before} and then as ${state}`);
    }
  }
}

const isTransfer = (r: Request): boolean => r.kind === 'send' || r.kind === 'take_back';
/** A repeat is told how things stand now. */
const isFollowed = (r: Request): boolean => r.kind === 'refund' || isTransfer(r);

/** True when the answer is the end of the matter, for this key. */
export function isDefinite(reply: Reply): boolean {
  return reply.status !== 503 && reply.code !== 'request_in_flight' && reply.code !== 'unknown_outcome';
}
