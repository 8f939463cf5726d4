/** An RFC 9457 problem document as the network writes it. */
export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  instance?: string;
  /** Stable, closed set; see docs/errors.md. */
  code?: string;
  request_id?: string;
  [extra: string]: unknown;
}

/**
 * A request that did not succeed. `code` is the network's stable code, or one of ours where no
 * answer came: `network_unreachable`, `timeout`, `bad_answer`. `status` is 0 when no answer came.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly requestId: string | undefined;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title ?? problem.code ?? `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code ?? `http_${status}`;
    this.title = problem.title ?? this.code;
    this.detail = problem.detail;
    this.requestId = problem.request_id;
    this.problem = problem;
  }

  /** True when the outcome is not known: a write may have happened. Ask again with the same idempotency key. */
  get unanswered(): boolean {
    return this.status === 0 || this.status >= 502;
  }
}

export interface RequestOptions {
  /** Same key and body: same answer. A fresh random UUID when left out. */
  idempotencyKey?: string;
  /** Sent with this request alone. */
  headers?: Record<string, string>;
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface ApiOptions {
  /** Before each path; empty for the page's own origin. */
  baseUrl?: string;
  timeoutMs?: number;
  /** Sent with every request (the till's device, say). Asked for each time. */
  headers?: () => Record<string, string>;
  /** Told of each 401: the session is over. */
  onUnauthenticated?: () => void;
  /** Told the headers of each answer. */
  onAnswer?: (headers: Headers) => void;
  fetch?: typeof fetch;
}

export interface Api {
  get<T>(path: string, options?: RequestOptions): Promise<T>;
  post<T>(path: string, body?: unknown, options?: RequestOptions): Promise<T>;
  put<T>(path: string, body?: unknown, options?: RequestOptions): Promise<T>;
  patch<T>(path: string, body?: unknown, options?: RequestOptions): Promise<T>;
  delete<T>(path: string, options?: RequestOptions): Promise<T>;
}

/** The wallet waits longer than the API behind it (15 s > 12 s), so that a late answer is still an answer. */
export const requestMsMax = 15_000;

function unreachable(cause: unknown): ApiError {
  const late = cause instanceof DOMException && cause.name === 'TimeoutError';
  return new ApiError(0, { code: late ? 'timeout' : 'network_unreachable' });
}

async function problemOf(response: Response): Promise<Problem> {
  const request_id = response.headers.get('x-request-id') ?? undefined;
  try {
    return { request_id, ...((await response.json()) as Problem) };
  } catch {
    return { request_id, title: response.statusText || undefined };
  }
}

/**
 * A thin client of the network's JSON API. Writes carry an `Idempotency-Key`; anything but a 2xx
 * throws an `ApiError`; an aborted request throws the `AbortError` that fetch gives.
 */
export function createApi(options: ApiOptions = {}): Api {
  const { baseUrl = '', timeoutMs = requestMsMax, headers, onUnauthenticated, onAnswer } = options;

  async function request<T>(method: string, path: string, body: unknown, asked: RequestOptions): Promise<T> {
    const send = options.fetch ?? globalThis.fetch;
    const timeout = AbortSignal.timeout(asked.timeoutMs ?? timeoutMs);
    const head: Record<string, string> = { accept: 'application/json', ...headers?.(), ...asked.headers };
    if (body !== undefined) head['content-type'] = 'application/json';
    if (method !== 'GET') head['idempotency-key'] = asked.idempotencyKey ?? crypto.randomUUID();
    let response: Response;
    try {
      response = await send(baseUrl + path, {
        method,
        headers: head,
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: 'same-origin',
        signal: asked.signal ? AbortSignal.any([asked.signal, timeout]) : timeout,
      });
    } catch (cause) {
      if (asked.signal?.aborted) throw cause;
      throw unreachable(cause);
    }
    onAnswer?.(response.headers);
    if (!response.ok) {
      if (response.status === 401) onUnauthenticated?.();
      throw new ApiError(response.status, await problemOf(response));
    }
    if (response.status === 204) return undefined as T;
    try {
      return (await response.json()) as T;
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === 'TimeoutError') throw unreachable(cause);
      throw new ApiError(0, { code: 'bad_answer' });
    }
  }

  return {
    get: (path, asked = {}) => request('GET', path, undefined, asked),
    post: (path, body, asked = {}) => request('POST', path, body ?? {}, asked),
    put: (path, body, asked = {}) => request('PUT', path, body ?? {}, asked),
    patch: (path, body, asked = {}) => request('PATCH', path, body ?? {}, asked),
    delete: (path, asked = {}) => request('DELETE', path, undefined, asked),
  };
}
