import type { MerchantView } from '@feiqian/contract';
import { ApiError } from '@feiqian/ui';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from './api.ts';
import { filterQuery, type PaymentFilters } from './model/filters.ts';

/** Rows asked for at a time. */
const paymentsPage = 50;
const merchantsPage = 100;
/** Merchants the console lists at the most; beyond that a search by name belongs on the server. */
const merchantPagesMax = 20;

const todayEveryMs = 5_000;
const membersEveryMs = 5_000;
const auditEveryMs = 10_000;
const openStoryEveryMs = 3_000;

export const todayQuery = queryOptions({
  queryKey: ['today'],
  queryFn: ({ signal }) => api.today(signal),
  refetchInterval: todayEveryMs,
});

export const paymentsQuery = (filters: PaymentFilters) =>
  infiniteQueryOptions({
    queryKey: ['payments', filterQuery(filters)],
    queryFn: ({ pageParam, signal }) => api.payments(filters, paymentsPage, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** States in which something may still happen without anyone doing anything. */
const openStates: readonly string[] = ['created', 'processing', 'authorised', 'unknown'];

export const storyQuery = (id: string) =>
  queryOptions({
    queryKey: ['story', id],
    queryFn: ({ signal }) => api.story(id, signal),
    refetchInterval: (query) =>
      openStates.includes(query.state.data?.payment.state ?? '') ? openStoryEveryMs : false,
  });

export const auditQuery = queryOptions({
  queryKey: ['audit'],
  queryFn: ({ signal }) => api.audit(signal),
  refetchInterval: auditEveryMs,
});

export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: async ({ signal }) => (await api.members(signal)).data,
  refetchInterval: membersEveryMs,
});

/** All merchants that this person may see. */
export const merchantsQuery = queryOptions({
  queryKey: ['merchants'],
  queryFn: async ({ signal }) => {
    const merchants: MerchantView[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < merchantPagesMax; pages++) {
      const page = await api.merchants(merchantsPage, cursor, signal);
      merchants.push(...page.data);
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    return merchants;
  },
});

export const apiKeysQuery = (merchantId: string) =>
  queryOptions({
    queryKey: ['api-keys', merchantId],
    queryFn: async ({ signal }) => (await api.apiKeys(merchantId, signal)).data,
  });

export const posterQuery = (storeId: string) =>
  queryOptions({ queryKey: ['poster', storeId], queryFn: ({ signal }) => api.poster(storeId, signal) });

/** Sandbox sign-ins; null outside the sandbox, where the network answers 404. */
export const sandboxQuery = queryOptions({
  queryKey: ['sandbox'],
  queryFn: async ({ signal }) => {
    try {
      return await api.sandbox(signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => api.health(signal),
  staleTime: 30_000,
});
