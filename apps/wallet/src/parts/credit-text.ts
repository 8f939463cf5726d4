import type { Catalogue } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';
import { creditEn } from '../words/credit-en.ts';
import { creditZh } from '../words/credit-zh.ts';

const namespace = 'credit';

/** The words of credit cards and of opening accounts, which come with the screens that need them. */
export function useCreditText() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh-CN', namespace)) {
    // Quietly: this is while a screen is drawn, and no other one has these words. The types lack that option.
    const add = i18n.addResourceBundle.bind(i18n) as (...args: unknown[]) => unknown;
    add('zh-CN', namespace, creditZh, true, true, { silent: true });
    add('en', namespace, creditEn as unknown as Catalogue, true, true, { silent: true });
  }
  return useTranslation(namespace).t as (key: string, values?: Record<string, unknown>) => string;
}
