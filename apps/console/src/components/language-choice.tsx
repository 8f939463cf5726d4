import { useLanguage } from '@feiqian/ui';
import { Languages } from 'lucide-react';
import { useTranslation } from 'react-i18next';

/** One button to the other language, named in that language. */
export function LanguageChoice() {
  const { i18n } = useTranslation();
  const language = useLanguage();
  const other = language === 'en' ? 'zh-CN' : 'en';
  return (
    <button
      type="button"
      lang={other}
      onClick={() => void i18n.changeLanguage(other)}
      className="target inline-flex items-center gap-1.5 rounded-small px-2 text-14 text-muted hover:bg-sunken hover:text-ink"
    >
      <Languages size={18} strokeWidth={1.75} aria-hidden="true" />
      {other === 'en' ? 'English' : '中文'}
    </button>
  );
}
