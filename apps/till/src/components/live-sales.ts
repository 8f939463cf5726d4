import { useParams } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { isFinal, type Sale } from '../model/sale.ts';
import { sales } from '../till.ts';

/** All sales of this till that have not been put away. */
export function useSales(): readonly Sale[] {
  return useSyncExternalStore(sales.subscribe, sales.list);
}

/** One of them, or null. */
export function useSale(id: string): Sale | null {
  return useSales().find((sale) => sale.id === id) ?? null;
}

/** The sale the cashier is looking at, if any. */
export function useSaleOnScreen(): string | null {
  const params = useParams({ strict: false });
  return params.saleId ?? null;
}

/** Sales that go on behind the screen: not finished, or finished and not looked at. */
export function usePending(): { open: readonly Sale[]; news: readonly Sale[] } {
  const all = useSales();
  const onScreen = useSaleOnScreen();
  const behind = all.filter((sale) => sale.id !== onScreen);
  return {
    open: behind.filter((sale) => !isFinal(sale)),
    news: behind.filter((sale) => isFinal(sale) && !sale.seen),
  };
}
