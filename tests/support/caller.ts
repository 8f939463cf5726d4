import { randomUUID } from 'node:crypto';
import type { NonceList } from '@feiqian/contract';
import { signatureHeaders } from '@feiqian/keys';
import type { TestDevice } from '@feiqian/testkit';

/** What a request was answered. `body` is the parsed JSON, or the text when it is none. */
export interface Answer<T = unknown> {
  status: number;
  body: T;
  text: string;
  headers: Headers;
}

export interface RequestOptions {
  body?: unknown;
  /** Idempotency key; null sends none. Writes get a fresh one when it is left out. */
  key?: string | null;
  headers?: Record<string, string>;
  /** Sent as it stands, instead of `body`. */
  raw?: string | Uint8Array;
  /** False sends it unsigned, also from a device that can sign. */
  signed?: boolean;
}

/** One request with its answer, as a listener sees it. */
export interface Heard {
  method: string;
  path: string;
  answer: Answer;
}

/** Somebody who calls the API: an address, a bearer token and a way to write JSON. */
export class Caller {
  readonly url: string;
  readonly token: string | null;
  /** Signs what it writes; null for callers that are no wallets. */
  readonly device: TestDevice | null;
  readonly #hear: (heard: Heard) => void;

  constructor(
    url: string,
    token: string | null,
    hear: (heard: Heard) => void = () => undefined,
    device: TestDevice | null = null,
  ) {
    this.url = url;
    this.token = token;
    this.device = device;
    this.#hear = hear;
  }

  /** The same address with another token, and the device that signs for it. */
  as(token: string | null, device: TestDevice | null = null): Caller {
    return new Caller(this.url, token, this.#hear, device);
  }

  /** The same token at another address: another process of the same network. */
  at(url: string): Caller {
    return new Caller(url, this.token, this.#hear, this.device);
  }

  get<T = unknown>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    return this.send('GET', path, options);
  }

  post<T = unknown>(path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer<T>> {
    return this.send('POST', path, { ...options, body });
  }

  delete<T = unknown>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    return this.send('DELETE', path, options);
  }

  /** A nonce in hand, or fresh ones from the network. */
  async nonce(): Promise<string> {
    const { nonces } = this.device as TestDevice;
    const held = nonces.pop();
    if (held !== undefined) return held;
    const { data } = await done(this.get<NonceList>('/v1/wallet/nonces'));
    nonces.push(...data.slice(1));
    return data[0] as string;
  }

  /** The headers of a signature over a request. */
  async sign(method: string, path: string, body: string, key: string): Promise<Record<string, string>> {
    if (this.device === null) return {};
    return this.device.sign({ method, path, body, idempotencyKey: key }, await this.nonce());
  }

  async send<T = unknown>(method: string, path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    const headers: Record<string, string> = {};
    if (this.token !== null) headers.authorization = `Bearer ${this.token}`;
    if (method !== 'GET' && options.key !== null) headers['idempotency-key'] = options.key ?? randomUUID();
    if (options.body !== undefined) headers['content-type'] = 'application/json';
    Object.assign(headers, options.headers);
    const body = (options.raw ?? (options.body === undefined ? null : JSON.stringify(options.body))) as
      | string
      | null;
    if (method !== 'GET' && options.signed !== false)
      Object.assign(headers, await this.sign(method, path, body ?? '', headers['idempotency-key'] ?? ''));
    const response = await fetch(this.url + path, { method, headers, body });
    const next = response.headers.get(signatureHeaders.nonce);
    if (next !== null) this.device?.nonces.push(next);
    const text = await response.text();
    const answer = { status: response.status, body: parsed(text) as T, text, headers: response.headers };
    this.#hear({ method, path, answer });
    return answer;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The body of an answer that must be a success; throws with what came instead. */
export async function done<T>(asked: Promise<Answer<T>>): Promise<T> {
  const answer = await asked;
  if (answer.status >= 400) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

/** An answer without what differs from request to request. */
export function essence(answer: Answer): { status: number; body: unknown } {
  if (typeof answer.body !== 'object' || answer.body === null)
    return { status: answer.status, body: answer.text };
  const { request_id: _, ...body } = answer.body as Record<string, unknown>;
  return { status: answer.status, body };
}

/** Headers that differ from request to request, whatever is asked. */
const passing = ['date', 'x-request-id', signatureHeaders.nonce.toLowerCase()];

/**
 * Everything of an answer, byte for byte, but what the request itself brings: its number, the time, the next nonce, and
 * the id that was asked for, should it stand anywhere.
 */
export function everythingOf(answer: Answer, asked: string): string {
  const headers = [...answer.headers].filter(([name]) => !passing.includes(name)).sort();
  const number = answer.headers.get('x-request-id') ?? '';
  const text = (number === '' ? answer.text : answer.text.replaceAll(number, '(request)'))
    // A verification that is asked for is a new one each time.
    .replaceAll(/vch_[0-9a-f]{32}/g, '(verification)')
    .replaceAll(/"\d{4}-\d\d-\d\dT[0-9:.]+Z"/g, '(time)');
  return JSON.stringify([answer.status, headers, text]).replaceAll(asked, '(id)');
}

/** `status code` of an answer, `201` for a success. */
export const told = (answer: Answer): string =>
  answer.status < 400
    ? String(answer.status)
    : `${answer.status} ${(answer.body as { code?: string } | null)?.code ?? '(no code)'}`;
