import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  applyMac,
  createFramer,
  decodeMessage,
  frameMessage,
  type Message,
  type MessageProfile,
  matchKey,
  responseMti,
  verifyMac,
} from '@feiqian/iso8583';
import type { BankSettings } from '../src/index.ts';

const waitMsMax = 15_000;

/** A network as a test plays it: raw bytes out, decoded answers in. */
export interface IsoClient {
  readonly socket: Socket;
  key: Uint8Array;
  /** All answers in the order they came, with whether their MAC was right. */
  readonly heard: { message: Message; authentic: boolean }[];
  readonly closed: boolean;
  bytesOf(message: Message): Uint8Array;
  /** Sends a message and waits for its answer. */
  ask(message: Message): Promise<Message>;
  write(bytes: Uint8Array): void;
  /** Waits for an answer that nobody asked for by `ask`. */
  next(): Promise<Message>;
  end(): void;
}

/** Connects and signs on. */
export async function signedOnClient(settings: BankSettings, port: number): Promise<IsoClient> {
  const client = await isoClient(settings, port);
  const answer = await client.ask(networkMessage('001', '000001'));
  if (answer.fields[39] !== '00') throw new Error('sign-on was refused');
  client.heard.length = 0;
  return client;
}

/** Connects, and says nothing. */
export async function isoClient(settings: BankSettings, port: number): Promise<IsoClient> {
  const profile: MessageProfile = settings.profile;
  const socket = connect({ host: settings.isoHost, port });
  await once(socket, 'connect');
  socket.setNoDelay(true);
  const framer = createFramer(profile, { frameBytesMax: 8_192 });
  const waiting = new Map<string, (message: Message) => void>();
  const heard: IsoClient['heard'] = [];
  const listeners: ((message: Message) => void)[] = [];
  let closed = false;
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  socket.on('data', (chunk) => {
    for (const frame of framer.push(chunk).frames) {
      const decoded = decodeMessage(profile, frame);
      if (!decoded.ok) throw new Error(`the bank sent ${decoded.error.reason}`);
      const { message } = decoded;
      heard.push({ message, authentic: verifyMac(profile, frame, client.key) });
      const key = `${message.mti} ${matchKey(message)}`;
      const asked = waiting.get(key);
      waiting.delete(key);
      if (asked) asked(message);
      else listeners.shift()?.(message);
    }
  });
  const client: IsoClient = {
    socket,
    key: Buffer.from(settings.macKeyHex, 'hex'),
    heard,
    get closed() {
      return closed;
    },
    bytesOf: (message) => frameMessage(profile, applyMac(profile, message, client.key)),
    ask(message) {
      const key = `${responseMti(message.mti)} ${matchKey(message)}`;
      const answer = answered((resolve) => waiting.set(key, resolve), `${message.mti} ${message.fields[11]}`);
      client.write(client.bytesOf(message));
      return answer;
    },
    write: (bytes) => void socket.write(bytes),
    next: () => answered((resolve) => listeners.push(resolve), 'anything'),
    end: () => socket.destroy(),
  };
  return client;
}

function answered(wait: (resolve: (message: Message) => void) => void, what: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer to ${what}`)), waitMsMax);
    wait((message) => {
      clearTimeout(timer);
      resolve(message);
    });
  });
}

/** A 0800. */
export function networkMessage(code: string, stan: string, more: Message['fields'] = {}): Message {
  return { mti: '0800', fields: { 7: '0105010000', 11: stan, 33: '00000099', 70: code, ...more } };
}

/** What a test says of a payment; the rest is made up around it. */
export interface PaymentFields {
  mti?: string;
  processing?: string;
  pan: string;
  amount: bigint | number;
  stan: string;
  rrn: string;
  terminal?: string;
  at?: string;
  /** Field 90. */
  original?: { mti: string; stan: string; at?: string };
  more?: Message['fields'];
}

export const acquirer = '00000099';

/** A business message with all that the network's rules ask for. */
export function payment(p: PaymentFields): Message {
  const at = p.at ?? '0105010000';
  const mti = p.mti ?? '0200';
  const fields: Message['fields'] = {
    2: p.pan,
    3: p.processing ?? '000000',
    4: p.amount.toString().padStart(12, '0'),
    7: at,
    11: p.stan,
    12: at.slice(4),
    13: at.slice(0, 4),
    18: '5411',
    22: '030',
    25: '00',
    32: acquirer,
    33: acquirer,
    37: p.rrn,
    41: p.terminal ?? 'TILL0001',
    42: 'M00000000000001',
    43: 'NOODLE HOUSE YUNZHOU',
    49: '156',
    62: '云州面馆',
    ...p.more,
  };
  if (mti.startsWith('022')) fields[39] = '00';
  if (p.original) {
    const { mti: type, stan, at: sentAt } = p.original;
    fields[90] = `${type}${stan}${sentAt ?? at}${acquirer.padStart(11, '0')}${acquirer.padStart(11, '0')}`;
  }
  return { mti, fields };
}
