import type { Catalogue } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';
import { securityEn } from '../words/security-en.ts';
import { securityZh } from '../words/security-zh.ts';

const namespace = 'security';

/** The words of verifying and security, which come with the screens that need them. */
export function useSecurityText() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh-CN', namespace)) {
    // Quietly: this is while a screen is drawn, and no other one has these words. The types lack that option.
    const add = i18n.addResourceBundle.bind(i18n) as (...args: unknown[]) => unknown;
    add('zh-CN', namespace, securityZh, true, true, { silent: true });
    add('en', namespace, securityEn as Catalogue, true, true, { silent: true });
  }
  return useTranslation(namespace).t;
}
