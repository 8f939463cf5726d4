import type { FeiqianEvent, Payment } from '@feiqian/contract';
import { type StreamState, useStream } from '@feiqian/ui';
import { useEffect } from 'react';
import { client, takeNews } from '../data.ts';
import { useMe } from '../session.ts';
import { createStore } from '../store.ts';
import { sales } from '../till.ts';

/** The state of the live stream, for the settings page. */
export const liveState = createStore<StreamState>('closed');

/** The network names each event `payment` and puts the payment, as it now stands, into the event's data. */
const events = ['payment'];

function paymentOf(data: unknown): Payment | null {
  const event = data as Partial<FeiqianEvent> | null;
  const payment = (event?.data ?? data) as Partial<Payment> | null;
  return typeof payment?.id === 'string' && payment.id.startsWith('pay_') && payment.state
    ? (payment as Payment)
    : null;
}

/** Brings the network's news to the sales and the lists; looks things up itself where news do not come. */
export default function LiveLink() {
  const storeId = useMe().store.id;
  const state = useStream(
    '/v1/till/stream',
    (event) => {
      const payment = paymentOf(event.data);
      if (payment === null || payment.store.id !== storeId) return;
      if (payment.entry === 'static_code' && payment.state === 'captured') sales.adopt(payment);
      sales.apply(payment);
      takeNews(payment);
    },
    { events },
  );

  useEffect(() => {
    liveState.set(state);
    // Whatever happened while the line was cut is in the lists, not in the stream.
    if (state === 'open') void client.invalidateQueries({ queryKey: ['day'] });
  }, [state]);

  useEffect(() => {
    const timer = setInterval(() => sales.tick(state === 'open'), 500);
    return () => clearInterval(timer);
  }, [state]);
  return null;
}
