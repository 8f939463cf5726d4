import { useSyncExternalStore } from 'react';

/*
 * Whether the network can be reached, by the browser's word and by our own last request: a phone that is on
 * a dead Wi-Fi says it is online.
 */
let answered = true;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function note(reached: boolean): void {
  if (answered === reached) return;
  answered = reached;
  tell();
}

/** `fetch` that remembers whether an answer came. A request we gave up on ourselves says nothing. */
export const watchedFetch: typeof fetch = async (input, init) => {
  try {
    const response = await globalThis.fetch(input, init);
    note(response.status < 502);
    return response;
  } catch (cause) {
    if (!init?.signal?.aborted || (cause instanceof DOMException && cause.name === 'TimeoutError'))
      note(false);
    throw cause;
  }
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('online', tell);
  window.addEventListener('offline', tell);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('online', tell);
    window.removeEventListener('offline', tell);
  };
}

/** False while new sales cannot be confirmed. */
export function useReach(): boolean {
  return useSyncExternalStore(subscribe, () => answered && navigator.onLine);
}
