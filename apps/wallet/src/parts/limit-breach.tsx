import type { AccountLimits } from '@feiqian/contract';
import { ApiError, formatMoney, formatTime, useLanguage } from '@feiqian/ui';
import { useAccountsText } from './accounts-text.ts';
import { useCreditText } from './credit-text.ts';

type Limit = AccountLimits['limits'][number];

/** Which limit was in the way, how much is left, and until when; nothing for another refusal. */
export function LimitBreach({ error }: { error: unknown }) {
  const t = useCreditText();
  const name = useAccountsText();
  const language = useLanguage();
  if (!(error instanceof ApiError) || error.code !== 'limit_exceeded') return null;
  const limit = (error.problem as { limit?: Limit }).limit;
  if (!limit) return null;
  const count = limit.code === 'accounts';
  const say = (value: number) => (count ? String(value) : formatMoney(value, 'CNY', language));
  return (
    <p role="status" className="rounded-card bg-amber-soft px-4 py-3 text-14 text-amber">
      {t('limitBreach', {
        limit: name(`limitCode.${limit.code}`),
        max: say(limit.max),
        used: say(limit.used),
        left: say(limit.left),
      })}
      {limit.until ? ` ${t('until', { until: formatTime(limit.until, 'full', language) })}` : ''}
    </p>
  );
}
