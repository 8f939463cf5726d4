import type { SameShape } from '@feiqian/ui';
import type { cardNumberZh } from './card-number-zh.ts';

/** Words of adding one card by its number, English. */
export const cardNumberEn: SameShape<typeof cardNumberZh> = {
  label: 'Or the number of one card',
  hint: 'Your phone may offer to scan the card. The number stays on this phone; Feiqian only tells the bank and the card by it.',
  product: {
    debit: 'debit card',
    credit: 'credit card',
    prepaid: 'prepaid card',
    mixed: 'debit or credit card',
  },
  recognised: '{{bank}}, {{product}}',
  mistyped: 'This number has a mistake',
  unknown: 'This number is of no bank that has joined',
  notYours:
    '{{bank}} found no card of yours that ends in {{last4}}. Check the number, and that the bank knows the mobile number you signed in with.',
};
