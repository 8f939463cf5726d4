import type { AccountLimits } from '@feiqian/contract';
import { formatMoney, formatTime, useLanguage } from '@feiqian/ui';
import { useAccountsText } from './accounts-text.ts';

type Limit = AccountLimits['limits'][number];

/** A limit as a bar: what is used of it, what is left, and when it begins anew. */
export function LimitBar({ limit, currency }: { limit: Limit; currency: string }) {
  const t = useAccountsText();
  const language = useLanguage();
  const money = (minor: number) => formatMoney(minor, currency, language);
  const share = limit.max === 0 ? 100 : Math.min(100, Math.round((limit.used / limit.max) * 100));
  const text = t('limitLeft', { left: money(limit.left), max: money(limit.max) });
  return (
    <div className="py-3">
      <div className="flex items-baseline justify-between gap-2 text-14">
        <span className="text-ink">{t(`limitCode.${limit.code}`)}</span>
        <span className="figures text-right text-muted">{text}</span>
      </div>
      {/* The words above say the same. */}
      <div aria-hidden="true" className="mt-2 h-2 overflow-hidden rounded-pill bg-sunken">
        <span
          className={share >= 90 ? 'block h-full bg-amber-fill' : 'block h-full bg-jade-fill'}
          style={{ width: `${share}%` }}
        />
      </div>
      {limit.until === null ? null : (
        <p className="mt-1 text-12 text-muted">
          {t('limitUntil', { until: formatTime(limit.until, 'full', language) })}
        </p>
      )}
    </div>
  );
}
