import { Hourglass } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePending } from './live-sales.ts';

const PendingSheet = lazy(() => import('./pending-sheet.tsx'));

/** How many sales go on behind this screen; absent when none do. */
export function PendingButton() {
  const { t } = useTranslation();
  const { open, news } = usePending();
  const [shown, setShown] = useState(false);
  const count = open.length + news.length;
  if (count === 0 && !shown) return null;
  return (
    <>
      <button
        type="button"
        onClick={() => setShown(true)}
        aria-label={t('pending.badge', { count })}
        className="target inline-flex shrink-0 items-center justify-center gap-1.5 rounded-pill border border-line-strong bg-raised px-3 font-semibold text-14 text-ink hover:bg-sunken"
      >
        <Hourglass size={18} strokeWidth={1.75} aria-hidden="true" className="text-amber" />
        <span className="figures">{count}</span>
      </button>
      {shown ? (
        <Suspense>
          <PendingSheet onClose={() => setShown(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
