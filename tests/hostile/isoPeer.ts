import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  applyMac,
  createFramer,
  decodeMessage,
  type Message,
  type MessageProfile,
  verifyMac,
} from '@feiqian/iso8583';
import { createCmac } from '@feiqian/keys/node';
import { framed } from './frames.ts';

/** What came back for a frame: an answer, the end of the connection, or nothing. */
export type Reaction =
  | { kind: 'answer'; message: Message; authentic: boolean }
  | { kind: 'closed' }
  | { kind: 'silence' }
  | { kind: 'noise'; reason: string };

const silenceMs = 4_000;

/** A network as a test plays it towards a bank: raw bytes out, one reaction to each. Connects again when it was cut off. */
export class IsoPeer {
  readonly #profile: MessageProfile;
  readonly #key: Uint8Array;
  readonly #port: number;
  #socket: Socket | null = null;
  #react: ((reaction: Reaction) => void) | null = null;
  #stan = 900_000;

  constructor(profile: MessageProfile, key: Uint8Array, port: number) {
    this.#profile = profile;
    this.#key = key;
    this.#port = port;
  }

  /** A message with its MAC, without its length. */
  sealed(message: Message): Uint8Array {
    return applyMac(this.#profile, message, createCmac(this.#key));
  }

  ask(message: Message): Promise<Reaction> {
    return this.send(framed(this.#profile, this.sealed(message)));
  }

  /** Sends bytes as they are and waits for what comes of them. */
  async send(bytes: Uint8Array, waitMs = silenceMs): Promise<Reaction> {
    const socket = await this.#open();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#react?.({ kind: 'silence' }), waitMs);
      this.#react = (reaction) => {
        clearTimeout(timer);
        this.#react = null;
        resolve(reaction);
      };
      socket.write(bytes);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  async #open(): Promise<Socket> {
    if (this.#socket && !this.#socket.destroyed) return this.#socket;
    const socket = connect({ host: '127.0.0.1', port: this.#port });
    this.#socket = socket;
    const framer = createFramer(this.#profile, { frameBytesMax: 8_192 });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      // One that was given up earlier has nothing to say about what is sent now.
      if (this.#socket === socket) this.#react?.({ kind: 'closed' });
    });
    socket.on('data', (chunk: Buffer) => {
      if (this.#socket !== socket) return;
      const { frames, error } = framer.push(chunk);
      if (error) this.#react?.({ kind: 'noise', reason: error.reason });
      for (const frame of frames) this.#react?.(this.#read(frame));
    });
    await once(socket, 'connect');
    socket.setNoDelay(true);
    const signedOn = await this.ask(this.signOn());
    if (signedOn.kind !== 'answer') throw new Error(`the sign-on ended in ${signedOn.kind}`);
    return socket;
  }

  signOn(): Message {
    this.#stan += 1;
    return { mti: '0800', fields: { 7: '0105010000', 11: String(this.#stan), 33: '99', 70: '001' } };
  }

  #read(frame: Uint8Array): Reaction {
    const decoded = decodeMessage(this.#profile, frame);
    if (!decoded.ok) return { kind: 'noise', reason: decoded.error.reason };
    const authentic = verifyMac(this.#profile, frame, createCmac(this.#key));
    return { kind: 'answer', message: decoded.message, authentic };
  }
}
