import type { BankSettings } from '../src/index.ts';

/** What the bank API answered. */
export interface ApiAnswer<T = Record<string, unknown>> {
  status: number;
  body: T;
}

/** The network's side of one bank's API. */
export interface ApiClient {
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer<T>>;
  /** The id of a new consent. */
  consent(mobile: string): Promise<string>;
}

export function apiClient(settings: BankSettings, port: number): ApiClient {
  const call: ApiClient['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${settings.apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
  return {
    call,
    async consent(mobile) {
      const { body } = await call<{ id: string }>('POST', '/bank/v1/consents', { mobile });
      return body.id;
    },
  };
}
