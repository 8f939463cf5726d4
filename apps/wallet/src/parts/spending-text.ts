import type { Catalogue } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';
import { spendingEn } from '../words/spending-en.ts';
import { spendingZh } from '../words/spending-zh.ts';

const namespace = 'spending';

/** The words of spending, which come with the screens that need them. */
export function useSpendingText() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh-CN', namespace)) {
    // Quietly: this is while a screen is drawn, and no other one has these words. The types lack that option.
    const add = i18n.addResourceBundle.bind(i18n) as (...args: unknown[]) => unknown;
    add('zh-CN', namespace, spendingZh, true, true, { silent: true });
    add('en', namespace, spendingEn as unknown as Catalogue, true, true, { silent: true });
  }
  return useTranslation(namespace).t as (key: string, values?: Record<string, unknown>) => string;
}
