import type { Catalogue } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';

/** Says a word of a catalogue, with what is to be put into it. */
export type Say = (key: string, values?: Record<string, unknown>) => string;

/** Words that come with the screens that need them, and not with the first page. */
export function useOwnWords(namespace: string, zh: object, en: object): Say {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh-CN', namespace)) {
    // Quietly: this is while a screen is drawn, and no other one has these words. The types lack that option.
    const add = i18n.addResourceBundle.bind(i18n) as (...args: unknown[]) => unknown;
    add('zh-CN', namespace, zh as Catalogue, true, true, { silent: true });
    add('en', namespace, en as Catalogue, true, true, { silent: true });
  }
  return useTranslation(namespace).t as Say;
}
