import type { Catalogue } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';
import { accountsEn } from '../words/accounts-en.ts';
import { accountsZh } from '../words/accounts-zh.ts';

const namespace = 'accounts';

/** The words of accounts and notices, which come with the screens that need them. */
export function useAccountsText() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh-CN', namespace)) {
    // Quietly: this is while a screen is drawn, and no other one has these words. The types lack that option.
    const add = i18n.addResourceBundle.bind(i18n) as (...args: unknown[]) => unknown;
    add('zh-CN', namespace, accountsZh, true, true, { silent: true });
    add('en', namespace, accountsEn as unknown as Catalogue, true, true, { silent: true });
  }
  return useTranslation(namespace).t as (key: string, values?: Record<string, unknown>) => string;
}
