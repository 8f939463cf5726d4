import type { Receiving, Transfer, TransferPage, TransferPayee } from '@feiqian/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { signed } from './signed.ts';

const recentTransfers = 50;
/** Polling backs the stream up. */
const openPollMs = 2000;

/** True while the outcome may still change without anybody acting. */
export const isUnderWay = ({ state }: Transfer): boolean =>
  ['debiting', 'crediting', 'confirming', 'unknown', 'returning', 'scheduled'].includes(state);

export const transfersQuery = queryOptions({
  queryKey: ['transfers'],
  queryFn: async ({ signal }) =>
    (await api.get<TransferPage>(`/v1/wallet/transfers?limit=${recentTransfers}`, { signal })).data,
});

const monthPagesMax = 10;
const pageSize = 100;

/** Transfers back to the first day of a month, newest first. */
export const monthTransfersQuery = (month: string) =>
  queryOptions({
    queryKey: ['transfers', month],
    queryFn: async ({ signal }) => {
      const found: Transfer[] = [];
      const from = Date.parse(`${month}-01T00:00:00+08:00`);
      let cursor: string | null = null;
      for (let page = 0; page < monthPagesMax; page += 1) {
        const after: string = cursor === null ? '' : `&cursor=${cursor}`;
        const path = `/v1/wallet/transfers?limit=${pageSize}${after}`;
        const answer: TransferPage = await api.get<TransferPage>(path, { signal });
        found.push(...answer.data);
        cursor = answer.next_cursor;
        const oldest = answer.data.at(-1);
        if (cursor === null || !oldest || Date.parse(oldest.created_at) < from) break;
      }
      return found;
    },
  });

/** One transfer; asked again by itself while its outcome is open. */
export const transferQuery = (id: string) =>
  queryOptions({
    queryKey: ['transfer', id],
    queryFn: ({ signal }) => api.get<Transfer>(`/v1/wallet/transfers/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data && isUnderWay(query.state.data) ? openPollMs : false),
  });

export const receivingQuery = queryOptions({
  queryKey: ['receiving'],
  queryFn: ({ signal }) => api.get<Receiving>('/v1/wallet/receiving', { signal }),
});

/** Whom a receive code belongs to. */
export const receiverQuery = (code: string) =>
  queryOptions({
    queryKey: ['receiver', code],
    queryFn: () => signed.post<TransferPayee>('/v1/wallet/payees', { code }),
    staleTime: 5 * 60_000,
    retry: false,
  });
