import type { Payment } from '@feiqian/contract';
import { useStream } from '@feiqian/ui';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { queryClient } from './client.ts';
import { keep } from './keep.ts';
import { recentMax, recentQuery } from './queries.ts';

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

function insertRecent(payment: Payment): void {
  const known = queryClient.getQueryData<Payment[]>(recentQuery.queryKey);
  if (!known) return;
  const next = [payment, ...known.filter((one) => one.id !== payment.id)]
    .sort((a, b) => b.created_at.localeCompare(a.created_at))
    .slice(0, recentMax);
  queryClient.setQueryData(recentQuery.queryKey, next);
  void keep('payments', next);
}

/** Puts a payment's news where every screen sees it. An older piece of news never replaces a newer one. */
export function takeNews(payment: Payment): void {
  const known = queryClient.getQueryData<Payment>(['payment', payment.id]);
  if (known && known.updated_at > payment.updated_at) return;
  queryClient.setQueryData(['payment', payment.id], payment);
  insertRecent(payment);
  for (const queryKey of [['month'], ['receipt', payment.id], ['balance']]) {
    void queryClient.invalidateQueries({ queryKey });
  }
  for (const listener of listeners) listener(payment);
}

/** What happened while the stream was down: each payment that changed is news. */
async function catchUp(): Promise<void> {
  const before = new Map(
    queryClient.getQueryData<Payment[]>(recentQuery.queryKey)?.map((one) => [one.id, one.updated_at]),
  );
  const recent = await queryClient.fetchQuery({ ...recentQuery, staleTime: 0 });
  for (const payment of recent) {
    if (before.get(payment.id) !== payment.updated_at) takeNews(payment);
  }
}

/** A transfer's news: each screen that shows it asks again. */
function takeTransfer(): void {
  for (const key of ['transfer', 'transfers', 'balance', 'accounts', 'account-balance', 'movements'])
    void queryClient.invalidateQueries({ queryKey: [key] });
}

/** What a bank told may have changed everything that banks were asked for. */
function takeNotice(): void {
  for (const key of [
    'notices',
    'accounts',
    'account-balance',
    'account-limits',
    'movements',
    'balance',
    'owed',
    'bills',
    'applications',
  ])
    void queryClient.invalidateQueries({ queryKey: [key] });
}

/** Keeps the stream of this person's payments open while mounted. */
export function useLive(): void {
  const router = useRouter();
  const state = useStream(
    '/v1/wallet/stream',
    (event) => {
      if (event.name === 'transfer') return takeTransfer();
      if (event.name === 'money_request')
        return void queryClient.invalidateQueries({ queryKey: ['requests'] });
      if (event.name === 'device') return void queryClient.invalidateQueries({ queryKey: ['devices'] });
      if (event.name === 'notice' || event.name === 'application' || event.name === 'repayment')
        return takeNotice();
      const payment = paymentIn(event.data);
      if (!payment) return;
      // A pay code was shown for more than it may pay: the phone asks.
      if ((event.data as { type?: string }).type === 'payment.confirmation_asked')
        void router.navigate({ to: '/pay/$paymentId', params: { paymentId: payment.id } });
      else takeNews(payment);
    },
    { events: ['payment', 'notice', 'application', 'repayment', 'transfer', 'money_request', 'device'] },
  );
  useEffect(() => {
    if (state !== 'open') return;
    void catchUp().catch(() => undefined);
    takeNotice();
    void queryClient.invalidateQueries({ queryKey: ['requests'] });
    void queryClient.invalidateQueries({ queryKey: ['devices'] });
  }, [state]);
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
