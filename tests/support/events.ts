import type { Payment } from '@feiqian/contract';
import type { Caller } from './caller.ts';
import { until } from './until.ts';

/** One event of a stream, and when it came. */
export interface StreamedEvent {
  type: string;
  payment: Payment;
  /** When it came, by `performance.now()`. */
  atMs: number;
}

/** An open stream of events (SSE). */
export interface Stream {
  events: StreamedEvent[];
  /** Waits for the event of a payment's reaching a state; gives when it came. */
  reached(paymentId: string, state: string): Promise<StreamedEvent>;
  close(): void;
}

const eventMsMax = 5_000;

/** Opens a stream of payments' events and keeps what comes. */
export async function openEvents(caller: Caller, path: string): Promise<Stream> {
  const stop = new AbortController();
  const events: StreamedEvent[] = [];
  const response = await fetch(caller.url + path, {
    headers: { authorization: `Bearer ${caller.token}`, accept: 'text/event-stream' },
    signal: stop.signal,
  });
  if (response.status !== 200 || response.body === null) throw new Error(`answered ${response.status}`);
  void read(response.body, events).catch(() => undefined);
  return {
    events,
    async reached(paymentId, state) {
      const found = () => events.find((e) => e.payment.id === paymentId && e.type === `payment.${state}`);
      await until(() => found() !== undefined, eventMsMax, `${state} of ${paymentId}`);
      return found() as StreamedEvent;
    },
    close: () => stop.abort(),
  };
}

async function read(body: ReadableStream<Uint8Array>, events: StreamedEvent[]): Promise<void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block.split('\n').find((line) => line.startsWith('data: '));
      if (data === undefined) continue;
      const { type, data: payment } = JSON.parse(data.slice(6)) as { type: string; data: Payment };
      events.push({ type, payment, atMs: performance.now() });
    }
  }
}
