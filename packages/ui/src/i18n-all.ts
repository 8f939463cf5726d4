import type { i18n } from 'i18next';
import { en as sharedEn } from './catalogue/en.ts';
import { problemsEn } from './catalogue/problems-en.ts';
import { problemsZh } from './catalogue/problems-zh.ts';
import { type Catalogue, type SameShape, start } from './i18n.ts';

/**
 * The message catalogues of one app together with those of the design system.
 * In components: `const { t } = useTranslation()` for the app's words; the design system's are in namespace `ui`.
 * Chinese is the fall-back, so a missing English key shows Chinese rather than a key.
 */
export function createI18n<T extends Catalogue>(catalogues: { zh: T; en: SameShape<T> }): i18n {
  const ui = { ...sharedEn, problem: problemsEn };
  const instance = start(catalogues.zh, { app: catalogues.en as Catalogue, ui });
  return instance.addResourceBundle('zh-CN', 'ui', { problem: problemsZh }, true);
}
