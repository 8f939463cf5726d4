import { useLanguage } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';

/** Groups of the catalogue whose keys are the network's own codes. */
export type CodeGroup =
  | 'linkState'
  | 'memberRole'
  | 'memberStatus'
  | 'merchantStatus'
  | 'staffRole'
  | 'entry'
  | 'exchange'
  | 'outcome'
  | 'posting'
  | 'refundState'
  | 'responseCode'
  | 'event'
  | 'subject';

/** The word for a code of the network; a code we have no word for yet is shown as it is. */
export function useWord(): (group: CodeGroup, code: string) => string {
  const { t } = useTranslation();
  return (group, code) => t(`${group}.${code}`, { defaultValue: code });
}

/** Of two names, the one in the language on screen. */
export function usePick(): (zh: string, en: string) => string {
  const language = useLanguage();
  return (zh, en) => (language === 'en' ? en || zh : zh || en);
}
