import { createServer as createHttp, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import {
  applyMac,
  createFramer,
  decodeMessage,
  frameMessage,
  type Message,
  responseMti,
} from '@feiqian/iso8583';
import type { Subject } from '../src/index.ts';

/** An HTTP call on its way to the bank, and what a fault makes of it. */
export interface Call {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** A broken bank: a whole one with something in front of it. */
export interface Fault {
  /** Answers a call itself, or changes what goes to the bank. */
  call?(call: Call): { status: number; body?: unknown } | undefined;
  /** Changes what the bank API answered. */
  answer?(call: Call, body: never): unknown;
  /** Changes a message to the bank; a code answers it instead. */
  message?(message: Message): Message | string;
  /** Changes a message from the bank. */
  reply?(message: Message): Message;
  /** Believes every message, whatever its MAC: it is signed anew. Always the case; this adds a sign-on. */
  signsOnByItself?: boolean;
}

export interface Broken {
  subject: Subject;
  close(): Promise<void>;
}

/** Puts a fault in front of a bank. */
export async function withFault(subject: Subject, fault: Fault): Promise<Broken> {
  const sockets = new Set<Socket>();
  const api = createHttp((incoming, outgoing) => {
    void forward(subject, fault, incoming).then(({ status, headers, body }) => {
      outgoing.writeHead(status, headers).end(body);
    });
  });
  const iso = createServer((socket) => {
    sockets.add(socket);
    relay(subject, fault, socket);
  });
  const [apiPort, isoPort] = [await listening(api as unknown as Server), await listening(iso)];
  return {
    subject: {
      ...subject,
      url: `http://127.0.0.1:${apiPort}`,
      iso: { ...subject.iso, host: '127.0.0.1', port: isoPort },
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      api.closeAllConnections();
      await Promise.all([api, iso].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

interface Forwarded {
  status: number;
  headers: Record<string, string>;
  body: string;
}

async function forward(subject: Subject, fault: Fault, incoming: IncomingMessage): Promise<Forwarded> {
  let body = '';
  for await (const chunk of incoming) body += chunk;
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(
      ([name]) => !['host', 'connection', 'content-length'].includes(name),
    ),
  ) as Record<string, string>;
  const call: Call = { method: incoming.method ?? '', path: incoming.url ?? '', headers, body };
  const own = fault.call?.(call);
  const json = { 'content-type': 'application/json' };
  if (own) {
    return {
      status: own.status,
      headers: json,
      body: own.body === undefined ? '' : JSON.stringify(own.body),
    };
  }
  return new Promise((resolve) => {
    const sent = request(
      subject.url + call.path,
      { method: call.method, headers: call.headers },
      async (answer) => {
        let text = '';
        for await (const chunk of answer) text += chunk;
        const good = (answer.statusCode ?? 0) < 300 && text !== '';
        const changed = good ? fault.answer?.(call, JSON.parse(text) as never) : undefined;
        resolve({
          status: answer.statusCode ?? 0,
          headers: { 'content-type': answer.headers['content-type'] ?? 'application/json' },
          body: changed === undefined ? text : JSON.stringify(changed),
        });
      },
    );
    sent.end(call.body);
  });
}

/** Takes each message apart, changes it and signs it anew. */
function relay(subject: Subject, fault: Fault, near: Socket): void {
  const { profile, host, port, macKey } = subject.iso;
  const key = new Uint8Array(Buffer.from(macKey ?? '', 'hex'));
  const far = connect({ host, port });
  const send = (socket: Socket, message: Message) =>
    void socket.write(frameMessage(profile, applyMac(profile, unsigned(message), key)));
  const each = (from: Socket, to: Socket, handle: (message: Message) => void) => {
    const framer = createFramer(profile, { frameBytesMax: 8_192 });
    from.on('data', (chunk: Buffer) => {
      for (const frame of framer.push(chunk).frames) {
        const decoded = decodeMessage(profile, frame);
        if (decoded.ok) handle(decoded.message);
        else to.write(frameMessage(profile, frame));
      }
    });
    from.on('error', () => undefined);
    from.on('close', () => to.destroy());
  };
  if (fault.signsOnByItself) {
    const fields = { 7: '0105010000', 11: '999999', 33: subject.iso.acquirer, 70: '001' };
    far.once('connect', () => send(far, { mti: '0800', fields }));
  }
  each(near, far, (message) => {
    const changed = fault.message?.(message) ?? message;
    if (typeof changed === 'string') {
      send(near, {
        ...message,
        mti: responseMti(message.mti) as string,
        fields: { ...message.fields, 39: changed },
      });
    } else send(far, changed);
  });
  each(far, near, (message) => send(near, fault.reply?.(message) ?? message));
}

function unsigned(message: Message): Message {
  const { 64: _, 128: _also, ...fields } = message.fields;
  return { ...message, fields };
}
