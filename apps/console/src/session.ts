import { ApiError } from '@feiqian/ui';
import { QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { api } from './api.ts';

/** How long a list counts as fresh; the live screens ask again on their own. */
const freshMs = 5_000;
const triesMax = 2;

/** A refusal is an answer: only a request that got none is worth another try. */
function worthAnotherTry(failures: number, error: unknown): boolean {
  if (error instanceof ApiError && !error.unanswered) return false;
  return failures < triesMax;
}

/** The cache of what the network said; `onSessionOver` is told when it no longer knows us. */
export function createQueries(onSessionOver: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError(error) {
        if (error instanceof ApiError && error.status === 401) onSessionOver();
      },
    }),
    defaultOptions: { queries: { staleTime: freshMs, retry: worthAnotherTry, throwOnError: false } },
  });
}

/** Who is signed in. A 401 is an error here; the router turns it into the sign-in screen. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api.me(signal),
  staleTime: 60_000,
});
