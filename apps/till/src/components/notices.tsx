import { Amount, Button, cx, IconButton, useUiText } from '@feiqian/ui';
import { useNavigate } from '@tanstack/react-router';
import { CloudOff, X } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useReach } from '../device/reach.ts';
import { sales } from '../till.ts';
import { usePending } from './live-sales.ts';
import { phaseLooks } from './phase-look.ts';
import { usePhaseWord } from './phase-words.ts';

/** What must be known on any screen: no network, and results of sales that went on behind it. */
export function Notices() {
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-2 px-4 empty:hidden print:hidden">
      <OfflineNotice />
      <NewsNotice />
    </div>
  );
}

function OfflineNotice() {
  const { t } = useTranslation();
  if (useReach()) return null;
  return (
    <div
      role="alert"
      className="mt-2 flex items-start gap-3 rounded-card border border-amber bg-amber-soft px-4 py-3"
    >
      <CloudOff size={22} strokeWidth={1.75} aria-hidden="true" className="mt-0.5 shrink-0 text-amber" />
      <p className="text-14 text-ink">
        <strong className="font-semibold">{t('offline.title')}</strong>
        <span className="block">{t('offline.lead')}</span>
      </p>
    </div>
  );
}

/** Good news was also sounded and stands in the list: it goes by itself. Anything else waits to be looked at. */
const paidShownMs = 30_000;

/** The newest result that nobody has looked at. */
function NewsNotice() {
  const { t } = useTranslation();
  const ui = useUiText();
  const navigate = useNavigate();
  const word = usePhaseWord();
  const [sale] = usePending().news;
  const fading = sale?.phase === 'paid' ? sale.id : null;
  useEffect(() => {
    if (fading === null) return;
    const timer = setTimeout(() => sales.dismiss(fading), paidShownMs);
    return () => clearTimeout(timer);
  }, [fading]);
  if (sale === undefined) return null;
  const look = phaseLooks[sale.phase];
  const paid = sale.phase === 'paid';
  return (
    <div
      role="status"
      className={cx(
        'mt-2 flex items-center gap-3 rounded-card border py-1 pr-1 pl-4',
        paid ? 'border-jade bg-jade-soft' : 'border-line-strong bg-raised',
      )}
    >
      <look.icon size={24} strokeWidth={1.75} aria-hidden="true" className={cx('shrink-0', look.tone)} />
      <p className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2 text-ink">
        <span className="font-semibold text-16">{word(sale.phase)}</span>
        <Amount minor={sale.amount} currency={sale.currency} size={16} sign="none" />
      </p>
      <Button
        kind="ghost"
        onClick={() => void navigate({ to: '/live/$saleId', params: { saleId: sale.id } })}
      >
        {t('pending.open')}
      </Button>
      <IconButton label={ui('close')} tone="muted" onClick={() => sales.dismiss(sale.id)}>
        <X size={20} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
