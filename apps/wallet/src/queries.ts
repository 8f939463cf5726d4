import type {
  Card,
  CardBalance,
  Device,
  IssuingBank,
  Payment,
  PaymentPage,
  Receipt,
  Sandbox,
  ScanResult,
  SecuritySettings,
} from '@feiqian/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, queryClient } from './client.ts';
import { keep, kept } from './keep.ts';
import { isOpen } from './record.ts';
import { type Difference, differencesOf } from './timeline.ts';

export const recentMax = 20;
const pageSize = 100;
const monthPagesMax = 10;
/** Polling backs the stream up: slow enough to be no load, quick enough that nobody waits for it. */
const openPollMs = 2000;

export const cardsQuery = queryOptions({
  queryKey: ['cards'],
  queryFn: async ({ signal }) => {
    const { data } = await api.get<{ data: Card[] }>('/v1/wallet/cards', { signal });
    void keep('cards', data);
    return data;
  },
});

const differencesKey = ['differences'];

/** Where the phone's copy did not agree with the network when it was compared last. */
export const differencesQuery = queryOptions({
  queryKey: differencesKey,
  queryFn: (): Difference[] => queryClient.getQueryData<Difference[]>(differencesKey) ?? [],
  staleTime: Number.POSITIVE_INFINITY,
});

export const recentQuery = queryOptions({
  queryKey: ['recent'],
  queryFn: async ({ signal }) => {
    const { data } = await api.get<PaymentPage>(`/v1/wallet/payments?limit=${recentMax}`, { signal });
    // What was kept is compared before it is replaced; the records show what does not agree.
    queryClient.setQueryData(differencesKey, differencesOf((await kept('payments')) ?? [], data));
    void keep('payments', data);
    return data;
  },
});

/** Payments back to the first day of `month`, newest first. Follows the pages until they are older. */
export const monthQuery = (month: string) =>
  queryOptions({
    queryKey: ['month', month],
    queryFn: async ({ signal }) => {
      const found: Payment[] = [];
      const from = Date.parse(`${month}-01T00:00:00+08:00`);
      let cursor: string | null = null;
      for (let page = 0; page < monthPagesMax; page += 1) {
        const after: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
        const answer: PaymentPage = await api.get<PaymentPage>(
          `/v1/wallet/payments?limit=${pageSize}${after}`,
          {
            signal,
          },
        );
        found.push(...answer.data);
        cursor = answer.next_cursor;
        const oldest = answer.data.at(-1);
        if (!cursor || !oldest || Date.parse(oldest.created_at) < from) break;
      }
      return found;
    },
  });

/** One payment; asked again by itself while its outcome is open. */
export const paymentQuery = (id: string) =>
  queryOptions({
    queryKey: ['payment', id],
    queryFn: ({ signal }) => api.get<Payment>(`/v1/wallet/payments/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data && isOpen(query.state.data) ? openPollMs : false),
  });

export const receiptQuery = (id: string) =>
  queryOptions({
    queryKey: ['receipt', id],
    queryFn: ({ signal }) => api.get<Receipt>(`/v1/wallet/payments/${id}/receipt`, { signal }),
  });

/** What a scanned, pictured or pasted text asks for. A query, so that a reload asks the same. */
export const scanQuery = (text: string) =>
  queryOptions({
    queryKey: ['scan', text],
    queryFn: ({ signal }) => api.post<ScanResult>('/v1/wallet/scans', { text }, { signal }),
    staleTime: 60_000,
  });

export const balanceQuery = (cardId: string) =>
  queryOptions({
    queryKey: ['balance', cardId],
    queryFn: ({ signal }) => api.get<CardBalance>(`/v1/wallet/cards/${cardId}/balance`, { signal }),
    staleTime: 30_000,
    gcTime: 60_000,
  });

export const banksQuery = queryOptions({
  queryKey: ['banks'],
  queryFn: async ({ signal }) =>
    (await api.get<{ data: IssuingBank[] }>('/v1/wallet/banks', { signal })).data,
});

export const devicesQuery = queryOptions({
  queryKey: ['devices'],
  queryFn: async ({ signal }) => (await api.get<{ data: Device[] }>('/v1/wallet/devices', { signal })).data,
});

export const securityQuery = queryOptions({
  queryKey: ['security'],
  queryFn: ({ signal }) => api.get<SecuritySettings>('/v1/wallet/security', { signal }),
});

/** The sandbox's people; an error (404) outside the sandbox. */
export const sandboxQuery = queryOptions({
  queryKey: ['sandbox'],
  queryFn: ({ signal }) => api.get<Sandbox>('/v1/sandbox', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});
