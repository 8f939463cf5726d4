import type { HostSocket } from '@feiqian/bank-authorisation';
import { createFramer, frameMessage, type MessageProfile } from '@feiqian/iso8583';
import type { Connection, ConnectionHandlers, Dial } from '@feiqian/links';
import type { Chance } from './chance.ts';
import type { Life, Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';

/** What may happen to messages on the wire: shares from 0 to 1 of the messages, but for the times. */
export interface WireConditions {
  /** Mean time of a message on its way, ms. */
  latencyMs: number;
  /** Messages that take very long. */
  tail: number;
  drop: number;
  duplicate: number;
  /** A message overtakes those before it. */
  reorder: number;
  corrupt: number;
  /** A message ends in the middle, and the connection with it. */
  truncate: number;
  /** A message arrives in pieces. */
  drip: number;
  /** Messages are held back and arrive as one. */
  glue: number;
  /** Old answers are sent again on a new connection. */
  replay: number;
}

export const calmWire: WireConditions = {
  latencyMs: 4,
  tail: 0,
  drop: 0,
  duplicate: 0,
  reorder: 0,
  corrupt: 0,
  truncate: 0,
  drip: 0,
  glue: 0,
  replay: 0,
};

const tailMeanMs = 6_000;
const tailMsMax = 25_000;
/** Old answers that are kept to be sent again. */
const replayedMax = 3;

/** A bank's end: takes connections while its process lives. */
export interface BankEnd {
  life: Life;
  profile: MessageProfile;
  accept(socket: HostSocket): void;
}

interface Direction {
  lastMs: number;
  /** Messages vanish until then, and neither side knows. */
  silentUntilMs: number;
  glued: Uint8Array[] | null;
}

/** All connections between network processes and banks. */
export class Wires {
  conditions: WireConditions = calmWire;
  /** The end that listens on each port; none while the bank is down. */
  readonly ends = new Map<number, BankEnd>();
  readonly #connections = new Set<SimulatedConnection>();
  readonly #replays = new Map<number, Uint8Array[]>();
  readonly #deps: { timeline: Timeline; chance: Chance; trace: Trace };

  constructor(deps: { timeline: Timeline; chance: Chance; trace: Trace }) {
    this.#deps = deps;
  }

  /** How one network process connects. */
  dialOf(life: Life): Dial {
    return (target, handlers) => {
      const connection = new SimulatedConnection(this, life, target.port, handlers, this.#deps);
      this.#connections.add(connection);
      return connection;
    };
  }

  /** Some connection breaks, or falls silent in one direction or both. */
  disturb(): void {
    const { chance, timeline, trace } = this.#deps;
    const open = [...this.#connections].filter((c) => c.isOpen);
    if (open.length === 0) return;
    const connection = chance.pick(open);
    if (chance.happens(0.4)) {
      trace.note('wire', `cut ${connection.port}`);
      connection.breakOff('the connection was reset');
      return;
    }
    const untilMs = timeline.nowMs + chance.between(1_000, 40_000);
    const which = chance.between(1, 3);
    trace.note('wire', `silent ${connection.port} ${which} until ${untilMs}`);
    if (which & 1) connection.out.silentUntilMs = untilMs;
    if (which & 2) connection.back.silentUntilMs = untilMs;
  }

  /** The wire is whole again. What was lost stays lost; a connection that fell silent has to be noticed and replaced. */
  heal(): void {
    this.conditions = calmWire;
  }

  forget(connection: SimulatedConnection): void {
    this.#connections.delete(connection);
  }

  remember(port: number, bytes: Uint8Array): void {
    if (this.conditions.replay === 0) return;
    const kept = this.#replays.get(port) ?? [];
    kept.push(bytes);
    if (kept.length > replayedMax) kept.shift();
    this.#replays.set(port, kept);
  }

  replayed(port: number): readonly Uint8Array[] {
    return this.#replays.get(port) ?? [];
  }
}

class SimulatedConnection implements Connection {
  readonly port: number;
  isOpen = false;
  readonly out: Direction = { lastMs: 0, silentUntilMs: 0, glued: null };
  readonly back: Direction = { lastMs: 0, silentUntilMs: 0, glued: null };
  readonly #wires: Wires;
  readonly #life: Life;
  readonly #handlers: ConnectionHandlers;
  readonly #deps: { timeline: Timeline; chance: Chance; trace: Trace };
  #socket: SimulatedSocket | null = null;
  #bank: BankEnd | null = null;
  #ended = false;

  constructor(
    wires: Wires,
    life: Life,
    port: number,
    handlers: ConnectionHandlers,
    deps: { timeline: Timeline; chance: Chance; trace: Trace },
  ) {
    this.#wires = wires;
    this.#life = life;
    this.port = port;
    this.#handlers = handlers;
    this.#deps = deps;
    life.whenDead(() => this.breakOff('the network went away'));
    deps.timeline.inTurn(this.#latency(), life, () => this.#opened());
  }

  write(bytes: Uint8Array): void {
    this.#send(this.out, bytes);
  }

  backlogBytes(): number {
    return 0;
  }

  close(reason: string): void {
    this.breakOff(reason);
  }

  /** Ends it for both sides; what is under way is lost. */
  breakOff(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.isOpen = false;
    this.#wires.forget(this);
    const { timeline } = this.#deps;
    timeline.inTurn(this.#latency(), this.#life, () => this.#handlers.onClose(reason));
    const socket = this.#socket;
    if (socket && this.#bank) timeline.inTurn(this.#latency(), this.#bank.life, () => socket.closed());
  }

  answer(bytes: Uint8Array): void {
    this.#wires.remember(this.port, bytes);
    this.#send(this.back, bytes);
  }

  #opened(): void {
    const bank = this.#wires.ends.get(this.port);
    if (this.#ended) return;
    if (bank === undefined || !bank.life.alive) {
      this.breakOff('connection refused');
      return;
    }
    this.#bank = bank;
    this.isOpen = true;
    const socket = new SimulatedSocket(this);
    this.#socket = socket;
    bank.life.whenDead(() => this.breakOff('the bank went away'));
    this.#deps.timeline.inTurn(0, bank.life, () => bank.accept(socket as unknown as HostSocket));
    this.#handlers.onOpen();
    if (!this.#deps.chance.happens(this.#wires.conditions.replay)) return;
    for (const old of this.#wires.replayed(this.port)) this.#send(this.back, old);
  }

  #latency(): number {
    const { chance } = this.#deps;
    const { latencyMs, tail } = this.#wires.conditions;
    if (chance.happens(tail)) return chance.longTail(tailMeanMs, tailMsMax);
    return 1 + chance.longTail(latencyMs, 20 * latencyMs);
  }

  /** Sends what one side wrote, message by message where something may happen to single ones. */
  #send(direction: Direction, bytes: Uint8Array): void {
    if (!this.isOpen || this.#bank === null) return;
    const { profile } = this.#bank;
    const { frames } = createFramer(profile, { frameBytesMax: 65_536 }).push(bytes);
    for (const frame of frames) this.#sendOne(direction, frameMessage(profile, frame));
  }

  #sendOne(direction: Direction, bytes: Uint8Array): void {
    const { chance, timeline } = this.#deps;
    const c = this.#wires.conditions;
    if (direction.silentUntilMs > timeline.nowMs || chance.happens(c.drop)) return;
    if (chance.happens(c.corrupt)) {
      this.#deliver(direction, this.#garbled(bytes), this.#latency());
      if (chance.happens(c.duplicate)) this.#deliver(direction, bytes, this.#latency());
      return;
    }
    if (chance.happens(c.truncate)) {
      this.#deliver(direction, bytes.slice(0, chance.between(1, bytes.length - 1)), this.#latency());
      timeline.inTurn(this.#latency(), timeline.outside, () => this.breakOff('cut in the middle'));
      return;
    }
    if (chance.happens(c.drip)) this.#drip(direction, bytes);
    else if (chance.happens(c.glue) && direction.glued === null) this.#glue(direction, bytes);
    else if (direction.glued !== null) direction.glued.push(bytes);
    else this.#plainly(direction, bytes);
  }

  #plainly(direction: Direction, bytes: Uint8Array): void {
    const { chance } = this.#deps;
    const c = this.#wires.conditions;
    this.#deliver(direction, bytes, this.#latency(), chance.happens(c.reorder));
    if (chance.happens(c.duplicate)) this.#deliver(direction, bytes, this.#latency());
  }

  /** One bit of it is another. */
  #garbled(bytes: Uint8Array): Uint8Array {
    const { chance } = this.#deps;
    const broken = new Uint8Array(bytes);
    const at = chance.between(0, broken.length - 1);
    broken[at] = (broken[at] as number) ^ (1 << chance.between(0, 7));
    return broken;
  }

  #drip(direction: Direction, bytes: Uint8Array): void {
    const pieces = this.#deps.chance.between(2, 6);
    const size = Math.ceil(bytes.length / pieces);
    for (let at = 0; at < bytes.length; at += size) {
      this.#deliver(direction, bytes.slice(at, at + size), this.#latency());
    }
  }

  #glue(direction: Direction, bytes: Uint8Array): void {
    const { timeline, chance } = this.#deps;
    direction.glued = [bytes];
    timeline.inTurn(chance.between(5, 200), timeline.outside, () => {
      const all = Buffer.concat(direction.glued ?? []);
      direction.glued = null;
      this.#deliver(direction, all, 1);
    });
  }

  /** Bytes arrive in the order in which they were sent, unless they overtake. */
  #deliver(direction: Direction, bytes: Uint8Array, ms: number, overtakes = false): void {
    const { timeline } = this.#deps;
    let atMs = timeline.nowMs + ms;
    if (overtakes) atMs = timeline.nowMs + 1;
    else {
      atMs = Math.max(atMs, direction.lastMs);
      direction.lastMs = atMs;
    }
    const toBank = direction === this.out;
    const life = toBank ? (this.#bank as BankEnd).life : this.#life;
    timeline.inTurn(atMs - timeline.nowMs, life, () => {
      if (!this.isOpen) return;
      if (toBank) this.#socket?.data(bytes);
      else this.#handlers.onData(bytes);
    });
  }
}

/** The bank's side of a connection, as its host sees a socket. */
class SimulatedSocket {
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 1;
  readonly writableLength = 0;
  destroyed = false;
  readonly #connection: SimulatedConnection;
  readonly #listeners = new Map<string, ((arg?: unknown) => void)[]>();
  #paused = false;
  #held: Uint8Array[] = [];

  constructor(connection: SimulatedConnection) {
    this.#connection = connection;
  }

  on(event: string, listener: (arg?: unknown) => void): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  data(bytes: Uint8Array): void {
    if (this.#paused) this.#held.push(bytes);
    else this.#tell('data', Buffer.from(bytes));
  }

  closed(): void {
    this.destroyed = true;
    this.#tell('close');
  }

  write(bytes: Uint8Array): boolean {
    if (!this.destroyed) this.#connection.answer(bytes);
    return true;
  }

  destroy(): this {
    if (!this.destroyed) {
      this.destroyed = true;
      this.#connection.breakOff('closed by the bank');
    }
    return this;
  }

  pause(): this {
    this.#paused = true;
    return this;
  }

  resume(): this {
    this.#paused = false;
    for (const bytes of this.#held.splice(0)) this.#tell('data', Buffer.from(bytes));
    return this;
  }

  isPaused(): boolean {
    return this.#paused;
  }

  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  /** Worlds are shorter than any idle time-out. */
  setTimeout(): this {
    return this;
  }

  #tell(event: string, arg?: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(arg);
  }
}
