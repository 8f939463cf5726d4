import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** How long a connection may take to come about, TLS included. */
export const connectMsMax = 5_000;
/** TCP keep-alive probes start after this much silence. */
const keepAliveMs = 30_000;

/** Where to connect to. Certificates and key in PEM. */
export interface DialTarget {
  host: string;
  port: number;
  tls: { ca: string; serverName: string; certificate: string | null; key: string | null } | null;
}

/** What a connection tells. `onClose` comes exactly once, also for one that never opened, and is the last. */
export interface ConnectionHandlers {
  onOpen(): void;
  onData(chunk: Uint8Array): void;
  onClose(reason: string): void;
}

/** One connection to a bank. */
export interface Connection {
  /** Hands bytes over; those of one turn of the event loop leave together. */
  write(bytes: Uint8Array): void;
  /** Bytes handed over that the network has not taken yet. */
  backlogBytes(): number;
  /** Ends it at once; what is not sent is lost. */
  close(reason: string): void;
}

/** Opens connections: TCP or TLS here, anything in a simulation. Handlers are called after it has returned. */
export type Dial = (target: DialTarget, handlers: ConnectionHandlers) => Connection;

/** Connects over TCP, or TLS 1.2 and newer with the bank's certificate checked against the given authorities. */
export const tcpDial: Dial = (target, handlers) => {
  const socket = openSocket(target);
  let closeReason: string | null = null;
  let queue: Uint8Array[] = [];
  let queuedBytes = 0;

  const opening = setTimeout(() => end('the connection took too long to open'), connectMsMax);
  function end(reason: string): void {
    closeReason ??= reason;
    socket.destroy();
  }
  function flush(): void {
    if (queue.length === 0) return;
    // One buffer, one system call for all messages of this turn.
    const bytes = queue.length === 1 ? (queue[0] as Uint8Array) : Buffer.concat(queue, queuedBytes);
    queue = [];
    queuedBytes = 0;
    if (!socket.destroyed) socket.write(bytes);
  }

  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  socket.on(target.tls ? 'secureConnect' : 'connect', () => {
    clearTimeout(opening);
    handlers.onOpen();
  });
  socket.on('data', (chunk: Buffer) => handlers.onData(chunk));
  socket.on('error', (error) => end(error.message));
  socket.on('end', () => end('the bank closed the connection'));
  socket.on('close', () => {
    clearTimeout(opening);
    handlers.onClose(closeReason ?? 'the connection closed');
  });

  return {
    write(bytes) {
      if (queue.length === 0) setImmediate(flush);
      queue.push(bytes);
      queuedBytes += bytes.length;
    },
    backlogBytes: () => queuedBytes + socket.writableLength,
    close(reason) {
      flush();
      end(reason);
    },
  };
};

function openSocket({ host, port, tls }: DialTarget): Socket {
  if (tls === null) return connectTcp({ host, port });
  return connectTls({
    host,
    port,
    ca: tls.ca,
    servername: tls.serverName,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(tls.certificate === null ? {} : { cert: tls.certificate }),
    ...(tls.key === null ? {} : { key: tls.key }),
  });
}
