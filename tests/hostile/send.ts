import { Agent, type IncomingMessage, request } from 'node:http';

/** A request as it goes over the wire, whatever a client library would think of it. */
export interface Sent {
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  body: string | Uint8Array | null;
}

export interface Heard {
  status: number;
  type: string | null;
  requestId: string | null;
  text: string;
}

const answerMsMax = 30_000;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let address = 0;

/**
 * Sends a request and gives what came back. Sign-ins come from an address of their own each, or the limit for one
 * address would answer them all. Rejects when nothing comes or the connection breaks: the server has failed then.
 */
export function send(url: string, sent: Sent): Promise<Heard> {
  const { port } = new URL(url);
  const alone = /\/(sessions|codes)\b/.test(sent.path);
  address += 1;
  const localAddress = alone ? `127.1.${(address >> 8) & 255}.${address & 255 || 1}` : undefined;
  const length = sent.body === null ? {} : { 'content-length': String(Buffer.byteLength(sent.body)) };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method: sent.method,
        path: sent.path,
        headers: { ...sent.headers, ...length },
        ...(localAddress === undefined ? { agent } : { localAddress, agent: false as const }),
      },
      (incoming) => read(incoming, resolve, reject),
    );
    outgoing.setTimeout(answerMsMax, () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject);
    // As bytes: a text would be put behind the headers in its own encoding, and take them with it.
    outgoing.end(sent.body === null ? undefined : Buffer.from(sent.body));
  });
}

function read(
  incoming: IncomingMessage,
  resolve: (heard: Heard) => void,
  reject: (error: Error) => void,
): void {
  const { headers, statusCode = 0 } = incoming;
  const id = headers['x-request-id'];
  const heard = {
    status: statusCode,
    type: headers['content-type']?.split(';')[0] ?? null,
    requestId: typeof id === 'string' ? id : null,
  };
  if (heard.type === 'text/event-stream') {
    // It never ends by itself.
    incoming.destroy();
    resolve({ ...heard, text: '' });
    return;
  }
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => resolve({ ...heard, text: Buffer.concat(chunks).toString() }));
  incoming.on('error', reject);
}

/** Closes what is kept open between requests. */
export const hangUp = (): void => agent.destroy();
