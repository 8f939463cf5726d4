import { isFinal, resume, type Sale } from './sale.ts';

/** Sales kept on this till at the most; the oldest finished ones go first. */
export const salesMax = 40;

export interface SalesList {
  readonly all: () => readonly Sale[];
  readonly find: (id: string) => Sale | null;
  readonly add: (sale: Sale) => void;
  readonly remove: (id: string) => void;
  readonly change: (id: string, by: (sale: Sale) => Sale) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

/**
 * The sales of this till, newest first, told to listeners and kept across a reload.
 * @param keep writes the list where the next page load finds it
 * @param kept what an earlier page load kept
 */
export function createSalesList(keep: (sales: readonly Sale[]) => void, kept: readonly Sale[]): SalesList {
  let sales: readonly Sale[] = kept.map(resume);
  const listeners = new Set<() => void>();

  function set(next: readonly Sale[]): void {
    sales = trim(next);
    keep(sales);
    for (const listener of listeners) listener();
  }
  const find = (id: string) => sales.find((sale) => sale.id === id) ?? null;

  return {
    all: () => sales,
    find,
    add: (sale) => set([sale, ...sales]),
    remove: (id) => set(sales.filter((sale) => sale.id !== id)),
    change(id, by) {
      const known = find(id);
      if (known === null) return;
      const next = by(known);
      if (next !== known) set(sales.map((sale) => (sale.id === id ? next : sale)));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Beyond the limit the oldest finished sales go, open ones never. */
function trim(sales: readonly Sale[]): readonly Sale[] {
  let over = sales.length - salesMax;
  if (over <= 0) return sales;
  return [...sales]
    .reverse()
    .filter((sale) => {
      if (over <= 0 || !isFinal(sale)) return true;
      over -= 1;
      return false;
    })
    .reverse();
}
