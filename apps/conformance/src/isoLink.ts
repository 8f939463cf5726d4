import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import {
  applyMac,
  createFramer,
  decodeMessage,
  encodeMessage,
  frameMessage,
  type Message,
  matchKey,
  NETWORK_MANAGEMENT,
  responseMti,
  verifyMac,
} from '@feiqian/iso8583';
import { answerMsMax } from './api.ts';
import { Broken, same } from './check.ts';
import type { Subject } from './subject.ts';
import { tlsOptions } from './tls.ts';

const connectMsMax = 5_000;

/** One connection to the bank's ISO 8583 host, as the network has it. */
export interface IsoLink {
  /** Sends a message and waits for its answer, whose MAC must be right. */
  ask(message: Message): Promise<Message>;
  /** As `ask`; null when nothing comes in the time. */
  listen(message: Message, ms: number): Promise<Message | null>;
  /** Field 39 of the answer. */
  code(message: Message): Promise<string>;
  /** Sends bytes as they are. */
  write(bytes: Uint8Array): void;
  /** A message as its frame goes over the wire. `key` for another MAC key than the agreed one. */
  frame(message: Message, key?: Uint8Array): Uint8Array;
  /** True once the bank has closed the connection. */
  readonly closed: boolean;
  /** Messages that answered nothing that was asked. */
  readonly stray: readonly Message[];
  signOn(): Promise<void>;
  end(): void;
}

let stan = 0;
/** A STAN and a retrieval reference of this run; the reference begins with the minute, so that runs do not meet. */
export function fresh(): { stan: string; rrn: string } {
  stan = (stan % 999_999) + 1;
  const run = Math.floor(started / 1_000)
    .toString(36)
    .toUpperCase()
    .slice(-6)
    .padStart(6, '0');
  return { stan: stan.toString().padStart(6, '0'), rrn: `${run}${stan.toString().padStart(6, '0')}` };
}
const started = Date.now();

export async function openLink(subject: Subject): Promise<IsoLink> {
  const { profile, host, port, macKey, tls } = subject.iso;
  const key = macKey === null ? null : new Uint8Array(Buffer.from(macKey, 'hex'));
  const socket: Socket = tls ? tlsConnect({ host, port, ...tlsOptions(tls) }) : connect({ host, port });
  await connected(socket, tls ? 'secureConnect' : 'connect', `${host}:${port}`);
  socket.setNoDelay(true);
  const framer = createFramer(profile, { frameBytesMax: 8_192 });
  const waiting = new Map<string, (message: Message, frame: Uint8Array) => void>();
  const stray: Message[] = [];
  let closed = false;
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  socket.on('data', (chunk) => {
    for (const frame of framer.push(chunk).frames) {
      const decoded = decodeMessage(profile, frame);
      if (!decoded.ok) continue;
      const name = `${decoded.message.mti} ${matchKey(decoded.message)}`;
      const found = waiting.get(name);
      waiting.delete(name);
      if (found) found(decoded.message, frame);
      else stray.push(decoded.message);
    }
  });

  const frame = (message: Message, other?: Uint8Array): Uint8Array => {
    const used = other ?? key;
    return frameMessage(profile, used ? applyMac(profile, message, used) : encodeMessage(profile, message));
  };

  function listen(message: Message, ms: number): Promise<Message | null> {
    const name = `${responseMti(message.mti)} ${matchKey(message)}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(name);
        resolve(null);
      }, ms);
      waiting.set(name, (answer, bytes) => {
        clearTimeout(timer);
        if (key && !verifyMac(profile, bytes, key)) {
          reject(new Broken(`the MAC of the ${answer.mti} is wrong`));
        } else resolve(answer);
      });
      socket.write(frame(message));
    });
  }

  async function ask(message: Message): Promise<Message> {
    const answer = await listen(message, answerMsMax);
    if (!answer) throw new Broken(`no answer to the ${message.mti} within ${answerMsMax} ms`);
    return answer;
  }

  return {
    ask,
    listen,
    code: async (message) => String((await ask(message)).fields[39]),
    write: (bytes) => void socket.write(bytes),
    frame,
    get closed() {
      return closed;
    },
    stray,
    async signOn() {
      same('the answer to sign-on', (await ask(management(NETWORK_MANAGEMENT.signOn))).fields[39], '00');
    },
    end: () => socket.destroy(),
  };

  function management(code: string): Message {
    return managementMessage(subject, code);
  }
}

function connected(socket: Socket, event: string, where: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Broken(`no connection to ${where} within ${connectMsMax} ms`));
    }, connectMsMax);
    socket.once(event, () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(new Broken(`no connection to ${where}: ${error.message}`));
    });
  });
}

/** A 0800. */
export function managementMessage(subject: Subject, code: string): Message {
  return {
    mti: '0800',
    fields: { 7: transmitted(Date.now()), 11: fresh().stan, 33: subject.iso.acquirer, 70: code },
  };
}

/** Field 7 of an instant: MMDDhhmmss in UTC. */
export function transmitted(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:T]/g, '').slice(4, 14);
}
