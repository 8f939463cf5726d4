import { cpmToPayCode, feiqianMpm, readFeiqianMpm } from '@feiqian/emvqr';
import { fromUuid, hasPrefix, toUuid } from '@feiqian/ids';
import type { Merchant, Store } from '@feiqian/merchants';
import { currencyOf, toDecimal } from '@feiqian/money';
import type { Payment } from './payment.ts';

/** The EMVCo payload of a payment that waits for its payer, drawn by the till. */
export function dynamicCode(p: Payment, merchant: Merchant): string {
  return feiqianMpm({
    merchant: fromUuid(p.storeId, 'sto'),
    payment: fromUuid(p.id, 'pay'),
    currency: currencyOf(p.currency).numeric,
    amount: toDecimal(p.amount, p.currency),
    categoryCode: merchant.mcc,
    name: { latin: merchant.nameEn, local: merchant.name },
    city: { latin: merchant.city },
    ...(p.orderReference === null ? {} : { orderReference: p.orderReference }),
  });
}

/** The EMVCo payload of a store's poster: the payer types the amount. */
export function staticCode(store: Store, merchant: Merchant): string {
  return feiqianMpm({
    merchant: fromUuid(store.id, 'sto'),
    currency: currencyOf(merchant.currency).numeric,
    categoryCode: merchant.mcc,
    name: { latin: merchant.nameEn, local: merchant.name },
    city: { latin: merchant.city },
    storeLabel: store.name,
  });
}

/** What a scanned text asks for; ids are UUIDs. */
export type ScannedCode = { kind: 'payment'; paymentId: string } | { kind: 'store'; storeId: string } | null;

/** Reads a scanned, photographed or pasted text: an EMVCo payload of this network, or a payment link. */
export function readCode(text: string): ScannedCode {
  const link = /\/wallet\/pay\/(pay_[0-9a-f]{32})(?:[/?#]|$)/.exec(text);
  if (link) return { kind: 'payment', paymentId: toUuid(link[1] as string, 'pay') };
  const read = readFeiqianMpm(text.trim());
  if (!read.ok) return null;
  const { payment, merchant } = read.code;
  if (payment !== undefined) {
    return hasPrefix(payment, 'pay') ? { kind: 'payment', paymentId: toUuid(payment, 'pay') } : null;
  }
  return hasPrefix(merchant, 'sto') ? { kind: 'store', storeId: toUuid(merchant, 'sto') } : null;
}

/** The 19 digits of what a payer showed: typed digits or the consumer-presented QR text. Null when it is neither. */
export function readPayCode(text: string): string | null {
  const digits = text.replace(/\s/g, '');
  if (/^[0-9]{19}$/.test(digits)) return digits;
  return cpmToPayCode(text);
}
