import type { Payment } from '@feiqian/contract';
import { dayKey } from '@feiqian/ui';

/** What the payer's records may be narrowed to. */
export const recordFilters = ['all', 'paid', 'refunded', 'failed'] as const;
export type RecordFilter = (typeof recordFilters)[number];

export function isRecordFilter(value: unknown): value is RecordFilter {
  return recordFilters.includes(value as RecordFilter);
}

/** Minor units that left the payer's card and did not come back. */
export function spentOf(payment: Payment): number {
  if (
    payment.state === 'captured' ||
    payment.state === 'partially_refunded' ||
    payment.state === 'refunded'
  ) {
    return payment.captured_amount - payment.refunded_amount;
  }
  return payment.state === 'authorised' ? payment.authorised_amount : 0;
}

/** True while the outcome may still change without anybody acting. */
export function isOpen(payment: Payment): boolean {
  return payment.state === 'processing' || payment.state === 'unknown';
}

/** False for an order that was opened and never paid: it left no trace on any card. */
export function isRecord(payment: Payment): boolean {
  return payment.card !== null || !['created', 'cancelled', 'expired'].includes(payment.state);
}

export function matchesFilter(payment: Payment, filter: RecordFilter): boolean {
  if (filter === 'all') return true;
  if (filter === 'refunded') return payment.refunded_amount > 0;
  if (filter === 'paid') return spentOf(payment) > 0;
  return ['declined', 'cancelled', 'expired', 'reversed'].includes(payment.state);
}

/** Month of an instant as `2026-11`, in the zone of the city. */
export function monthKey(instant: string | number): string {
  return dayKey(instant).slice(0, 7);
}

/** The month `by` months after (or before) another. */
export function shiftMonth(month: string, by: number): string {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + by;
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}`;
}

export function daysInMonth(month: string): number {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
}

export interface MonthView {
  /** Minor units spent on each day, first of the month first. */
  spentByDay: number[];
  spent: number;
  refunded: number;
  count: number;
  /** Newest day first; newest payment first within it. */
  days: { day: string; payments: Payment[] }[];
}

/** One month of records: bars, sums and days. `day` ("2026-11-22") narrows the list, not the bars. */
export function monthView(
  payments: readonly Payment[],
  month: string,
  filter: RecordFilter = 'all',
  day: string | null = null,
): MonthView {
  const spentByDay = Array.from({ length: daysInMonth(month) }, () => 0);
  const days = new Map<string, Payment[]>();
  const view = { spent: 0, refunded: 0, count: 0 };
  const ordered = [...payments].sort((a, b) => b.created_at.localeCompare(a.created_at));
  for (const payment of ordered) {
    const key = dayKey(payment.created_at);
    if (!key.startsWith(month) || !isRecord(payment)) continue;
    const spent = spentOf(payment);
    const index = Number(key.slice(8)) - 1;
    spentByDay[index] = (spentByDay[index] ?? 0) + spent;
    view.spent += spent;
    view.refunded += payment.refunded_amount;
    if (spent > 0) view.count += 1;
    if (!matchesFilter(payment, filter) || (day !== null && key !== day)) continue;
    days.set(key, [...(days.get(key) ?? []), payment]);
  }
  return { ...view, spentByDay, days: [...days].map(([key, list]) => ({ day: key, payments: list })) };
}
