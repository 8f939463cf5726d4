import type {
  ApiKey,
  AuditView,
  ConsoleMe,
  Health,
  LinkAction,
  MemberView,
  MerchantView,
  Payment,
  PaymentStory,
  PersonView,
  Poster,
  Sandbox,
  Today,
  WalletFreeze,
} from '@feiqian/contract';
import { createApi } from '@feiqian/ui';
import { filterQuery, type PaymentFilters } from './model/filters.ts';

const http = createApi();

/** A page of a list; `next_cursor` is null on the last one. */
export interface ListPage<T> {
  data: T[];
  next_cursor: string | null;
}

/** How an act on a link ended: where the link stands now, or why it stayed as it was. */
export interface LinkOutcome {
  ok: boolean;
  state?: string;
  code?: string;
}

export interface CreateMerchantBody {
  name: string;
  name_en: string;
  mcc: string;
  city: string;
  licence: string;
  settlement_account: string;
  store_name: string;
}

export interface CreateStaffBody {
  store_id: string;
  name: string;
  role: 'cashier' | 'supervisor';
  pin: string;
}

const page = (limit: number, cursor?: string) =>
  `?limit=${limit}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;

/** Where the live ticks come from, and where the list is to be had as CSV. */
export const streamPath = '/v1/console/stream';
export const csvPath = (filters: PaymentFilters) => `/v1/console/payments.csv${filterQuery(filters)}`;

/** Every request the console makes, by what it is for. Each throws an `ApiError` when refused. */
export const api = {
  signIn: (username: string, password: string) =>
    http.post<{ token: string; me: ConsoleMe }>('/v1/console/sessions', { username, password }),
  signOut: () => http.delete<void>('/v1/console/sessions/current'),
  me: (signal?: AbortSignal) => http.get<ConsoleMe>('/v1/console/me', { signal }),
  health: (signal?: AbortSignal) => http.get<Health>('/health', { signal }),
  sandbox: (signal?: AbortSignal) => http.get<Sandbox>('/v1/sandbox', { signal }),

  today: (signal?: AbortSignal) => http.get<Today>('/v1/console/today', { signal }),
  payments: (filters: PaymentFilters, limit: number, cursor?: string, signal?: AbortSignal) =>
    http.get<ListPage<Payment>>(`/v1/console/payments${filterQuery(filters, { limit, cursor })}`, { signal }),
  story: (id: string, signal?: AbortSignal) =>
    http.get<PaymentStory>(`/v1/console/payments/${encodeURIComponent(id)}`, { signal }),

  audit: (signal?: AbortSignal) => http.get<AuditView>('/v1/console/audit', { signal }),

  members: (signal?: AbortSignal) => http.get<{ data: MemberView[] }>('/v1/console/members', { signal }),
  actOnLink: (memberId: string, action: LinkAction) =>
    http.post<LinkOutcome>(`/v1/console/members/${memberId}/link`, { action }),

  person: (mobile: string, signal?: AbortSignal) =>
    http.get<PersonView>(`/v1/console/people?mobile=${encodeURIComponent(mobile)}`, { signal }),
  freezePerson: (id: string, lost: readonly string[]) =>
    http.post<WalletFreeze>(`/v1/console/people/${id}/freeze`, { lost_device_ids: lost }),

  merchants: (limit: number, cursor?: string, signal?: AbortSignal) =>
    http.get<ListPage<MerchantView>>(`/v1/console/merchants${page(limit, cursor)}`, { signal }),
  createMerchant: (body: CreateMerchantBody, idempotencyKey: string) =>
    http.post<MerchantView>('/v1/console/merchants', body, { idempotencyKey }),
  reviewMerchant: (id: string, decision: 'approve' | 'suspend') =>
    http.post<MerchantView>(`/v1/console/merchants/${id}/review`, { decision }),
  createStaff: (merchantId: string, body: CreateStaffBody, idempotencyKey: string) =>
    http.post<unknown>(`/v1/console/merchants/${merchantId}/staff`, body, { idempotencyKey }),
  poster: (storeId: string, signal?: AbortSignal) =>
    http.get<Poster>(`/v1/stores/${storeId}/poster`, { signal }),

  apiKeys: (merchantId: string, signal?: AbortSignal) =>
    http.get<{ data: ApiKey[] }>(`/v1/console/api-keys?merchant_id=${merchantId}`, { signal }),
  createApiKey: (merchantId: string, name: string, idempotencyKey: string) =>
    http.post<{ key: ApiKey; secret: string }>(
      '/v1/console/api-keys',
      { merchant_id: merchantId, name },
      { idempotencyKey },
    ),
  revokeApiKey: (id: string) => http.delete<void>(`/v1/console/api-keys/${id}`),
};
