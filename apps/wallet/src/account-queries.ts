import type {
  AccountBalance,
  AccountLimits,
  AccountList,
  MovementDetail,
  MovementPage,
  WalletNoticePage,
} from '@feiqian/contract';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

const movementsPerPage = 20;
const noticesPerPage = 30;
const cursorOf = (cursor: string | null) => (cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`);

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: ({ signal }) => api.get<AccountList>('/v1/wallet/accounts', { signal }),
});

/** Never older than the look: forgotten when nobody shows it. */
export const accountBalanceQuery = (id: string) =>
  queryOptions({
    queryKey: ['account-balance', id],
    queryFn: ({ signal }) => api.get<AccountBalance>(`/v1/wallet/accounts/${id}/balance`, { signal }),
    staleTime: 0,
    gcTime: 60_000,
  });

export const accountLimitsQuery = (id: string) =>
  queryOptions({
    queryKey: ['account-limits', id],
    queryFn: ({ signal }) => api.get<AccountLimits>(`/v1/wallet/accounts/${id}/limits`, { signal }),
  });

export const movementsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['movements', id],
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }) =>
      api.get<MovementPage>(
        `/v1/wallet/accounts/${id}/movements?limit=${movementsPerPage}${cursorOf(pageParam)}`,
        { signal },
      ),
    getNextPageParam: (page) => page.next_cursor,
  });

export const movementQuery = (accountId: string, id: string) =>
  queryOptions({
    queryKey: ['movement', accountId, id],
    queryFn: ({ signal }) =>
      api.get<MovementDetail>(`/v1/wallet/accounts/${accountId}/movements/${id}`, { signal }),
  });

export const noticesQuery = infiniteQueryOptions({
  queryKey: ['notices', 'list'],
  initialPageParam: null as string | null,
  queryFn: ({ signal, pageParam }) =>
    api.get<WalletNoticePage>(`/v1/wallet/notices?limit=${noticesPerPage}${cursorOf(pageParam)}`, { signal }),
  getNextPageParam: (page) => page.next_cursor,
});
