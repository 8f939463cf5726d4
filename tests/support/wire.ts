import { connect, createServer, type Socket } from 'node:net';

/** What a damaged line makes of the bytes a bank sends: the pieces to pass on, and whether it then breaks. */
export type Damage = (bytes: Buffer) => { pieces: readonly Uint8Array[]; breaks?: boolean };

/** A line between the network and a bank that can be damaged while it is used. */
export interface Wire {
  port: number;
  /** What happens to answers from now on; null passes them on as they are. */
  damage: Damage | null;
  /** Cuts every connection, as a failing switch does. */
  cut(): void;
  close(): Promise<void>;
}

/** Lays a line on the loopback to the port of a bank. */
export async function layWire(toPort: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.setNoDelay(true);
    return socket;
  };
  const server = createServer((near) => {
    const far = keep(connect(toPort, '127.0.0.1'));
    keep(near).pipe(far);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    let turn = Promise.resolve();
    far.on('data', (bytes: Buffer) => {
      turn = turn.then(() => pass(near, bytes, wire.damage));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const wire: Wire = {
    port: typeof address === 'object' && address ? address.port : 0,
    damage: null,
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return wire;
}

async function pass(to: Socket, bytes: Buffer, damage: Damage | null): Promise<void> {
  const { pieces, breaks } = damage === null ? { pieces: [bytes] } : damage(bytes);
  for (const piece of pieces) {
    to.write(piece);
    // Each in a packet of its own.
    if (pieces.length > 2) await new Promise((resolve) => setImmediate(resolve));
  }
  if (breaks) to.destroy();
}
