import type { Payment } from '@feiqian/contract';
import type { Language } from '@feiqian/ui';

/** A card in a few words: bank and last four digits. */
export function cardWords(card: NonNullable<Payment['card']>, language: Language): string {
  return `${language === 'en' ? card.bank_name_en : card.bank_name} •• ${card.last4}`;
}
