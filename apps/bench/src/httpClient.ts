import { connect, type Socket } from 'node:net';
import { signatureHeaders } from '@feiqian/keys';

/** An answer as the generator needs it. */
export interface RawAnswer {
  status: number;
  body: string;
  /** The nonce for the next signed request of a wallet; absent on answers to others. */
  nonce?: string | undefined;
  /** Seconds after which a refused caller is to come back; null when the answer does not say. */
  retryAfter: number | null;
}

const nonceHeader = new RegExp(`\r\n${signatureHeaders.nonce}: (\\S+)`, 'i');

interface Pending {
  resolve: (answer: RawAnswer) => void;
  reject: (error: Error) => void;
}

const openAtOnce = 50;

/**
 * A bare HTTP/1.1 client for load: keep-alive connections, one request at a time on each, nothing parsed that is
 * not needed. A general client would cost as much CPU as the network under test, on the same machine.
 */
export class LoadClient {
  readonly #free: Connection[] = [];
  readonly #waiting: ((c: Connection) => void)[] = [];
  readonly #all: Connection[] = [];
  #waited = 0;

  /** The connections are shared out among the ports. */
  constructor(ports: readonly number[], connections: number) {
    for (let i = 0; i < connections; i++) {
      const c = new Connection(ports[i % ports.length] as number, () => this.#release(c));
      this.#all.push(c);
      this.#free.push(c);
    }
  }

  #release(c: Connection): void {
    const next = this.#waiting.shift();
    if (next) next(c);
    else this.#free.push(c);
  }

  /**
   * Sends a request as prepared text; waits for a connection when all are busy. With a patience (ms) the answer is given
   * up after that time.
   */
  send(head: string, body: string, patienceMs?: number): Promise<RawAnswer> {
    const c = this.#free.pop();
    if (c) return c.send(head, body, patienceMs);
    this.#waited += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.push((free) => free.send(head, body, patienceMs).then(resolve, reject));
    });
  }

  /** Requests so far that had to wait for a connection: they reached the network later than they were offered. */
  get waited(): number {
    return this.#waited;
  }

  /**
   * Opens every connection beforehand, as a proxy in front of a network keeps them, with one request on each: Node.js
   * takes one new connection a turn of its event loop, and under load that would be what is measured.
   */
  async open(head: string): Promise<void> {
    this.#free.length = 0;
    for (let i = 0; i < this.#all.length; i += openAtOnce)
      await Promise.all(this.#all.slice(i, i + openAtOnce).map((c) => c.send(head, '')));
  }

  close(): void {
    for (const c of this.#all) c.close();
  }
}

const numberOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text));

class Connection {
  #socket: Socket | null = null;
  #buffer: Buffer = Buffer.alloc(0);
  #pending: Pending | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #port: number;
  readonly #onFree: () => void;

  constructor(port: number, onFree: () => void) {
    this.#port = port;
    this.#onFree = onFree;
  }

  send(head: string, body: string, patienceMs?: number): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      if (patienceMs !== undefined) {
        // Whoever gave it up goes on; the connection is free again once the answer has come.
        this.#timer = setTimeout(() => reject(new Error('out of patience')), patienceMs);
      }
      this.#open().write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  #open(): Socket {
    if (this.#socket && !this.#socket.destroyed) return this.#socket;
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#end((p) => p.reject(error)));
    socket.on('close', () => this.#end((p) => p.reject(new Error('connection closed'))));
    this.#socket = socket;
    this.#buffer = Buffer.alloc(0);
    return socket;
  }

  #receive(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const headEnd = this.#buffer.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.#buffer.toString('latin1', 0, headEnd);
    const length = Number(/content-length: ([0-9]+)/i.exec(head)?.[1] ?? 0);
    const end = headEnd + 4 + length;
    if (this.#buffer.length < end) return;
    const answer = {
      status: Number(head.slice(9, 12)),
      body: this.#buffer.toString('utf8', headEnd + 4, end),
      nonce: nonceHeader.exec(head)?.[1],
      retryAfter: numberOf(/retry-after: ([0-9]+)/i.exec(head)?.[1]),
    };
    this.#buffer = this.#buffer.subarray(end);
    this.#end((p) => p.resolve(answer));
  }

  #end(finish: (p: Pending) => void): void {
    const p = this.#pending;
    if (!p) return;
    this.#pending = null;
    clearTimeout(this.#timer);
    finish(p);
    this.#onFree();
  }

  close(): void {
    this.#socket?.destroy();
  }
}
