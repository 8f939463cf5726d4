import type { Catalogue } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';
import { identityEn } from '../words/identity-en.ts';
import { identityZh } from '../words/identity-zh.ts';

const namespace = 'identity';

/** The words of identity and lost phones, which come with the screens that need them. */
export function useIdentityText() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh-CN', namespace)) {
    // As in security-text.ts.
    const add = i18n.addResourceBundle.bind(i18n) as (...args: unknown[]) => unknown;
    add('zh-CN', namespace, identityZh, true, true, { silent: true });
    add('en', namespace, identityEn as Catalogue, true, true, { silent: true });
  }
  return useTranslation(namespace).t;
}
