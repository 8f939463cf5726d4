import type { Payment, Transfer } from '@feiqian/contract';
import { dayKey } from '@feiqian/ui';
import { isRecord, matchesFilter, type RecordFilter } from './record.ts';

/** One line of the records: something paid, sent or received. */
export type Entry =
  | { kind: 'payment'; id: string; at: string; payment: Payment }
  | { kind: 'transfer'; id: string; at: string; transfer: Transfer };

/** A transfer of a filter: money that left is spent, money that never arrived failed. */
function transferMatches({ state, direction }: Transfer, filter: RecordFilter): boolean {
  if (filter === 'all') return true;
  if (filter === 'paid') return state === 'completed' && direction === 'out';
  if (filter === 'refunded') return state === 'returned';
  return ['declined', 'returned', 'cancelled'].includes(state);
}

const paymentText = ({ merchant, store, description, order_reference, rrn, id, card }: Payment) => [
  merchant.name,
  store.name,
  description,
  order_reference,
  rrn,
  id,
  card?.last4,
];
const transferText = ({ payer, payee, note, id, debit, credit }: Transfer) => [
  payer.name,
  payee.name,
  payee.bank_name,
  payee.bank_name_en,
  payee.last4,
  note,
  id,
  debit?.rrn,
  credit?.rrn,
];

/** True when every word of the query stands somewhere in the record: names, note, reference, amount. */
export function matchesText(entry: Entry, query: string): boolean {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const minor = entry.kind === 'payment' ? entry.payment.amount : entry.transfer.amount;
  const parts = entry.kind === 'payment' ? paymentText(entry.payment) : transferText(entry.transfer);
  const text = [...parts, (minor / 100).toFixed(2)].filter(Boolean).join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

export interface Narrowing {
  month: string;
  filter: RecordFilter;
  /** `2026-11-22`, or null for the whole month. */
  day: string | null;
  query: string;
}

/** Payments and transfers of a month in one line, newest first. */
export function timeline(
  payments: readonly Payment[],
  transfers: readonly Transfer[],
  by: Narrowing,
): Entry[] {
  const entries: Entry[] = [
    ...payments
      .filter((p) => isRecord(p) && matchesFilter(p, by.filter))
      .map((payment): Entry => ({ kind: 'payment', id: payment.id, at: payment.created_at, payment })),
    ...transfers
      .filter((t) => transferMatches(t, by.filter))
      .map((transfer): Entry => ({ kind: 'transfer', id: transfer.id, at: transfer.created_at, transfer })),
  ];
  return entries
    .filter((e) => dayKey(e.at).startsWith(by.day ?? by.month) && matchesText(e, by.query))
    .sort((a, b) => b.at.localeCompare(a.at));
}

/** The entries of each day, in the order they are in. */
export function byDay(entries: readonly Entry[]): { day: string; entries: Entry[] }[] {
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const day = dayKey(entry.at);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days].map(([day, list]) => ({ day, entries: list }));
}

/** A cell of CSV (RFC 4180). What a spreadsheet would take for a formula is made text. */
function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = /^[=+@\t\r]/.test(text) || /^-(?!\d+(\.\d+)?$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const columns = [
  'time',
  'kind',
  'state',
  'direction',
  'name',
  'amount',
  'currency',
  'note',
  'reference',
  'id',
];

function csvRow(entry: Entry): (string | number | null)[] {
  if (entry.kind === 'payment') {
    const p = entry.payment;
    const moved = p.captured_amount - p.refunded_amount;
    const amount = (-(moved || p.amount) / 100).toFixed(2);
    return [
      p.created_at,
      'payment',
      p.state,
      'out',
      p.merchant.name,
      amount,
      p.currency,
      p.description,
      p.rrn,
      p.id,
    ];
  }
  const t = entry.transfer;
  const name = t.direction === 'in' ? t.payer.name : (t.payee.name ?? t.payee.bank_name);
  const amount = ((t.direction === 'out' ? -t.amount : t.amount) / 100).toFixed(2);
  const rrn = t.credit?.rrn ?? t.debit?.rrn ?? null;
  return [t.created_at, t.kind, t.state, t.direction, name, amount, t.currency, t.note, rrn, t.id];
}

/** The entries as CSV with a header, and a mark at the front by which spreadsheets know UTF-8. */
export function csvOf(entries: readonly Entry[]): string {
  const lines = [columns, ...entries.map(csvRow)].map((row) => row.map(cell).join(','));
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

/** Where the phone's own copy and the network's record are not the same. */
export interface Difference {
  id: string;
  kept: Payment;
  /** Null when the network does not list it any more. */
  told: Payment | null;
}

const essence = (p: Payment) =>
  [p.amount, p.currency, p.captured_amount, p.refunded_amount, p.state].join(' ');

/**
 * Compares the payments that the phone has kept with the newest that the network tells. A payment that went on since is
 * no difference; one that the network says did not change, and yet tells otherwise, is, and one that it left out.
 */
export function differencesOf(kept: readonly Payment[], told: readonly Payment[]): Difference[] {
  const now = new Map(told.map((p) => [p.id, p]));
  const oldest = told.at(-1)?.created_at;
  return kept.flatMap((before): Difference[] => {
    const after = now.get(before.id);
    if (after === undefined) {
      // Older than the page that was asked for: nothing was said of it.
      const listed = oldest !== undefined && before.created_at > oldest;
      return listed && isRecord(before) ? [{ id: before.id, kept: before, told: null }] : [];
    }
    const wentOn = after.updated_at > before.updated_at;
    return !wentOn && essence(after) !== essence(before)
      ? [{ id: before.id, kept: before, told: after }]
      : [];
  });
}
