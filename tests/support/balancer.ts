import { connect, createServer, type Socket } from 'node:net';

/** A proxy in front of several network processes, as `docs/guides/production.md` shows for a real one. */
export interface Balancer {
  port: number;
  close(): void;
}

/**
 * Passes each connection on to the next upstream that takes it: one that is gone is passed over at once, and tried
 * again with the next connection. What is on a connection whose upstream dies is lost, as with any proxy that does not
 * repeat writes; callers repeat under the same key.
 */
export function startBalancer(upstreams: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let turn = 0;

  function pass(client: Socket, left: number): void {
    if (left === 0) {
      client.destroy();
      return;
    }
    turn = (turn + 1) % upstreams.length;
    const upstream = connect({ host: '127.0.0.1', port: upstreams[turn] as number, noDelay: true });
    sockets.add(upstream);
    let open = false;
    upstream.once('connect', () => {
      open = true;
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => undefined);
    upstream.once('close', () => {
      sockets.delete(upstream);
      if (open) client.destroy();
      else pass(client, left - 1);
    });
    client.once('close', () => upstream.destroy());
  }

  const server = createServer({ pauseOnConnect: true }, (client) => {
    sockets.add(client);
    client.setNoDelay(true);
    client.on('error', () => undefined);
    client.once('close', () => sockets.delete(client));
    pass(client, upstreams.length);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      resolve({
        port,
        close() {
          server.close();
          for (const socket of sockets) socket.destroy();
        },
      });
    });
  });
}
