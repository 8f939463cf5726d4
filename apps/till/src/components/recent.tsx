import { Amount, EmptyState, ErrorNotice, List, Skeleton } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ReceiptText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { client, dayQuery } from '../data.ts';
import { nowMs } from '../device/clock.ts';
import { dateOf } from '../model/day.ts';
import { totalsOf } from '../model/totals.ts';
import { useMe } from '../session.ts';
import { SaleRow } from './sale-row.tsx';

const shownMax = 5;

/** The last five sales that came to something, and what the day has brought so far. */
export default function Recent() {
  const { t } = useTranslation();
  const me = useMe();
  const day = useQuery(dayQuery(me.store.id, dateOf(nowMs())), client);
  const payments = day.data?.payments ?? [];
  const last = payments
    .filter((one) => !['created', 'cancelled', 'expired'].includes(one.state))
    .slice(0, shownMax);
  const totals = totalsOf(payments);
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-end justify-between gap-4 rounded-card border border-line bg-raised p-4">
        <div>
          <p className="text-14 text-muted">{t('recent.today')}</p>
          <Amount minor={totals.taken} currency={me.currency} size={40} />
        </div>
        <p className="pb-1 text-14 text-muted">{t('recent.count', { count: totals.takenCount })}</p>
      </div>
      <div className="flex items-center justify-between">
        <h2 className="font-semibold text-16">{t('recent.title')}</h2>
        <Link to="/sales" className="target inline-flex items-center rounded-card px-2 text-14 text-azure">
          {t('recent.all')}
        </Link>
      </div>
      {day.isPending ? (
        <List>
          {[1, 2, 3].map((n) => (
            <div key={n} className="p-4">
              <Skeleton className="h-8 w-full" />
            </div>
          ))}
        </List>
      ) : day.isError ? (
        <ErrorNotice error={day.error} onRetry={() => void day.refetch()} />
      ) : last.length === 0 ? (
        <EmptyState
          icon={<ReceiptText size={32} strokeWidth={1.5} aria-hidden="true" />}
          title={t('recent.empty')}
          detail={t('recent.emptyDetail')}
        />
      ) : (
        <List>
          {last.map((payment) => (
            <SaleRow key={payment.id} payment={payment} />
          ))}
        </List>
      )}
    </div>
  );
}
