import i18next, { type i18n } from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
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

type Words = Record<string, Catalogue>;

/** Starts with Chinese, and with English when `words` has it. */
export function start(zh: Catalogue, words: { app?: Catalogue; ui?: Catalogue } | null): i18n {
  const instance = i18next.createInstance();
  instance.use(initReactI18next);
  const english: Words = words ? { app: words.app ?? {}, ui: words.ui ?? {} } : {};
  void instance.init({
    lng: startLanguage(),
    fallbackLng: 'zh-CN',
    supportedLngs: [...languages],
    defaultNS: 'app',
    ns: ['app', 'ui'],
    resources: { 'zh-CN': { app: zh, ui: sharedZh }, en: english },
    interpolation: { escapeValue: false },
    // Words that come later are drawn when they come.
    react: { bindI18nStore: 'added' },
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

/**
 * `createI18n` for an app on a small budget: English is fetched when it is the language, and the words of problems once
 * the first screen is on its way.
 */
export async function loadI18n<T extends Catalogue>(catalogues: {
  zh: T;
  en: () => Promise<SameShape<T>>;
}): Promise<i18n> {
  const fetchEnglish = async () => {
    const [app, ui, problems] = await Promise.all([
      catalogues.en(),
      import('./catalogue/en.ts'),
      import('./catalogue/problems-en.ts'),
    ]);
    return { app: app as Catalogue, ui: { ...ui.en, problem: problems.problemsEn } as Catalogue };
  };
  const instance = start(catalogues.zh, startLanguage() === 'en' ? await fetchEnglish() : null);
  void import('./catalogue/problems-zh.ts').then(({ problemsZh }) =>
    instance.addResourceBundle('zh-CN', 'ui', { problem: problemsZh }, true),
  );
  const change = instance.changeLanguage.bind(instance);
  instance.changeLanguage = async (language, ...rest) => {
    if (language === 'en' && !instance.hasResourceBundle('en', 'app')) {
      const words = await fetchEnglish();
      instance.addResourceBundle('en', 'app', words.app).addResourceBundle('en', 'ui', words.ui);
    }
    return change(language, ...rest);
  };
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

/** Every message by its full key, without plural endings: English has two forms where Chinese has one. */
function messages(catalogue: Catalogue, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(catalogue)) {
    if (typeof value === 'string') found.set(`${prefix}${key}`.replace(/_(one|other)$/, ''), value);
    else for (const [inner, text] of messages(value, `${prefix}${key}.`)) found.set(inner, text);
  }
  return found;
}

function placeholders(text: string): string {
  return [...new Set(text.match(/\{\{.*?\}\}/g))].sort().join();
}

/** Keys that one catalogue has and the other lacks, and messages whose placeholders differ; empty when the two agree. */
export function catalogueDifference(one: Catalogue, other: Catalogue): string[] {
  const first = messages(one);
  const second = messages(other);
  const keys = [...first.keys()];
  const lacking = keys.filter((key) => !second.has(key)).map((key) => `only in the first: ${key}`);
  const extra = [...second.keys()]
    .filter((key) => !first.has(key))
    .map((key) => `only in the second: ${key}`);
  const differ = keys.filter((key) => {
    const text = second.get(key);
    return text !== undefined && placeholders(text) !== placeholders(first.get(key) ?? '');
  });
  return [...lacking, ...extra, ...differ.map((key) => `placeholders differ: ${key}`)];
}
