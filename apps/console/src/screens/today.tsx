import type { Tick, Today as TodayFigures } from '@feiqian/contract';
import { Amount, cityZone, cx, ErrorNotice, Skeleton, useStream } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleCheck, Hourglass } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { streamPath } from '../api.ts';
import { AttentionList } from '../components/attention-list.tsx';
import { BankFigures } from '../components/bank-figures.tsx';
import { HoursPanel } from '../components/hours-panel.tsx';
import { LivePanel } from '../components/live-panel.tsx';
import { PageHead } from '../components/places.tsx';
import { placesOf } from '../model/access.ts';
import { attentions } from '../model/attention.ts';
import { booksState } from '../model/books.ts';
import type { PaymentFilters } from '../model/filters.ts';
import { mergeTicks } from '../model/live.ts';
import { formatCount, formatShare } from '../model/numbers.ts';
import { dayStart } from '../model/zone.ts';
import { auditQuery, membersQuery, todayQuery } from '../queries.ts';
import { useMe } from '../shell.tsx';

/** The last five minutes, kept up by the stream and mended by each full answer. */
function useLiveTicks(today: TodayFigures | undefined) {
  const [ticks, setTicks] = useState<Tick[]>([]);
  useEffect(() => {
    if (today) setTicks((known) => mergeTicks(known, today.ticks));
  }, [today]);
  const state = useStream(
    streamPath,
    (event) => {
      if (event.name === 'tick') setTicks((known) => mergeTicks(known, [event.data as Tick]));
    },
    { events: ['tick'] },
  );
  return { ticks, state };
}

interface FigureProps {
  name: string;
  children: ReactNode;
  detail: ReactNode;
  search: PaymentFilters;
  className?: string;
}

/** A number of the day; the whole of it leads to its rows. */
function Figure({ name, children, detail, search, className }: FigureProps) {
  return (
    <Link
      to="/payments"
      search={search}
      className={cx(
        'flex min-w-0 flex-col gap-1 rounded-card border border-line bg-raised px-4 py-3 transition-colors duration-(--motion) hover:border-line-strong',
        className,
      )}
    >
      <span className="text-14 text-muted">{name}</span>
      <span className="min-h-9">{children}</span>
      <span className="text-14 text-muted">{detail}</span>
    </Link>
  );
}

function Figures({ today }: { today: TodayFigures }) {
  const { t } = useTranslation();
  const from = new Date(
    dayStart(Date.parse(`${today.business_date}T12:00:00+08:00`), cityZone),
  ).toISOString();
  const decided = today.captured_count + today.declined_count;
  const count = 'figures font-semibold text-28';
  return (
    <div className="grid grid-cols-2 gap-3 xl:grid-cols-[2fr_1fr_1fr_1fr]">
      <Figure
        className="col-span-2 xl:col-span-1"
        name={t('today.captured')}
        detail={t('today.count', { count: today.captured_count, n: formatCount(today.captured_count) })}
        search={{ state: 'captured', from }}
      >
        <Amount minor={today.captured_amount} currency={today.currency} size={40} />
      </Figure>
      <Figure
        className="max-xl:col-span-2"
        name={t('today.refunded')}
        detail={t('today.count', { count: today.refunded_count, n: formatCount(today.refunded_count) })}
        search={{ state: 'refunded', from }}
      >
        <Amount minor={today.refunded_amount} currency={today.currency} size={28} />
      </Figure>
      <Figure
        name={t('today.declined')}
        detail={t('today.declinedOf', {
          share: formatShare(decided === 0 ? null : today.declined_count / decided),
        })}
        search={{ state: 'declined', from }}
      >
        <span className={cx(count, 'text-ink')}>{formatCount(today.declined_count)}</span>
      </Figure>
      <Figure
        name={t('today.unknown')}
        detail={today.unknown_count > 0 ? t('today.unknownDetail') : t('today.unknownNone')}
        search={{ state: 'unknown' }}
      >
        <span
          className={cx(
            'inline-flex items-center gap-2',
            count,
            today.unknown_count > 0 ? 'text-amber' : 'text-ink',
          )}
        >
          {today.unknown_count > 0 ? <Hourglass size={22} strokeWidth={1.75} aria-hidden="true" /> : null}
          {formatCount(today.unknown_count)}
        </span>
      </Figure>
    </div>
  );
}

function Live({ open }: { open: boolean }) {
  const { t } = useTranslation();
  const Icon = open ? CircleCheck : CircleAlert;
  return (
    <span
      role="status"
      className={cx('inline-flex items-center gap-1.5 text-14', open ? 'text-jade' : 'text-amber')}
    >
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      {open ? t('app.live') : t('app.offline')}
    </span>
  );
}

/** The network now and since midnight. */
export function Today() {
  const { t } = useTranslation();
  const me = useMe();
  const { data: today, error, refetch } = useQuery(todayQuery);
  const seesMembers = placesOf(me.role).includes('members');
  const { data: members = [] } = useQuery({ ...membersQuery, enabled: seesMembers });
  const seesBooks = placesOf(me.role).includes('books');
  const { data: audit } = useQuery({ ...auditQuery, enabled: seesBooks });
  const { ticks, state } = useLiveTicks(today);
  if (error && !today) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!today)
    return (
      <div className="flex flex-col gap-3" aria-busy="true">
        <Skeleton className="h-12 w-48" />
        <Skeleton className="h-28" />
        <Skeleton className="h-80" />
      </div>
    );
  return (
    <div className="flex flex-col gap-3">
      <PageHead
        title={t('place.today')}
        lead={t('today.businessDay', { date: today.business_date })}
        actions={<Live open={state === 'open'} />}
      />
      <AttentionList
        found={attentions(today, members, audit ? booksState(audit, Date.now()) : null)}
        members={members}
      />
      <Figures today={today} />
      <LivePanel ticks={ticks} />
      <BankFigures today={today} members={members} positions={me.role !== 'merchant'} />
      <HoursPanel today={today} />
    </div>
  );
}
