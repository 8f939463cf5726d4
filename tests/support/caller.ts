import { randomUUID } from 'node:crypto';

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
  readonly #hear: (heard: Heard) => void;

  constructor(url: string, token: string | null, hear: (heard: Heard) => void = () => undefined) {
    this.url = url;
    this.token = token;
    this.#hear = hear;
  }

  /** The same address with another token. */
  as(token: string | null): Caller {
    return new Caller(this.url, token, this.#hear);
  }

  /** The same token at another address: another process of the same network. */
  at(url: string): Caller {
    return new Caller(url, this.token, this.#hear);
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

  async send<T = unknown>(method: string, path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    const headers: Record<string, string> = {};
    if (this.token !== null) headers.authorization = `Bearer ${this.token}`;
    if (method !== 'GET' && options.key !== null) headers['idempotency-key'] = options.key ?? randomUUID();
    if (options.body !== undefined) headers['content-type'] = 'application/json';
    const response = await fetch(this.url + path, {
      method,
      headers: { ...headers, ...options.headers },
      body: (options.raw ?? (options.body === undefined ? null : JSON.stringify(options.body))) as
        | string
        | null,
    });
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

/** `status code` of an answer, `201` for a success. */
export const told = (answer: Answer): string =>
  answer.status < 400
    ? String(answer.status)
    : `${answer.status} ${(answer.body as { code?: string } | null)?.code ?? '(no code)'}`;
