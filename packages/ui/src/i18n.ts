import i18next, { type i18n } from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { en as sharedEn } from './catalogue/en.ts';
import { zh as sharedZh } from './catalogue/zh.ts';
import { readPreference, writePreference } from './preference-store.ts';

export type Language = 'zh-CN' | 'en';
export const languages: readonly Language[] = ['zh-CN', 'en'];

/** A message catalogue: words by key, keys in groups. */
export interface Catalogue {
  [key: string]: string | Catalogue;
}

/** The shape of a catalogue with free words: `const en: SameShape<typeof zh> = …` fails to compile on a missing key. */
export type SameShape<T> = { [K in keyof T]: T[K] extends string ? string : SameShape<T[K]> };

/** The language chosen before, else the browser's, else Chinese. */
export function startLanguage(): Language {
  const kept = readPreference('language');
  if (kept === 'zh-CN' || kept === 'en') return kept;
  const wanted = typeof navigator === 'undefined' ? '' : navigator.language;
  return wanted.toLowerCase().startsWith('zh') || wanted === '' ? 'zh-CN' : 'en';
}

/**
 * The message catalogues of one app together with those of the design system.
 * In components: `const { t } = useTranslation()` for the app's words; the design system's are in namespace `ui`.
 * Chinese is the fall-back, so a missing English key shows Chinese rather than a key.
 */
export function createI18n<T extends Catalogue>(catalogues: { zh: T; en: SameShape<T> }): i18n {
  const instance = i18next.createInstance();
  instance.use(initReactI18next);
  void instance.init({
    lng: startLanguage(),
    fallbackLng: 'zh-CN',
    supportedLngs: [...languages],
    defaultNS: 'app',
    ns: ['app', 'ui'],
    resources: {
      'zh-CN': { app: catalogues.zh, ui: sharedZh },
      en: { app: catalogues.en as Catalogue, ui: sharedEn },
    },
    interpolation: { escapeValue: false },
    initAsync: false,
    showSupportNotice: false,
  });
  const apply = (language: string) => {
    if (typeof document !== 'undefined') document.documentElement.lang = language;
  };
  apply(instance.language);
  instance.on('languageChanged', (language) => {
    writePreference('language', language);
    apply(language);
  });
  return instance;
}

/** The language now on screen; the component draws again when it changes. */
export function useLanguage(): Language {
  return useTranslation().i18n.language === 'en' ? 'en' : 'zh-CN';
}

/** Words of the design system itself. */
export function useUiText() {
  return useTranslation('ui').t;
}

function keysOf(catalogue: Catalogue, prefix = ''): string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${prefix}${key}`] : keysOf(value, `${prefix}${key}.`),
  );
}

/** Keys without their plural ending: English has two forms where Chinese has one. */
function singular(key: string): string {
  return key.replace(/_(one|other)$/, '');
}

/** Keys that one catalogue has and the other lacks, and placeholders that differ; empty when the two agree. */
export function catalogueDifference(one: Catalogue, other: Catalogue): string[] {
  const first = new Set(keysOf(one).map(singular));
  const second = new Set(keysOf(other).map(singular));
  const lacking = [...first].filter((key) => !second.has(key)).map((key) => `only in the first: ${key}`);
  const extra = [...second].filter((key) => !first.has(key)).map((key) => `only in the second: ${key}`);
  return [...lacking, ...extra];
}
