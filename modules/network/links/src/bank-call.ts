import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** Largest answer that is read. */
export const answerBytesMax = 1_048_576;
/** Calls to one bank at the same time. */
export const callsInFlightMax = 64;

/** Where calls go, and with which certificates (PEM). */
export interface BankHttpTarget {
  baseUrl: string;
  timeoutMs: number;
  ca: string | null;
  certificate: string | null;
  key: string | null;
}

export interface BankHttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With query. */
  path: string;
  /** Bearer key; null for none. */
  apiKey: string | null;
  idempotencyKey?: string;
  body: unknown;
}

/**
 * How a call ended. `unreachable`: no connection, nothing was asked. `no_answer`: it may have been carried out.
 * `too_large`, `unreadable`: an answer that cannot be used.
 */
export type BankHttpResult =
  | { kind: 'answered'; status: number; body: unknown }
  | { kind: 'unreachable' | 'no_answer' | 'too_large' | 'unreadable' | 'busy' };

/** Calls to one bank over connections that are kept open. */
export interface BankHttp {
  call(call: BankHttpCall): Promise<BankHttpResult>;
  close(): void;
}

/** Prepares calls to one bank. The time-out spans the whole call, so a bank that drips is given up too. */
export function createBankHttp(target: BankHttpTarget): BankHttp {
  const url = new URL(target.baseUrl);
  const secure = url.protocol === 'https:';
  const shared = { keepAlive: true, maxSockets: callsInFlightMax };
  const agent = secure
    ? new HttpsAgent({
        ...shared,
        minVersion: 'TLSv1.2',
        ...(target.ca === null ? {} : { ca: target.ca }),
        ...(target.certificate === null ? {} : { cert: target.certificate }),
        ...(target.key === null ? {} : { key: target.key }),
      })
    : new HttpAgent(shared);
  let inFlight = 0;

  function ask(call: BankHttpCall): Promise<BankHttpResult> {
    const text = call.body === undefined ? null : JSON.stringify(call.body);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (call.apiKey !== null) headers.authorization = `Bearer ${call.apiKey}`;
    if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
    if (text !== null) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = String(Buffer.byteLength(text));
    }
    return new Promise((resolve) => {
      const send = secure ? httpsRequest : httpRequest;
      const path = url.pathname.replace(/\/$/, '') + call.path;
      const request = send(new URL(path, url.origin), { method: call.method, agent, headers });
      let connected = false;
      const timer = setTimeout(() => request.destroy(new Error('time-out')), target.timeoutMs);
      const end = (result: BankHttpResult) => {
        clearTimeout(timer);
        resolve(result);
      };
      request.on('socket', (socket) => {
        if (!socket.connecting) connected = true;
        else socket.once(secure ? 'secureConnect' : 'connect', () => (connected = true));
      });
      request.on('error', () => end({ kind: connected ? 'no_answer' : 'unreachable' }));
      request.on('response', (response) => void readAnswer(response).then(end));
      request.end(text ?? undefined);
    });
  }

  return {
    async call(call) {
      if (inFlight >= callsInFlightMax) return { kind: 'busy' };
      inFlight += 1;
      try {
        return await ask(call);
      } finally {
        inFlight -= 1;
      }
    },
    close: () => agent.destroy(),
  };
}

async function readAnswer(response: IncomingMessage): Promise<BankHttpResult> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > answerBytesMax) {
        response.destroy();
        return { kind: 'too_large' };
      }
      chunks.push(chunk);
    }
  } catch {
    // The connection broke, or the time-out ended it, in the middle of the answer.
    return { kind: 'no_answer' };
  }
  const status = response.statusCode ?? 0;
  if (bytes === 0) return { kind: 'answered', status, body: null };
  try {
    return { kind: 'answered', status, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown };
  } catch {
    return { kind: 'unreadable' };
  }
}
