import type { PaymentSearch } from '@feiqian/contract';

/** Filters of the payment list as the address bar keeps them; always plain words, never JSON. */
export interface PaymentFilters {
  q?: string;
  state?: PaymentSearch['state'];
  bank?: string;
  merchant_id?: string;
  entry?: PaymentSearch['entry'];
  /** Instants, RFC 3339 UTC. */
  from?: string;
  to?: string;
}

export const paymentStates = [
  'created',
  'processing',
  'authorised',
  'captured',
  'declined',
  'cancelled',
  'expired',
  'unknown',
  'reversed',
  'partially_refunded',
  'refunded',
] as const satisfies readonly NonNullable<PaymentSearch['state']>[];

export const entryKinds = [
  'dynamic_code',
  'static_code',
  'pay_code',
  'link',
] as const satisfies readonly NonNullable<PaymentSearch['entry']>[];

function text(value: unknown, lengthMax: number): string | undefined {
  const words = typeof value === 'string' ? value.trim() : '';
  return words === '' || words.length > lengthMax ? undefined : words;
}

function oneOf<T extends string>(value: unknown, known: readonly T[]): T | undefined {
  return known.find((one) => one === value);
}

function instant(value: unknown): string | undefined {
  const words = text(value, 40);
  if (words === undefined) return undefined;
  const ms = Date.parse(words);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}

/** Reads filters from an address; whatever is not understood is left out rather than refused. */
export function readFilters(search: Record<string, unknown>): PaymentFilters {
  const merchant = text(search.merchant_id, 40);
  return present({
    q: text(search.q, 100),
    state: oneOf(search.state, paymentStates),
    bank: text(search.bank, 32),
    merchant_id: merchant !== undefined && /^mer_[0-9a-f]{32}$/.test(merchant) ? merchant : undefined,
    entry: oneOf(search.entry, entryKinds),
    from: instant(search.from),
    to: instant(search.to),
  });
}

/** The query string of a list request or of its CSV; keys in a fixed order, so that equal filters are one cache entry. */
export function filterQuery(filters: PaymentFilters, more: { limit?: number; cursor?: string } = {}): string {
  const query = new URLSearchParams();
  for (const key of ['q', 'state', 'bank', 'merchant_id', 'entry', 'from', 'to'] as const) {
    const value = filters[key];
    if (value !== undefined) query.set(key, value);
  }
  if (more.limit !== undefined) query.set('limit', String(more.limit));
  if (more.cursor !== undefined) query.set('cursor', more.cursor);
  const words = query.toString();
  return words === '' ? '' : `?${words}`;
}

/** How many filters are on, the search words not counted. */
export function filterCount(filters: PaymentFilters): number {
  const { q: _, ...rest } = filters;
  return Object.keys(rest).length;
}

export type Search = Record<string, string>;

/** Address to filters and back with plain values: a digit string stays a string. */
export function parseSearch(words: string): Search {
  return Object.fromEntries(new URLSearchParams(words));
}

/** The other direction of `parseSearch`; undefined and empty values disappear. */
export function stringifySearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') query.set(key, String(value));
  }
  const words = query.toString();
  return words === '' ? '' : `?${words}`;
}
