import { cx, dayKey, formatTime, useLanguage } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';
import { useZone } from '../zone-choice.ts';

/** `row`: 11-22 14:03:22; `clock`: 14:03:22.481; `full`: the date too, in words. */
export type TimeLook = 'row' | 'clock' | 'full';

function words(at: string, look: TimeLook, language: string, zone: string): string {
  if (look === 'full') return formatTime(at, 'full', language, zone);
  const clock = formatTime(at, 'seconds', language, zone);
  if (look === 'row') return `${dayKey(at, zone).slice(5)} ${clock}`;
  return `${clock}.${String(new Date(at).getUTCMilliseconds()).padStart(3, '0')}`;
}

/** An instant in the zone of the reader; its UTC form shows when pointed at. */
export function Time({ at, look = 'row' }: { at: string; look?: TimeLook }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const zone = useZone();
  const utc = new Date(at).toISOString().replace('T', ' ').replace('Z', '');
  return (
    <time
      dateTime={at}
      title={t('app.utc', { time: utc })}
      className={cx('figures', look !== 'full' && 'whitespace-nowrap')}
    >
      {words(at, look, language, zone)}
    </time>
  );
}
