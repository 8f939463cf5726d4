import type { MoneyRequest, MoneyRequestPage, Split, SplitPage } from '@feiqian/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

const recentMax = 50;
/** Polling backs the stream up. */
const openPollMs = 2000;

/** What this person asks and is asked, newest first. */
export const requestsQuery = queryOptions({
  queryKey: ['requests'],
  queryFn: async ({ signal }) =>
    (await api.get<MoneyRequestPage>(`/v1/wallet/requests?limit=${recentMax}`, { signal })).data,
});

/** What this person is asked and has not answered. */
export const openRequestsQuery = queryOptions({
  queryKey: ['requests', 'in'],
  queryFn: async ({ signal }) => {
    const path = `/v1/wallet/requests?direction=in&limit=${recentMax}`;
    const { data } = await api.get<MoneyRequestPage>(path, { signal });
    return data.filter((r) => r.state === 'asked');
  },
});

/** One request; asked again by itself while it is being paid. */
export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ['requests', id],
    queryFn: ({ signal }) => api.get<MoneyRequest>(`/v1/wallet/requests/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data?.state === 'paying' ? openPollMs : false),
  });

export const splitsQuery = queryOptions({
  queryKey: ['requests', 'splits'],
  queryFn: async ({ signal }) =>
    (await api.get<SplitPage>(`/v1/wallet/splits?limit=${recentMax}`, { signal })).data,
});

export const splitQuery = (id: string) =>
  queryOptions({
    queryKey: ['requests', 'splits', id],
    queryFn: ({ signal }) => api.get<Split>(`/v1/wallet/splits/${id}`, { signal }),
  });
