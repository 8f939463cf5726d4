import type {
  Payment,
  PaymentPage,
  Poster,
  Receipt,
  Refund,
  Sandbox,
  TillMe,
  TillSession,
} from '@feiqian/contract';
import { ApiError, createApi } from '@feiqian/ui';
import { watchedFetch } from './device/reach.ts';
import type { Refusal } from './model/sale.ts';

let onSessionEnd: () => void = () => undefined;
/** Tells who wants to know that the network no longer knows this session. */
export function whenSessionEnds(told: () => void): void {
  onSessionEnd = told;
}

const api = createApi({ fetch: watchedFetch, onUnauthenticated: () => onSessionEnd() });
/** Signing in answers 401 for a wrong PIN: that ends no session. */
const door = createApi({ fetch: watchedFetch });

/** Codes by which the network says "not yet known" rather than "no". */
const undecided = new Set(['request_in_flight', 'payment_in_progress', 'unknown_outcome', 'internal_error']);

/** A refusal is final; null means that the outcome is not known and the same request may be sent again. */
export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof ApiError) || error.unanswered || undecided.has(error.code)) return null;
  return { code: error.code, detail: error.detail ?? null };
}

export const network = {
  sandbox: () => door.get<Sandbox>('/v1/sandbox'),
  signIn: (staffNumber: string, pin: string, deviceName: string) =>
    door.post<TillSession>('/v1/till/sessions', { staff_number: staffNumber, pin, device_name: deviceName }),
  signOut: () => api.delete<void>('/v1/till/sessions/current'),
  me: () => api.get<TillMe>('/v1/till/me'),
  getPayment: (path: string) => api.get<Payment>(path),
  postPayment: (path: string, body: unknown, idempotencyKey: string) =>
    api.post<Payment>(path, body, { idempotencyKey }),
  payments: (query: Record<string, string>) =>
    api.get<PaymentPage>(`/v1/payments?${new URLSearchParams(query).toString()}`),
  payment: (id: string) => api.get<Payment>(`/v1/payments/${id}`),
  receipt: (id: string) => api.get<Receipt>(`/v1/payments/${id}/receipt`),
  refunds: (id: string) => api.get<{ data: Refund[] }>(`/v1/payments/${id}/refunds`),
  refund: (id: string, body: { amount: number; reason: string }, idempotencyKey: string) =>
    api.post<Refund>(`/v1/payments/${id}/refunds`, body, { idempotencyKey }),
  poster: (storeId: string) => api.get<Poster>(`/v1/stores/${storeId}/poster`),
};
