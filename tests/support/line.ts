import { connect, createServer, type Socket } from 'node:net';
import {
  createFramer,
  decodeMessage,
  frameMessage,
  type Message,
  type MessageProfile,
} from '@feiqian/iso8583';

/** One whole message on its way over a line. */
export interface Frame {
  to: 'bank' | 'network';
  /** With its length header, as it came. */
  bytes: Buffer;
  /** Null when it cannot be read. */
  message: Message | null;
}

/** What becomes of a frame. */
export interface Fate {
  /** What is sent in its place, each in a packet of its own; none swallows it. */
  pieces: readonly Uint8Array[];
  /** Time before the first piece, in ms, in which later frames overtake it. */
  afterMs?: number;
  /** Time between two pieces, in ms; a turn of the loop when left out. What is sent meanwhile waits for the last. */
  betweenMs?: number;
  /** Then both ends see the connection end: in order, or by a reset. */
  ending?: 'end' | 'reset';
}

/** Decides over each frame; null passes it on as it is, a promise holds it back meanwhile. */
export type Fault = (frame: Frame) => Fate | null | Promise<Fate | null>;

/** A line between the network and a bank that can fail in every way a line can. */
export interface Line {
  /** Where the network connects to. */
  readonly port: number;
  fault: Fault | null;
  /** Sees every frame as it comes in, before its fate. */
  onFrame: ((frame: Frame) => void) | null;
  /** Connections from the network that are open now. */
  readonly open: number;
  /** Connections there have been so far. */
  readonly opened: number;
  /** Ends every connection by a reset, or in order. */
  cut(how?: 'reset' | 'end'): void;
  /**
   * Every connection becomes half-open: the bank is gone from it, the network is not told, and what it says is
   * lost. New connections are sound.
   */
  strand(): void;
  /** Sends bytes to the network on its newest connection, as if the bank had said them. */
  say(bytes: Uint8Array): void;
  close(): Promise<void>;
}

export interface LineOptions {
  /** Port to listen on; any free one when left out. */
  port?: number;
  toPort: number;
  profile: MessageProfile;
}

const frameBytesMax = 65_536;

/** Lays a line on the loopback to the port of a bank. */
export async function layLine({ port, toPort, profile }: LineOptions): Promise<Line> {
  const pairs = new Set<Pair>();
  let opened = 0;
  const server = createServer((near) => {
    const pair = new Pair(near, connect(toPort, '127.0.0.1'), profile, line);
    pairs.add(pair);
    opened += 1;
    near.on('close', () => pairs.delete(pair));
  });
  const line: Line = {
    port: 0,
    fault: null,
    onFrame: null,
    get opened() {
      return opened;
    },
    get open() {
      return pairs.size;
    },
    cut(how = 'reset') {
      for (const pair of pairs) pair.end(how);
    },
    strand() {
      for (const pair of pairs) pair.strand();
    },
    say(bytes) {
      [...pairs].at(-1)?.near.write(bytes);
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const pair of pairs) pair.end('reset');
      await closed;
    },
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return Object.defineProperty(line, 'port', { value: typeof address === 'object' ? address?.port : 0 });
}

/** One connection of the network and the one to the bank that belongs to it. */
class Pair {
  readonly near: Socket;
  readonly #far: Socket;
  readonly #profile: MessageProfile;
  readonly #line: Line;
  #stranded = false;

  constructor(near: Socket, far: Socket, profile: MessageProfile, line: Line) {
    this.near = near;
    this.#far = far;
    this.#profile = profile;
    this.#line = line;
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
    }
    near.on('close', () => far.destroy());
    far.on('close', () => {
      if (!this.#stranded) near.destroy();
    });
    this.#carry('bank', near, far);
    this.#carry('network', far, near);
  }

  end(how: 'reset' | 'end'): void {
    for (const socket of [this.near, this.#far]) how === 'reset' ? socket.resetAndDestroy() : socket.end();
  }

  strand(): void {
    this.#stranded = true;
    this.#far.destroy();
  }

  #carry(to: Frame['to'], from: Socket, into: Socket): void {
    const framer = createFramer(this.#profile, { frameBytesMax });
    // What is being sent is sent to its end before anything else: bytes of two messages never mix.
    let turn = Promise.resolve();
    const send = (fate: Fate) => {
      turn = turn.then(() => this.#send(into, fate));
    };
    from.on('data', (chunk: Buffer) => {
      if (this.#stranded) return;
      for (const body of framer.push(chunk).frames) {
        const bytes = Buffer.from(frameMessage(this.#profile, body));
        const decoded = decodeMessage(this.#profile, body);
        const frame = { to, bytes, message: decoded.ok ? decoded.message : null };
        this.#line.onFrame?.(frame);
        const fate = this.#line.fault?.(frame) ?? null;
        const whole = { pieces: [bytes] };
        if (fate instanceof Promise) void fate.then((late) => send(late ?? whole));
        else if (fate?.afterMs) setTimeout(send, fate.afterMs, fate);
        else send(fate ?? whole);
      }
    });
  }

  async #send(into: Socket, { pieces, betweenMs, ending }: Fate): Promise<void> {
    for (const [i, piece] of pieces.entries()) {
      if (this.#stranded || into.destroyed) return;
      if (i > 0)
        await new Promise((next) =>
          betweenMs === undefined ? setImmediate(next) : setTimeout(next, betweenMs),
        );
      into.write(piece);
    }
    if (ending) this.end(ending);
  }
}
