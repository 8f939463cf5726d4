import type { IssuingBank } from '@feiqian/contract';
import { bankFaceClass, cx, Field, useLanguage } from '@feiqian/ui';
import { bankOfNumber, digitsOf, grouped, standingOf } from '../card-number.ts';
import { cardNumberEn } from '../words/card-number-en.ts';
import { cardNumberZh } from '../words/card-number-zh.ts';
import { bankName } from './bank-name.ts';
import { useOwnWords } from './own-words.ts';

/** The words of adding a card by its number, which come with the screen that needs them. */
export const useCardNumberText = () => useOwnWords('card-number', cardNumberZh, cardNumberEn);

interface CardNumberFieldProps {
  banks: readonly IssuingBank[];
  digits: string;
  disabled: boolean;
  onDigits: (digits: string) => void;
}

/**
 * One card by its number, typed or filled in by the phone's own card scanner. Its bank shows as soon as the beginning
 * tells it, a wrong check digit when it is whole. The number is not sent anywhere.
 */
export function CardNumberField({ banks, digits, disabled, onDigits }: CardNumberFieldProps) {
  const t = useCardNumberText();
  const language = useLanguage();
  const known = bankOfNumber(banks, digits);
  const standing = standingOf(banks, digits);
  const error = standing === 'mistyped' || standing === 'unknown' ? t(standing) : undefined;
  const said = known && {
    bank: bankName(known.bank, language),
    product: t(`product.${known.product}`),
  };
  return (
    <Field
      label={t('label')}
      value={grouped(digits)}
      onChange={(event) => onDigits(digitsOf(event.target.value))}
      disabled={disabled}
      inputMode="numeric"
      autoComplete="cc-number"
      className="tabular"
      hint={
        known && said ? (
          <span aria-live="polite" className="flex items-center gap-2 text-ink">
            <span aria-hidden="true" className={cx('h-5 w-8 rounded-[4px]', bankFaceClass(known.bank.id))} />
            {t('recognised', said)}
          </span>
        ) : (
          t('hint')
        )
      }
      {...(error === undefined ? {} : { error })}
    />
  );
}
