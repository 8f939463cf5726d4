import type { WalletFreeze, WalletIdentity } from '@feiqian/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

/** While a bank has not answered yet. */
const tellingPollMs = 1000;

export const identityQuery = queryOptions({
  queryKey: ['identity'],
  queryFn: ({ signal }) => api.get<WalletIdentity>('/v1/wallet/identity', { signal }),
});

export const freezeQuery = queryOptions({
  queryKey: ['freeze'],
  queryFn: ({ signal }) => api.get<WalletFreeze>('/v1/wallet/freeze', { signal }),
  refetchInterval: (query) =>
    query.state.data?.banks.some((b) => b.state === 'freezing' || b.state === 'thawing')
      ? tellingPollMs
      : false,
});
