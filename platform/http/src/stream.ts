import type { FastifyReply, FastifyRequest } from 'fastify';

/** A server-sent event stream (WHATWG HTML, section 9.2) to one client. */
export interface EventStream {
  send(event: { id?: string; event?: string; data: unknown }): void;
  onClose(done: () => void): void;
}

/** How often a comment keeps proxies from closing a silent stream. */
const beatMs = 15_000;
/** Bytes that may wait for a slow client before it is cut off; it reconnects and reads the present state. */
const backlogBytesMax = 1_000_000;

/** Opens a stream on this request. The client reconnects by itself after 2 seconds. */
export function openStream(request: FastifyRequest, reply: FastifyReply): EventStream {
  reply.hijack();
  const out = reply.raw;
  out.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-request-id': request.id,
  });
  out.write('retry: 2000\n\n');
  const closers: (() => void)[] = [];
  const beat = setInterval(() => out.write(': beat\n\n'), beatMs);
  beat.unref();
  out.on('close', () => {
    clearInterval(beat);
    for (const c of closers) c();
  });
  return {
    send({ id, event, data }) {
      if (out.destroyed) return;
      if (out.writableLength > backlogBytesMax) {
        out.destroy();
        return;
      }
      out.write(
        `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`,
      );
    },
    onClose: (done) => closers.push(done),
  };
}
