import type { Payment } from '@feiqian/contract';
import { QueryClient, queryOptions } from '@tanstack/react-query';
import { network, refusalOf } from './api.ts';
import { nowMs } from './device/clock.ts';
import { type KeptDay, keepDay, keptDay } from './kept.ts';
import { dateOf, rangeOf } from './model/day.ts';
import { isNewer } from './model/sale.ts';

/**
 * The cache of what the network said. Handed to each `useQuery` instead of a provider at the root, so that the
 * keypad is on the screen before any of this is loaded.
 */
export const client = new QueryClient({
  defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: true, networkMode: 'always' } },
});
client.mount();

const pageMax = 100;
/** Pages of one day fetched at the most: 2,000 sales. */
const dayPagesMax = 20;

export interface Day extends KeptDay {
  /** Read from this device because the network did not answer. */
  readonly cached: boolean;
}

async function fetchDay(storeId: string, date: string): Promise<KeptDay> {
  const payments: Payment[] = [];
  const { from, to } = rangeOf(date);
  let cursor: string | null = null;
  for (let page = 0; page < dayPagesMax; page += 1) {
    const query: Record<string, string> = { from, to, limit: String(pageMax) };
    if (cursor !== null) query.cursor = cursor;
    const answer = await network.payments(query);
    // The network answers for the merchant; a till shows its own store.
    payments.push(...answer.data.filter((one) => one.store.id === storeId));
    cursor = answer.next_cursor;
    if (cursor === null) break;
  }
  return { date, payments, complete: cursor === null, atMs: nowMs() };
}

/** All sales of a date, newest first; without a network, as last seen on this device. */
export const dayQuery = (storeId: string, date: string) =>
  queryOptions({
    queryKey: ['day', storeId, date],
    queryFn: async (): Promise<Day> => {
      try {
        const day = await fetchDay(storeId, date);
        void keepDay(day);
        return { ...day, cached: false };
      } catch (error) {
        const kept = refusalOf(error) === null ? await keptDay(date) : null;
        if (kept === null) throw error;
        return { ...kept, cached: true };
      }
    },
    staleTime: 20_000,
  });

export const saleQuery = (id: string) =>
  queryOptions({ queryKey: ['sale', id], queryFn: () => network.payment(id), staleTime: 5_000 });

export const refundsQuery = (id: string) =>
  queryOptions({ queryKey: ['refunds', id], queryFn: () => network.refunds(id), staleTime: 5_000 });

export const receiptQuery = (id: string) =>
  queryOptions({ queryKey: ['receipt', id], queryFn: () => network.receipt(id), staleTime: 5_000 });

export const posterQuery = (storeId: string) =>
  queryOptions({
    queryKey: ['poster', storeId],
    queryFn: () => network.poster(storeId),
    staleTime: 3_600_000,
  });

/** Sales of an order reference. */
export const orderQuery = (reference: string) =>
  queryOptions({
    queryKey: ['order', reference],
    queryFn: () => network.payments({ order_reference: reference, limit: '20' }),
    enabled: reference !== '',
  });

/** Puts news of a payment into every list and page that shows it. */
export function takeNews(payment: Payment): void {
  client.setQueryData(saleQuery(payment.id).queryKey, (known) =>
    known === undefined || isNewer(known, payment) ? payment : known,
  );
  void client.invalidateQueries({ queryKey: ['refunds', payment.id] });
  client.setQueryData(dayQuery(payment.store.id, dateOf(Date.parse(payment.created_at))).queryKey, (day) => {
    if (day === undefined) return undefined;
    const known = day.payments.find((one) => one.id === payment.id);
    if (known === undefined) return { ...day, payments: [payment, ...day.payments] };
    if (!isNewer(known, payment)) return day;
    return { ...day, payments: day.payments.map((one) => (one.id === payment.id ? payment : one)) };
  });
}
