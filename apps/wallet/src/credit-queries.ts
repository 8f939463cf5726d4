import type {
  AccountClassTables,
  BankMessageList,
  BillPage,
  CreditApplicationList,
  CreditProductList,
  Owed,
} from '@feiqian/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

const billsShown = 12;
const messagesPollMs = 2_000;
const openPollMs = 3_000;

export const owedQuery = (accountId: string) =>
  queryOptions({
    queryKey: ['owed', accountId],
    queryFn: ({ signal }) => api.get<Owed>(`/v1/wallet/accounts/${accountId}/owed`, { signal }),
    staleTime: 0,
  });

export const billsQuery = (accountId: string) =>
  queryOptions({
    queryKey: ['bills', accountId],
    queryFn: async ({ signal }) =>
      (await api.get<BillPage>(`/v1/wallet/accounts/${accountId}/bills?limit=${billsShown}`, { signal }))
        .data,
  });

export const productsQuery = queryOptions({
  queryKey: ['credit-products'],
  queryFn: ({ signal }) => api.get<CreditProductList>('/v1/wallet/credit-products', { signal }),
});

/** Asked again while something is open, should the stream be down. */
export const applicationsQuery = queryOptions({
  queryKey: ['applications'],
  queryFn: async ({ signal }) =>
    (await api.get<CreditApplicationList>('/v1/wallet/credit-applications', { signal })).data,
  refetchInterval: (query) =>
    query.state.data?.some((a) => a.state === 'reviewing' || a.state === 'received' || a.card === 'binding')
      ? openPollMs
      : false,
});

export const classesQuery = queryOptions({
  queryKey: ['account-classes'],
  queryFn: ({ signal }) => api.get<AccountClassTables>('/v1/wallet/account-classes', { signal }),
});

/** What the sandbox's banks have sent; an error (404) outside the sandbox. */
export const messagesQuery = queryOptions({
  queryKey: ['bank-messages'],
  queryFn: async ({ signal }) =>
    (await api.get<BankMessageList>('/v1/wallet/bank-messages', { signal })).data,
  refetchInterval: messagesPollMs,
  retry: false,
});
