import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createFramer, type MessageProfile } from '@feiqian/iso8583';
import type { Conversation, HostLogger, Reply } from './conversation.ts';

/** Most bytes of one message. */
export const frameBytesMax = 4_096;
export const connectionsMax = 64;
/** Messages of one connection that may be undecided; beyond it the connection is not read. */
export const inFlightMax = 2_048;
/** A connection on which nothing comes for so long is closed. */
export const idleMsMax = 15 * 60_000;
/** A message must be complete this long after its first byte. */
export const frameMsMax = 30_000;
/** Answers a slow reader may leave in our memory before it is cut off. */
export const backlogBytesMax = 1_048_576;
/** Late answers of test cards that may be waiting. */
const lateAnswersMax = 1_000;
const keepAliveMs = 30_000;
const handshakeMsMax = 10_000;

/** Key and certificates in PEM. With `ca` the other side must show a certificate of that authority. */
export interface HostTls {
  key: string;
  cert: string;
  ca?: string;
}

export interface HostDeps {
  profile: MessageProfile;
  /** Begins the talk on a new connection. */
  converse: () => Conversation;
  logger: HostLogger;
  host: string;
  /** 0: any free one. */
  port: number;
  tls?: HostTls | undefined;
  /** When a late answer is sent, in ms; later than anybody waits. */
  lateAnswerMs: number;
}

/** The ISO 8583 end of the bank. */
export interface Host {
  /** The port it listens on. */
  readonly port: number;
  readonly connections: number;
  /** Takes no more connections, closes those there are. Answers not yet sent are lost, as in a crash. */
  stop(): Promise<void>;
}

/** Listens. Rejects when the port cannot be had. */
export async function startHost(deps: HostDeps): Promise<Host> {
  const sockets = new Set<Socket>();
  const late = new Set<NodeJS.Timeout>();
  const onConnection = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    attend(socket, deps, late);
  };
  const server = deps.tls ? secureServer(deps.tls, onConnection, deps.logger) : createServer(onConnection);
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(deps.port, deps.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (err) => deps.logger.error({ err }, 'the listening socket failed'));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the host has no port');
  return {
    port: address.port,
    get connections() {
      return sockets.size;
    },
    stop() {
      for (const timer of late) clearTimeout(timer);
      late.clear();
      return new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
  };
}

function secureServer(tls: HostTls, onConnection: (socket: Socket) => void, logger: HostLogger): Server {
  const mutual = tls.ca !== undefined;
  const server = createTlsServer(
    {
      key: tls.key,
      cert: tls.cert,
      ...(mutual ? { ca: tls.ca } : {}),
      requestCert: mutual,
      rejectUnauthorized: mutual,
      minVersion: 'TLSv1.2',
      handshakeTimeout: handshakeMsMax,
    },
    onConnection,
  );
  server.on('tlsClientError', (err) => logger.warn({ err }, 'a connection did not pass the TLS handshake'));
  return server;
}

/** What `attend` needs of a connection: a socket has it, and so has a simulated one. */
export type HostSocket = Pick<
  Socket,
  | 'remoteAddress'
  | 'remotePort'
  | 'destroyed'
  | 'destroy'
  | 'pause'
  | 'resume'
  | 'isPaused'
  | 'write'
  | 'writableLength'
  | 'setNoDelay'
  | 'setKeepAlive'
  | 'setTimeout'
  | 'on'
>;

/**
 * Reads messages from a connection and writes their answers, in whatever order they are decided.
 * @param late the late answers of test cards that are waiting, of all connections of the host
 */
export function attend(
  socket: HostSocket,
  deps: Pick<HostDeps, 'profile' | 'converse' | 'logger' | 'lateAnswerMs'>,
  late: Set<NodeJS.Timeout>,
): void {
  const { logger } = deps;
  const peer = `${socket.remoteAddress}:${socket.remotePort}`;
  const framer = createFramer(deps.profile, { frameBytesMax });
  const conversation = deps.converse();
  const out = createOutbound(socket, () => end('it does not read its answers'));
  let inFlight = 0;
  let unfinished: NodeJS.Timeout | null = null;

  function end(reason: string): void {
    if (!socket.destroyed) logger.warn({ peer, reason }, 'connection closed');
    socket.destroy();
  }

  async function handle(frame: Uint8Array): Promise<void> {
    inFlight += 1;
    if (inFlight >= inFlightMax) socket.pause();
    const reply = await conversation.handle(frame);
    inFlight -= 1;
    if (inFlight < inFlightMax && socket.isPaused()) socket.resume();
    deliver(reply);
  }

  function deliver(reply: Reply): void {
    if (reply.close) end('a message could not be read');
    else if (reply.outcome === 'late_answer') deliverLate(reply);
    else if (reply.outcome !== 'time_out') out.send(reply.frames);
  }

  function deliverLate(reply: Reply): void {
    if (late.size >= lateAnswersMax) return;
    const timer = setTimeout(() => {
      late.delete(timer);
      out.send(reply.frames);
    }, deps.lateAnswerMs);
    late.add(timer);
  }

  function watchUnfinished(): void {
    if (framer.pendingBytes === 0) {
      if (unfinished) clearTimeout(unfinished);
      unfinished = null;
    } else unfinished ??= setTimeout(() => end('a message was not finished in time'), frameMsMax);
  }

  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  socket.setTimeout(idleMsMax, () => end('nothing came for too long'));
  // A reset by the other side is its way to leave; what it asked is decided, and answered to nobody.
  socket.on('error', (error) => end(error.message));
  socket.on('close', () => {
    if (unfinished) clearTimeout(unfinished);
  });
  socket.on('data', (chunk: Buffer) => {
    const { frames, error } = framer.push(chunk);
    if (frames.length > 0 && unfinished) {
      clearTimeout(unfinished);
      unfinished = null;
    }
    for (const frame of frames) void handle(frame);
    if (error) end(error.reason);
    else watchUnfinished();
  });
}

/** Writes the answers of one turn of the event loop as one buffer: one system call for a whole group. */
function createOutbound(socket: HostSocket, onBacklog: () => void) {
  let queue: Uint8Array[] = [];
  function flush(): void {
    const bytes = Buffer.concat(queue);
    queue = [];
    if (socket.destroyed) return;
    socket.write(bytes);
    if (socket.writableLength > backlogBytesMax) onBacklog();
  }
  return {
    send(frames: readonly Uint8Array[]): void {
      if (frames.length === 0 || socket.destroyed) return;
      if (queue.length === 0) setImmediate(flush);
      queue.push(...frames);
    },
  };
}
