import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import {
  applyMac,
  createFramer,
  decodeMessage,
  encodeMessage,
  frameMessage,
  type Message,
  type MessageProfile,
  readKeyChangeData,
  responseMti,
  verifyMac,
} from '@feiqian/iso8583';
import { kcvCmac, unwrapKey } from '@feiqian/keys/node';

/** What the fake does with a business message: the answers it sends, each as fields to change, or none. */
export type Script = (request: Message, reply: Reply) => void;

/** Ways to answer one request. */
export interface Reply {
  /** Answers with these fields changed; undefined takes a field away. */
  answer(changes?: Record<number, string | undefined>, options?: { key?: Uint8Array }): void;
  /** The bytes of that answer, to be sent in a way of one's own. */
  bytes(changes?: Record<number, string | undefined>): Uint8Array;
  /** Writes bytes as they are. */
  raw(bytes: Uint8Array): void;
  /** Closes the connection. */
  hangUp(): void;
}

/** A bank that does what a test tells it. */
export interface FakeBank {
  port: number;
  /** Every business message received, in order. */
  received: Message[];
  /** DE70 of every 0800 received. */
  management: string[];
  /** Messages whose MAC was wrong. */
  badMacs: number;
  connections: number;
  /** The MAC key; changed by a key exchange. */
  macKey: Uint8Array | null;
  script: Script;
  /** What to answer a 0800 with; null for silence. */
  manage: (code: string, request: Message) => string | null;
  /** Reads nothing and answers nothing on open connections, like a host behind a dead wire. */
  freeze(): void;
  /** Cuts every connection. */
  cut(): void;
  /** Writes bytes on every open connection. */
  say(message: Message): void;
  close(): Promise<void>;
}

const answered = [2, 3, 4, 7, 11, 12, 13, 32, 33, 37, 41, 42, 49, 70, 90];

export const approve: Script = (_request, reply) => reply.answer();

export interface FakeBankOptions {
  profile: MessageProfile;
  macKey?: Uint8Array | null;
  zoneKey?: Uint8Array;
  port?: number;
  /** Mutual TLS, PEM. */
  tls?: { key: string; cert: string; ca: string };
}

/** Starts a bank on a port of the loopback. */
export async function startFakeBank(options: FakeBankOptions): Promise<FakeBank> {
  const { profile } = options;
  const sockets = new Set<Socket>();
  let previousKey: Uint8Array | null = null;
  const attend = (socket: Socket) => {
    sockets.add(socket);
    bank.connections += 1;
    const framer = createFramer(profile, { frameBytesMax: 16_384 });
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      socket.cork();
      for (const frame of framer.push(chunk).frames) take(socket, frame);
      socket.uncork();
    });
  };
  const server: Server = options.tls
    ? createTlsServer({ ...options.tls, requestCert: true, rejectUnauthorized: true }, attend)
    : createServer(attend);

  function encode(message: Message, key = bank.macKey): Uint8Array {
    const bytes = key === null ? encodeMessage(profile, message) : applyMac(profile, message, key);
    return frameMessage(profile, bytes);
  }

  function answerTo(request: Message, changes: Record<number, string | undefined> = {}): Message {
    const fields: Message['fields'] = {};
    for (const n of answered) {
      const value = request.fields[n];
      if (value !== undefined) fields[n] = value;
    }
    fields[39] = '00';
    for (const [n, value] of Object.entries(changes)) {
      if (value === undefined) delete fields[Number(n)];
      else fields[Number(n)] = value;
    }
    return { mti: responseMti(request.mti) ?? request.mti, fields };
  }

  function take(socket: Socket, frame: Uint8Array): void {
    const decoded = decodeMessage(profile, frame);
    if (!decoded.ok) throw new Error(`the fake bank cannot read: ${decoded.error.reason}`);
    const request = decoded.message;
    const keys = [bank.macKey, previousKey].filter((k) => k !== null);
    if (keys.length > 0 && !keys.some((key) => verifyMac(profile, frame, key))) {
      bank.badMacs += 1;
      socket.write(encode(answerTo(request, { 39: 'A0' })));
      return;
    }
    if (request.mti === '0810') return;
    if (request.mti === '0800') {
      manage(socket, request);
      return;
    }
    bank.received.push(request);
    bank.script(request, {
      answer: (changes, o) => void socket.write(encode(answerTo(request, changes), o?.key)),
      bytes: (changes) => encode(answerTo(request, changes)),
      raw: (bytes) => void socket.write(bytes),
      hangUp: () => socket.destroy(),
    });
  }

  function manage(socket: Socket, request: Message): void {
    const code = String(request.fields[70]);
    bank.management.push(code);
    const verdict = bank.manage(code, request);
    if (verdict === null) return;
    if (code === '101' && verdict === '00') takeKey(String(request.fields[48]));
    socket.write(encode(answerTo(request, { 39: verdict }), code === '101' ? previousKey : bank.macKey));
  }

  function takeKey(data: string): void {
    const change = readKeyChangeData(data);
    const key = change && options.zoneKey ? unwrapKey(options.zoneKey, change.wrapped) : null;
    if (!change || !key || kcvCmac(key) !== change.kcv) throw new Error('the fake bank got no good key');
    previousKey = bank.macKey;
    bank.macKey = key;
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.address();
  const bank: FakeBank = {
    port: typeof address === 'object' && address ? address.port : 0,
    received: [],
    management: [],
    badMacs: 0,
    connections: 0,
    macKey: options.macKey ?? null,
    script: approve,
    manage: () => '00',
    freeze() {
      for (const socket of sockets) socket.removeAllListeners('data').resume();
    },
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    say(message) {
      for (const socket of sockets) socket.write(encode(message));
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return bank;
}
