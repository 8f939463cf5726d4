import type { SetBudget, Spending, SpendingPaymentPage } from '@feiqian/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { signed } from './signed.ts';

const listMax = 100;

/** What was spent in a month. Under `month`, so that news of a payment asks again. */
export const spendingQuery = (month: string) =>
  queryOptions({
    queryKey: ['month', 'spending', month],
    queryFn: ({ signal }) => api.get<Spending>(`/v1/wallet/spending?month=${month}`, { signal }),
  });

/** The payments of a month in one category. */
export const categoryQuery = (month: string, category: string) =>
  queryOptions({
    queryKey: ['month', 'spending', month, category],
    queryFn: async ({ signal }) => {
      const path = `/v1/wallet/spending/payments?month=${month}&category=${category}&limit=${listMax}`;
      return (await api.get<SpendingPaymentPage>(path, { signal })).data;
    },
  });

export const setBudget = (budget: SetBudget) => signed.put<Spending>('/v1/wallet/budget', budget);
