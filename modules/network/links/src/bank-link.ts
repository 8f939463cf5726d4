import type { Clock } from '@feiqian/clock';
import type { Ids } from '@feiqian/ids';
import { createFramer, type Framer, type Message, type MessageProfile } from '@feiqian/iso8583';
import type { BreakerSettings } from '@feiqian/members';
import { type Breaker, type BreakerView, createBreaker } from './breaker.ts';
import { Conversation } from './conversation.ts';
import type { Connection, Dial, DialTarget } from './dial.ts';
import type { KeyRing } from './key-ring.ts';
import {
  type Link,
  type LinkCommand,
  type LinkEvent,
  type LinkPhase,
  type NetworkFunction,
  newLink,
  retryDelayMs,
  stepLink,
} from './link.ts';
import { Management, type ManagementAnswer } from './management.ts';
import type { MessageContext } from './message.ts';
import type { References } from './references.ts';
import { createRepeatBudget, type RepeatBudget } from './repeat-budget.ts';
import type { IssuerAnswer, IssuerRequest, LateAnswer } from './request.ts';
import type { Timers } from './timers.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { createWire, type Wire } from './wire.ts';

/** Most bytes of one message; the profiles' largest legal message is smaller. */
export const frameBytesMax = 16_384;
/** Bytes a connection may owe the network before requests are refused as busy. */
export const backlogBytesMax = 8_388_608;
/** Frames in a row that are no messages, after which the connection is closed. */
export const unreadableFramesMax = 10;

/** Something an operator may want to know. Never holds card data. */
export interface LinkNotice {
  memberId: string;
  type: 'phase' | 'connection_closed' | 'unreadable_frame' | 'bad_mac' | 'mac_refused' | 'sign_on_refused';
  detail: string;
}

/** How one link stands. */
export interface LinkState {
  memberId: string;
  phase: LinkPhase;
  breaker: BreakerView;
  /** Stored messages that may be repeated now. */
  repeatsLeft: number;
  /** `host:port`. */
  address: string;
  tls: boolean;
  profile: string;
  /** Since when the link is in this phase. */
  sinceMs: number;
  inFlight: number;
  lastEchoMs: number | null;
  lastHeardMs: number | null;
  /** Why the last connection ended. */
  lastError: string | null;
  /** Requests of the last minute, by what came of them. */
  ended: number;
  byCode: Record<string, number>;
  p50Ms: number | null;
  p99Ms: number | null;
}

export interface BankLinkDeps {
  memberId: string;
  target: DialTarget;
  profile: MessageProfile;
  waitMs: number;
  inFlightMax: number;
  echoMs: number;
  breaker: BreakerSettings;
  keys: KeyRing;
  clock: Clock;
  timers: Timers;
  ids: Ids;
  references: References;
  context: MessageContext;
  /** From 0 to 1, for back-off. */
  random(): number;
  dial: Dial;
  onLateAnswer(late: LateAnswer): void;
  onNotice(notice: LinkNotice): void;
  onEnd(memberId: string, code: string, latencyMs: number | null): void;
}

/** The link to one bank: its connection, kept up as `link.ts` decides, and what goes over it. */
export class BankLink {
  readonly #deps: BankLinkDeps;
  readonly #wire: Wire;
  readonly #traffic: Traffic;
  readonly #conversation: Conversation;
  readonly #management: Management;
  readonly #breaker: Breaker;
  /** What may be repeated to this bank now. */
  readonly repeats: RepeatBudget;
  #link: Link = newLink;
  #sinceMs: number;
  #connection: Connection | null = null;
  #framer: Framer;
  #openedAt = 0;
  #cancelTimer: () => void = () => undefined;
  #unreadable = 0;
  #heard = 0;
  #heardAt = 0;
  #answeredAt = 0;
  #echoing = false;
  #lastHeardMs: number | null = null;
  #lastEchoMs: number | null = null;
  #lastError: string | null = null;
  #lastAsk: Promise<ManagementAnswer> | null = null;
  #whenStopped: (() => void)[] = [];

  constructor(deps: BankLinkDeps) {
    this.#deps = deps;
    this.#sinceMs = deps.clock.now();
    this.#wire = createWire(deps.profile, deps.keys);
    this.#framer = createFramer(deps.profile, { frameBytesMax });
    this.#traffic = createTraffic(deps.timers.now);
    this.#breaker = createBreaker(deps.breaker, deps.timers.now);
    this.repeats = createRepeatBudget(deps.breaker, deps.timers.now);
    const write = (message: Message) => this.#write(message);
    this.#conversation = new Conversation({
      ...deps,
      traffic: this.#traffic,
      write,
      onEnd: (code, latencyMs) => {
        deps.onEnd(deps.memberId, code, latencyMs);
        if (code === 'time_out') this.#suspect();
      },
    });
    this.#management = new Management({
      ...deps,
      write,
      onBankRequest: (asked) => this.#bankAsks(asked),
    });
  }

  get phase(): LinkPhase {
    return this.#link.phase;
  }

  /** Begins to connect, and stays connected until `stop`. */
  start(): void {
    this.#apply({ type: 'start' });
  }

  /** True when requests would be sent now. */
  get takes(): boolean {
    return this.#link.phase === 'signed_on' && !this.#breaker.refuses();
  }

  /** Sends a request if the link is signed on and the bank is not known to fail. */
  async send(request: IssuerRequest): Promise<IssuerAnswer> {
    if (this.#link.phase !== 'signed_on') return { kind: 'not_sent', reason: 'link_down' };
    if (this.#isSilent()) this.#breaker.silent();
    const ticket = this.#breaker.admit();
    if (ticket === null) return { kind: 'not_sent', reason: 'breaker_open' };
    const sentAt = this.#deps.timers.now();
    try {
      const answer = await this.#conversation.send(request);
      if (tellsNothing(answer)) this.#breaker.cancel(ticket);
      else {
        const latencyMs = answer.kind === 'answered' ? this.#deps.timers.now() - sentAt : null;
        this.#breaker.settle(ticket, isGood(answer), latencyMs);
        if (answer.kind === 'answered') this.repeats.answered();
      }
      return answer;
    } catch (error) {
      this.#breaker.cancel(ticket);
      throw error;
    }
  }

  /** Many requests wait, the oldest for long, and no answer of any kind has come since. */
  #isSilent(): boolean {
    const { callsMin, slowMs } = this.#deps.breaker;
    if (this.#conversation.inFlight < callsMin) return false;
    const oldest = this.#conversation.oldestSentAt() ?? Number.POSITIVE_INFINITY;
    return this.#deps.timers.now() - Math.max(oldest, this.#answeredAt) >= slowMs;
  }

  /** Does what an operator asks. Null when there was nothing to send. */
  async operate(asked: Exclude<NetworkFunction, 'exchange_keys'>): Promise<ManagementAnswer | null> {
    this.#lastAsk = null;
    this.#apply({ type: 'operator', function: asked });
    return await this.#lastAsk;
  }

  /** Sends a key change with its DE48. Unanswered when there is no connection. */
  changeKey(data: string): Promise<ManagementAnswer> {
    return this.#connection === null
      ? Promise.resolve({ kind: 'unanswered' })
      : this.#management.ask('exchange_keys', data);
  }

  /** Takes no more requests, waits for the answers under way, signs off and closes. */
  stop(): Promise<void> {
    const done = new Promise<void>((resolve) => this.#whenStopped.push(resolve));
    this.#apply({ type: 'stop' });
    if (this.#link.phase === 'stopped') this.#stopped();
    return done;
  }

  state(): LinkState {
    const { target, profile, memberId } = this.#deps;
    return {
      memberId,
      phase: this.#link.phase,
      breaker: this.#breaker.view(),
      repeatsLeft: this.repeats.left(),
      address: `${target.host}:${target.port}`,
      tls: target.tls !== null,
      profile: profile.name,
      sinceMs: this.#sinceMs,
      inFlight: this.#conversation.inFlight,
      lastEchoMs: this.#lastEchoMs,
      lastHeardMs: this.#lastHeardMs,
      lastError: this.#lastError,
      ...this.#traffic.figures(),
    };
  }

  #apply(event: LinkEvent): void {
    const { link, commands } = stepLink(this.#link, event);
    const moved = link.phase !== this.#link.phase;
    this.#link = link;
    if (moved) {
      this.#sinceMs = this.#deps.clock.now();
      this.#notice('phase', link.phase);
      if (link.phase === 'signed_on') this.#breaker.signedOn();
    }
    for (const command of commands) this.#do(command);
    if (moved && link.phase === 'stopped') this.#stopped();
  }

  #do(command: LinkCommand): void {
    const { timers, random, echoMs } = this.#deps;
    switch (command.do) {
      case 'dial':
        this.#dial();
        break;
      case 'close':
        this.#connection?.close('closed by the network');
        break;
      case 'send':
        this.#ask(command.function);
        break;
      case 'retry_later':
        this.#later(retryDelayMs(command.attempt, random()), { type: 'retry_due' });
        break;
      case 'echo_later':
        this.#later(echoMs, { type: 'echo_due' });
        break;
      case 'drain':
        this.#later(this.#deps.waitMs, { type: 'drained' });
        void this.#conversation.whenEmpty().then(() => timers.soon(() => this.#apply({ type: 'drained' })));
    }
  }

  /** The one timer of the link: an echo, a retry and a drain never wait at the same time. */
  #later(ms: number, event: LinkEvent): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.timers.after(ms, () => this.#apply(event));
  }

  /** A request timed out and nothing else came either: the connection may be half-open, so ask at once. */
  #suspect(): void {
    if (this.#echoing || this.#deps.timers.now() - this.#heardAt < this.#deps.waitMs) return;
    this.#apply({ type: 'echo_due' });
  }

  #ask(asked: NetworkFunction): void {
    const heardBefore = this.#heard;
    const answer = this.#management.ask(asked);
    this.#lastAsk = answer;
    if (asked === 'echo') this.#echoing = true;
    const connection = this.#connection;
    void answer.then((a) => {
      if (asked === 'echo') this.#echoing = false;
      // An answer that belongs to a connection that is gone says nothing about the new one.
      if (connection !== this.#connection) return;
      if (a.kind === 'unanswered') {
        this.#apply({ type: 'unanswered', function: asked, heard: this.#heard !== heardBefore });
        return;
      }
      const approved = a.responseCode === '00';
      if (asked === 'echo') this.#lastEchoMs = this.#deps.clock.now();
      if (a.responseCode === 'A0') this.#notice('mac_refused', asked);
      if (asked === 'sign_on' && !approved) this.#notice('sign_on_refused', a.responseCode);
      this.#apply({ type: 'answered', function: asked, approved });
    });
  }

  #dial(): void {
    this.#cancelTimer();
    this.#framer = createFramer(this.#deps.profile, { frameBytesMax });
    this.#unreadable = 0;
    this.#openedAt = this.#deps.timers.now();
    const connection: Connection = this.#deps.dial(this.#deps.target, {
      onOpen: () => this.#apply({ type: 'connected' }),
      onData: (chunk) => this.#read(connection, chunk),
      onClose: (reason) => this.#closed(connection, reason),
    });
    this.#connection = connection;
  }

  #closed(connection: Connection, reason: string): void {
    if (connection !== this.#connection) return;
    this.#connection = null;
    this.#cancelTimer();
    this.#lastError = reason;
    this.#notice('connection_closed', reason);
    this.#conversation.disconnected();
    this.#management.disconnected();
    this.#apply({ type: 'closed', heldMs: this.#deps.timers.now() - this.#openedAt });
  }

  #write(message: Message): boolean {
    const connection = this.#connection;
    if (connection === null || connection.backlogBytes() > backlogBytesMax) return false;
    connection.write(this.#wire.encode(message));
    return true;
  }

  #read(connection: Connection, chunk: Uint8Array): void {
    if (connection !== this.#connection) return;
    const { frames, error } = this.#framer.push(chunk);
    for (const frame of frames) this.#receive(connection, frame);
    if (error) connection.close(`unreadable stream: ${error.reason}`);
  }

  #receive(connection: Connection, frame: Uint8Array): void {
    const received = this.#wire.decode(frame);
    if (!received.ok) {
      this.#unreadable += 1;
      this.#notice('unreadable_frame', received.reason);
      if (this.#unreadable >= unreadableFramesMax) connection.close('too many unreadable messages');
      return;
    }
    const { message, authentic } = received;
    if (authentic) {
      this.#unreadable = 0;
      this.#heard += 1;
      this.#heardAt = this.#deps.timers.now();
      this.#lastHeardMs = this.#deps.clock.now();
    } else this.#notice('bad_mac', message.mti);
    if (message.mti === '0810') this.#management.receiveAnswer(message, authentic);
    else if (isAnswer(message.mti)) this.#receiveAnswer(message, authentic);
    else this.#management.receiveRequest(message, authentic);
  }

  #receiveAnswer(message: Message, authentic: boolean): void {
    this.#answeredAt = this.#deps.timers.now();
    if (authentic && message.fields[39] === 'A0') this.#notice('mac_refused', message.mti);
    this.#conversation.receive(message, authentic);
  }

  #bankAsks(asked: NetworkFunction): string {
    // Keys are made by the network; a bank that wants new ones asks the operator.
    if (asked === 'exchange_keys') return '12';
    this.#apply({ type: 'bank', function: asked });
    return '00';
  }

  #stopped(): void {
    this.#cancelTimer();
    for (const resolve of this.#whenStopped.splice(0)) resolve();
  }

  #notice(type: LinkNotice['type'], detail: string): void {
    this.#deps.onNotice({ memberId: this.#deps.memberId, type, detail });
  }
}

/** DE39 by which a bank says that it is out of order: 91 issuer inoperative, 96 system malfunction. */
const outOfOrder: ReadonlySet<string> = new Set(['91', '96']);

function isGood(answer: IssuerAnswer): boolean {
  return answer.kind === 'answered' && !outOfOrder.has(answer.responseCode);
}

/** Nothing was sent, or the connection broke, which the link itself sees to. */
function tellsNothing(answer: IssuerAnswer): boolean {
  return answer.kind === 'not_sent' || (answer.kind === 'no_answer' && answer.reason === 'disconnected');
}

/** Answers have an odd third digit (ISO 8583:1987 section 3). */
function isAnswer(mti: string): boolean {
  return (mti.charCodeAt(2) & 1) === 1;
}
