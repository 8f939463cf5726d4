import type { IssuingBank } from '@feiqian/contract';
import { bankFaceClass, type Catalogue, cx, Field, useLanguage } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';
import { bankOfNumber, digitsOf, grouped, standingOf } from '../card-number.ts';
import { cardNumberEn } from '../words/card-number-en.ts';
import { cardNumberZh } from '../words/card-number-zh.ts';
import { bankName } from './bank-name.ts';

const namespace = 'card-number';

/** The words of adding a card by its number, which come with the screen that needs them. */
export function useCardNumberText() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh-CN', namespace)) {
    // Quietly: this is while a screen is drawn, and no other one has these words. The types lack that option.
    const add = i18n.addResourceBundle.bind(i18n) as (...args: unknown[]) => unknown;
    add('zh-CN', namespace, cardNumberZh, true, true, { silent: true });
    add('en', namespace, cardNumberEn as unknown as Catalogue, true, true, { silent: true });
  }
  return useTranslation(namespace).t as (key: string, values?: Record<string, unknown>) => string;
}

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
