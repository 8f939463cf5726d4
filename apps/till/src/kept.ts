import type { Payment, TillMe } from '@feiqian/contract';
import type { DBSchema, IDBPDatabase } from 'idb';
import type { Sale } from './model/sale.ts';

/*
 * What this till keeps between page loads: who is signed in (the session itself is a cookie no script can
 * read), the sales under way, and the day lists for when there is no network. No card data, no payer's code.
 */
const meKey = 'feiqian.till.me';
const storeKey = 'feiqian.till.store';
const salesKey = 'feiqian.till.sales';
const sequenceKey = 'feiqian.till.sequence';
/** Days whose list is kept for reading without a network. */
const keptDaysMax = 7;

function read<T>(key: string): T | null {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

function write(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage closed or full: everything still works until the page is closed.
  }
}

export const keptMe = () => read<TillMe>(meKey);
export const keepMe = (me: TillMe | null) => write(meKey, me);
export const keptStore = () => read<string>(storeKey);
export const keepStore = (storeId: string) => write(storeKey, storeId);
export const keptSales = () => read<Sale[]>(salesKey) ?? [];
export const keepSales = (sales: readonly Sale[]) => write(salesKey, sales);

/** The next number of an order reference made by this till. */
export function nextSequence(): number {
  const next = (read<number>(sequenceKey) ?? 0) + 1;
  write(sequenceKey, next % 1000);
  return next % 1000;
}

export interface KeptDay {
  readonly date: string;
  readonly payments: readonly Payment[];
  readonly complete: boolean;
  /** When the list was fetched, ms since 1970. */
  readonly atMs: number;
}

interface Shelf extends DBSchema {
  days: { key: string; value: KeptDay };
}

let shelf: Promise<IDBPDatabase<Shelf>> | null = null;

function days(): Promise<IDBPDatabase<Shelf>> {
  shelf ??= import('idb').then(({ openDB }) =>
    openDB<Shelf>('feiqian-till', 1, {
      upgrade: (database) => void database.createObjectStore('days', { keyPath: 'date' }),
    }),
  );
  return shelf;
}

export async function keptDay(date: string): Promise<KeptDay | null> {
  try {
    return (await (await days()).get('days', date)) ?? null;
  } catch {
    return null;
  }
}

export async function keepDay(day: KeptDay): Promise<void> {
  try {
    const database = await days();
    await database.put('days', day);
    const dates = (await database.getAllKeys('days')).sort();
    for (const old of dates.slice(0, -keptDaysMax)) await database.delete('days', old);
  } catch {
    // As above: a list that is not kept is fetched again.
  }
}

/** Another person's shift begins with nothing of the last one's on the device. */
export async function forgetEverything(): Promise<void> {
  keepMe(null);
  keepSales([]);
  try {
    await (await days()).clear('days');
  } catch {
    // Nothing was kept.
  }
}
