import { expect, test } from 'vitest';
import { ApiError, createApi } from './api.ts';

interface Seen {
  url: string;
  init: RequestInit;
}

function fake(answer: () => Response | Promise<Response>) {
  const seen: Seen[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}) => {
    seen.push({ url: String(url), init });
    return answer();
  };
  return { seen, fetch: fetch as typeof globalThis.fetch };
}

const head = (seen: Seen | undefined) => new Headers(seen?.init.headers);

test('a read carries the session cookie and no idempotency key', async () => {
  const { seen, fetch } = fake(() => Response.json({ data: [] }));
  await createApi({ baseUrl: '/x', fetch }).get('/v1/wallet/cards');
  expect(seen[0]?.url).toBe('/x/v1/wallet/cards');
  expect(seen[0]?.init.credentials).toBe('same-origin');
  expect(head(seen[0]).has('idempotency-key')).toBe(false);
});

test('each write has its own key unless one is given to repeat it', async () => {
  const { seen, fetch } = fake(() => Response.json({}));
  const api = createApi({ fetch });
  await api.post('/a', { n: 1 });
  await api.post('/a', { n: 1 });
  await api.post('/a', { n: 1 }, { idempotencyKey: 'again' });
  const keys = seen.map((one) => head(one).get('idempotency-key'));
  expect(keys[0]).not.toBe(keys[1]);
  expect(keys[2]).toBe('again');
  expect(seen[0]?.init.body).toBe('{"n":1}');
});

test('a problem document becomes an ApiError with its code and request id', async () => {
  const problem = {
    title: 'Declined',
    status: 422,
    code: 'limit_exceeded',
    detail: 'Too much.',
    request_id: 'req_1',
  };
  const { fetch } = fake(() => Response.json(problem, { status: 422 }));
  const error = await createApi({ fetch })
    .post('/a')
    .catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 422,
    code: 'limit_exceeded',
    detail: 'Too much.',
    requestId: 'req_1',
    unanswered: false,
  });
});

test('an error page that is not JSON still becomes an ApiError', async () => {
  const { fetch } = fake(
    () => new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' }),
  );
  const error = await createApi({ fetch })
    .get('/a')
    .catch((cause: unknown) => cause);
  expect(error).toMatchObject({ status: 502, code: 'http_502', title: 'Bad Gateway', unanswered: true });
});

test('no connection and no answer in time are told apart', async () => {
  const cut = createApi({ fetch: () => Promise.reject(new TypeError('failed')) });
  await expect(cut.get('/a')).rejects.toMatchObject({ code: 'network_unreachable', unanswered: true });
  const never = ((_url: unknown, init: RequestInit) =>
    new Promise((_resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    })) as typeof fetch;
  await expect(createApi({ fetch: never, timeoutMs: 10 }).get('/a')).rejects.toMatchObject({
    code: 'timeout',
  });
});

test('a cancelled request stays a cancellation', async () => {
  const stop = new AbortController();
  stop.abort();
  const api = createApi({ fetch: (_url, init) => Promise.reject(init?.signal?.reason) });
  await expect(api.get('/a', { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
});

test('an ended session is told once for each refusal', async () => {
  let told = 0;
  const { fetch } = fake(() => Response.json({ code: 'unauthenticated' }, { status: 401 }));
  const api = createApi({
    fetch,
    onUnauthenticated: () => {
      told += 1;
    },
  });
  await expect(api.get('/a')).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(told).toBe(1);
});
