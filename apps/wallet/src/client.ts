import { ApiError, createApi } from '@feiqian/ui';
import { QueryClient } from '@tanstack/react-query';

/** The network; `ended` is called when it no longer knows this phone's session. */
let ended: () => void = () => undefined;
/** Called with the network's time of each answer. */
let heard: (date: string) => void = () => undefined;

/** Nonces in hand for signed requests (`signed.ts`): each answer to one brings the next. */
export const nonces: string[] = [];

export const api = createApi({
  onUnauthenticated: () => ended(),
  onAnswer(headers) {
    const next = headers.get('device-nonce');
    if (next) nonces.push(next);
    const date = headers.get('date');
    if (date) heard(date);
  },
});

export function onTimeHeard(listener: (date: string) => void): void {
  heard = listener;
}

export function onSessionEnded(listener: () => void): void {
  ended = listener;
}

const retriesMax = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      networkMode: 'always',
      retry: (count, error) => count < retriesMax && error instanceof ApiError && error.unanswered,
    },
    mutations: { networkMode: 'always' },
  },
});
