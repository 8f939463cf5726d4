import type { Bank, Card, Payment } from '@feiqian/contract';
import type { Language } from '@feiqian/ui';

type CardSummary = NonNullable<Payment['card']>;

export function bankName(bank: Pick<Bank, 'name' | 'name_en'>, language: Language): string {
  return language === 'en' ? bank.name_en : bank.name;
}

export function summaryBankName(card: CardSummary, language: Language): string {
  return language === 'en' ? card.bank_name_en : card.bank_name;
}

export function productName(card: Pick<Card, 'product' | 'product_en'>, language: Language): string {
  return language === 'en' ? card.product_en : card.product;
}

export function declineWords(payment: Payment, language: Language): string {
  return (language === 'en' ? payment.decline?.message : payment.decline?.message_zh) ?? '';
}
