import { minorDigits } from '@feiqian/ui';
import { useNavigate } from '@tanstack/react-router';
import type { Door } from '../model/sale.ts';
import { totalOf } from '../model/sum.ts';
import { useMe } from '../session.ts';
import { clearDraft, draft, orderReference, sales } from '../till.ts';

/** Begins the sale of the amount on the keypad and shows it; does nothing without an amount. */
export function useStartSale(): (door: Door, payCode?: string) => void {
  const me = useMe();
  const navigate = useNavigate();
  return (door, payCode) => {
    const amount = totalOf(draft.get(), minorDigits(me.currency));
    if (amount === 0) return;
    const saleId = sales.start({
      door,
      amount,
      currency: me.currency,
      orderReference: orderReference(),
      storeId: me.store.id,
      terminal: me.terminal,
      payCode,
    });
    clearDraft();
    void navigate({ to: '/live/$saleId', params: { saleId }, replace: true });
  };
}
