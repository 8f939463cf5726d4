import type { Payment } from '@feiqian/contract';
import { useStream } from '@feiqian/ui';
import { useEffect, useRef } from 'react';
import { queryClient } from './client.ts';

type Listener = (payment: Payment) => void;
const listeners = new Set<Listener>();

function isPayment(value: unknown): value is Payment {
  const one = value as Payment | null;
  return typeof one === 'object' && one !== null && String(one.id).startsWith('pay_') && 'state' in one;
}

/** The payment inside what the stream sent: the payment itself, or an event about it. */
export function paymentIn(data: unknown): Payment | null {
  if (isPayment(data)) return data;
  const inner = (data as { data?: unknown } | null)?.data;
  if (isPayment(inner)) return inner;
  const deeper = (inner as { payment?: unknown } | null | undefined)?.payment;
  return isPayment(deeper) ? deeper : null;
}

/** Puts a payment's news where every screen sees it. An older piece of news never replaces a newer one. */
export function takeNews(payment: Payment): void {
  const known = queryClient.getQueryData<Payment>(['payment', payment.id]);
  if (known && known.updated_at > payment.updated_at) return;
  queryClient.setQueryData(['payment', payment.id], payment);
  void queryClient.invalidateQueries({ queryKey: ['recent'] });
  void queryClient.invalidateQueries({ queryKey: ['month'] });
  void queryClient.invalidateQueries({ queryKey: ['receipt', payment.id] });
  void queryClient.invalidateQueries({ queryKey: ['balance'] });
  for (const listener of listeners) listener(payment);
}

/** Keeps the stream of this person's payments open while mounted. */
export function useLive(): void {
  useStream(
    '/v1/wallet/stream',
    (event) => {
      const payment = paymentIn(event.data);
      if (payment) takeNews(payment);
    },
    { events: ['payment'] },
  );
}

/** Calls back for each piece of news about a payment. */
export function usePaymentNews(listener: Listener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const own: Listener = (payment) => latest.current(payment);
    listeners.add(own);
    return () => {
      listeners.delete(own);
    };
  }, []);
}
