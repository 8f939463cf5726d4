import { useTranslation } from 'react-i18next';
import { cx } from './cx.ts';
import { Switch } from './field.tsx';
import { type Language, languages, useUiText } from './i18n.ts';
import { setElder, setTheme, usePreferences } from './theme.ts';

interface SegmentsProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** A few exclusive choices side by side; one radio group for the keyboard and for screen readers. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>) {
  return (
    <fieldset className="flex gap-1 rounded-card bg-sunken p-1">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className={cx(
            'target flex flex-1 cursor-pointer items-center justify-center whitespace-nowrap rounded-small px-3 text-14 has-focus-visible:outline-2 has-focus-visible:outline-azure',
            option.value === value
              ? 'bg-raised font-semibold text-ink ring-1 ring-line-strong'
              : 'text-muted',
          )}
        >
          <input
            type="radio"
            className="sr-only"
            name={label}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}

/** Light, dark, or as the system has it. */
export function ThemeSwitcher() {
  const t = useUiText();
  const { theme } = usePreferences();
  const options = (['system', 'light', 'dark'] as const).map((value) => ({
    value,
    label: t(`theme.${value}`),
  }));
  return <Segments label={t('theme.label')} value={theme} options={options} onChange={setTheme} />;
}

/** Chinese or English; each named in itself. */
export function LanguageSwitcher() {
  const t = useUiText();
  const { i18n } = useTranslation();
  const options = languages.map((value) => ({ value, label: value === 'en' ? 'English' : '中文' }));
  return (
    <Segments
      label={t('language.label')}
      value={(i18n.language === 'en' ? 'en' : 'zh-CN') as Language}
      options={options}
      onChange={(language) => void i18n.changeLanguage(language)}
    />
  );
}

/** Large type and targets. */
export function ElderSwitcher() {
  const t = useUiText();
  const { elder } = usePreferences();
  return <Switch checked={elder} onChange={setElder} label={t('elder.label')} detail={t('elder.detail')} />;
}
