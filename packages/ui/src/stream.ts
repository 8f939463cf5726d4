import { useEffect, useRef, useState } from 'react';

export interface StreamEvent {
  /** The event's name; "message" when the server gave none. */
  name: string;
  id: string;
  data: unknown;
}

export interface StreamOptions {
  /** Names of events to listen to besides unnamed ones. */
  events?: readonly string[];
}

export type StreamState = 'closed' | 'connecting' | 'open' | 'waiting';

const waitMsMin = 500;
const waitMsMax = 15_000;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * Listens to a Server-Sent Events address until the returned function is called. The browser
 * reconnects after a cut line; after a refusal (which ends an EventSource for good) we open anew
 * with growing pauses, and at once when the device comes back online.
 */
export function openStream(
  url: string,
  onEvent: (event: StreamEvent) => void,
  options: StreamOptions & { onState?: (state: StreamState) => void } = {},
): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = waitMsMin;
  let done = false;

  const receive = (event: MessageEvent<string>) =>
    onEvent({ name: event.type, id: event.lastEventId, data: parsed(event.data) });

  const open = () => {
    clearTimeout(timer);
    source?.close();
    options.onState?.('connecting');
    const made = new EventSource(url, { withCredentials: false });
    source = made;
    made.onopen = () => {
      waitMs = waitMsMin;
      options.onState?.('open');
    };
    made.onmessage = receive;
    for (const name of options.events ?? []) made.addEventListener(name, receive as EventListener);
    made.onerror = () => {
      options.onState?.('waiting');
      if (made.readyState !== EventSource.CLOSED || done) return;
      timer = setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, waitMsMax);
    };
  };
  const online = () => {
    waitMs = waitMsMin;
    if (source?.readyState !== EventSource.OPEN) open();
  };
  window.addEventListener('online', online);
  open();
  return () => {
    done = true;
    clearTimeout(timer);
    window.removeEventListener('online', online);
    source?.close();
    options.onState?.('closed');
  };
}

/** `openStream` for a component; a null address listens to nothing. Returns the state of the connection. */
export function useStream(
  url: string | null,
  onEvent: (event: StreamEvent) => void,
  options: StreamOptions = {},
): StreamState {
  const [state, setState] = useState<StreamState>('closed');
  const latest = useRef(onEvent);
  latest.current = onEvent;
  const names = (options.events ?? []).join(' ');
  useEffect(() => {
    if (url === null) return;
    const events = names === '' ? [] : names.split(' ');
    return openStream(url, (event) => latest.current(event), { events, onState: setState });
  }, [url, names]);
  return state;
}
