import type { Payment } from '@feiqian/contract';
import {
  Amount,
  Button,
  buttonClass,
  cx,
  dayKey,
  EmptyState,
  ErrorNotice,
  formatMoney,
  formatTime,
  IconButton,
  List,
  Segments,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { ChartColumn, ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOnline } from '../parts/online.ts';
import { PaymentRow } from '../parts/payment-row.tsx';
import { Differences, RecordTools } from '../parts/record-tools.tsx';
import { useSpendingText } from '../parts/spending-text.ts';
import { TabPage } from '../parts/tab-page.tsx';
import { TransferRow } from '../parts/transfer-row.tsx';
import { monthQuery, recentQuery } from '../queries.ts';
import {
  type MonthView,
  monthKey,
  monthView,
  type RecordFilter,
  recordFilters,
  shiftMonth,
} from '../record.ts';
import { networkNow } from '../session.ts';
import { byDay, timeline } from '../timeline.ts';
import { monthTransfersQuery } from '../transfer-queries.ts';

interface Search {
  month?: string;
  filter?: RecordFilter;
  day?: string;
}

function useRecordSearch() {
  const router = useRouter();
  const search = useSearch({ from: '/signed-in/records' });
  const month = search.month ?? monthKey(networkNow());
  const go = (next: Search) =>
    router.navigate({ to: '/records', search: { ...search, ...next }, replace: true, resetScroll: false });
  return { month, filter: search.filter ?? 'all', day: search.day ?? null, go };
}

/** The month's payments; what the phone has kept while there is no network. */
function useMonth(month: string) {
  const online = useOnline();
  const asked = useQuery(monthQuery(month));
  const known = useQuery({ ...recentQuery, enabled: false });
  const payments: Payment[] | undefined = asked.data ?? (asked.isError || !online ? known.data : undefined);
  return { payments, asked, keptOnly: asked.data === undefined && payments !== undefined };
}

function Bars({
  month,
  view,
  day,
  onDay,
}: {
  month: string;
  view: MonthView;
  day: string | null;
  onDay: (day: string) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const most = Math.max(1, ...view.spentByDay);
  const name = formatTime(`${month}-15T00:00:00Z`, 'month', language);
  return (
    <fieldset aria-label={t('records.bars', { month: name })} className="flex h-20 min-w-0 items-end gap-px">
      {view.spentByDay.map((spent, index) => {
        const key = `${month}-${String(index + 1).padStart(2, '0')}`;
        const label = t('records.dayBar', {
          day: formatTime(`${key}T04:00:00Z`, 'day', language),
          amount: formatMoney(spent, 'CNY', language),
        });
        if (spent === 0) {
          return (
            <span key={key} aria-hidden="true" className="flex h-full flex-1 items-end">
              <span className="h-0.5 w-full bg-line" />
            </span>
          );
        }
        return (
          <button
            key={key}
            type="button"
            aria-label={label}
            aria-pressed={day === key}
            title={label}
            onClick={() => onDay(key)}
            className="group flex h-full flex-1 items-end"
          >
            <span
              className={cx(
                'w-full rounded-t-[2px] transition-colors duration-(--motion)',
                day === null || day === key ? 'bg-brand-fill' : 'bg-line-strong',
                'group-hover:bg-brand-fill-press',
              )}
              style={{ height: `${Math.max(8, (spent / most) * 100)}%` }}
            />
          </button>
        );
      })}
    </fieldset>
  );
}

function MonthHead({ month, go }: { month: string; go: (next: Search) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const last = month >= monthKey(networkNow());
  const to = (by: number) => go({ month: shiftMonth(month, by), day: undefined });
  return (
    <div className="flex items-center justify-between">
      <IconButton label={t('records.previous')} onClick={() => to(-1)}>
        <ChevronLeft size={22} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
      <h2 aria-live="polite" className="font-semibold text-16">
        {formatTime(`${month}-15T00:00:00Z`, 'month', language)}
      </h2>
      <IconButton label={t('records.next')} disabled={last} onClick={() => to(1)}>
        <ChevronRight size={22} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

function Sums({ view }: { view: MonthView }) {
  const { t } = useTranslation();
  return (
    <div className="mb-3 flex items-end justify-between gap-4">
      <p>
        <span className="block text-14 text-muted">
          {t('records.spent')} · {t('records.count', { count: view.count })}
        </span>
        <Amount minor={view.spent} size={28} />
      </p>
      {view.refunded > 0 ? (
        <p className="text-right">
          <span className="block text-14 text-muted">{t('records.refunded')}</span>
          <Amount minor={view.refunded} size={16} sign="always" tone="jade" />
        </p>
      ) : null}
    </div>
  );
}

function Days({ days }: { days: ReturnType<typeof byDay> }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const today = dayKey(networkNow());
  const yesterday = dayKey(networkNow() - 86_400_000);
  return days.map(({ day, entries }) => (
    <section key={day} className="mt-5">
      <h3 className="pb-2 text-14 text-muted">
        {day === today
          ? t('records.today')
          : day === yesterday
            ? t('records.yesterday')
            : formatTime(`${day}T04:00:00Z`, 'day', language)}
      </h3>
      <List>
        {entries.map((entry) =>
          entry.kind === 'payment' ? (
            <PaymentRow key={entry.id} payment={entry.payment} />
          ) : (
            <TransferRow key={entry.id} transfer={entry.transfer} />
          ),
        )}
      </List>
    </section>
  ));
}

/** Records by month: a bar for each day, sums, and the payments, narrowed by kind or by a tapped day. */
export function RecordsScreen() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { month, filter, day, go } = useRecordSearch();
  const { payments, asked, keptOnly } = useMonth(month);
  const transfers = useQuery(monthTransfersQuery(month));
  const [query, setQuery] = useState('');
  const spend = useSpendingText();
  const view = monthView(payments ?? [], month, filter, day);
  const entries = timeline(payments ?? [], transfers.data ?? [], { month, filter, day, query });
  const options = recordFilters.map((value) => ({ value, label: t(`records.filters.${value}`) }));

  return (
    <TabPage tab="records" title={t('records.title')}>
      <MonthHead month={month} go={go} />
      {payments ? (
        <>
          <div className="mt-2 rounded-card border border-line bg-raised p-4">
            <Sums view={view} />
            <Bars
              month={month}
              view={view}
              day={day}
              onDay={(next) => go({ day: next === day ? undefined : next })}
            />
          </div>
          <Link
            to="/spending"
            search={month === monthKey(networkNow()) ? {} : { month }}
            className={`${buttonClass('secondary', { wide: true })} mt-3`}
          >
            <ChartColumn size={18} strokeWidth={1.75} aria-hidden="true" />
            {spend('open')}
          </Link>
          <div className="mt-4">
            <Segments
              label={t('records.filter')}
              value={filter}
              options={options}
              onChange={(next) => go({ filter: next === 'all' ? undefined : next })}
            />
          </div>
          {day ? (
            <Button kind="ghost" className="mt-2 text-14" onClick={() => go({ day: undefined })}>
              {t('records.day', { day: formatTime(`${day}T04:00:00Z`, 'day', language) })} ·{' '}
              {t('records.clearDay')}
            </Button>
          ) : null}
          <RecordTools month={month} query={query} onQuery={setQuery} entries={entries} />
          <Differences />
          {keptOnly ? <p className="mt-3 text-14 text-amber">{t('records.keptOnly')}</p> : null}
          {entries.length ? (
            <Days days={byDay(entries)} />
          ) : (
            <EmptyState
              title={filter === 'all' && !day && !query ? t('records.empty') : t('records.emptyFilter')}
            />
          )}
        </>
      ) : asked.isError ? (
        <ErrorNotice error={asked.error} assurance={t('loadFailed')} onRetry={() => void asked.refetch()} />
      ) : (
        <div className="mt-2 flex flex-col gap-4">
          <Skeleton className="h-44 w-full rounded-card" />
          <Skeleton className="h-56 w-full rounded-card" />
        </div>
      )}
    </TabPage>
  );
}
