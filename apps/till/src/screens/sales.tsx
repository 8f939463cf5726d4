import type { Payment } from '@feiqian/contract';
import {
  Amount,
  cx,
  EmptyState,
  ErrorNotice,
  Field,
  formatTime,
  IconButton,
  List,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight, ReceiptText, SearchX } from 'lucide-react';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Frame } from '../components/frame.tsx';
import { SaleRow } from '../components/sale-row.tsx';
import { client, type Day, dayQuery, orderQuery } from '../data.ts';
import { nowMs } from '../device/clock.ts';
import { addDays, dateOf } from '../model/day.ts';
import { type SaleGroup, saleGroup, saleGroups, totalsOf } from '../model/totals.ts';
import { useMe } from '../session.ts';

/** Rows drawn at once; more come with a press, so that a busy day stays light. */
const rowsStep = 60;

/** The sales of a day with their sums, and the way to find one by its order reference. */
export function SalesScreen() {
  const { t } = useTranslation();
  const me = useMe();
  const [date, setDate] = useState(() => dateOf(nowMs()));
  const [wanted, setWanted] = useState('');
  const day = useQuery(dayQuery(me.store.id, date), client);
  return (
    <Frame
      place="sales"
      className="gap-4 p-4 lg:grid lg:grid-cols-[minmax(0,4fr)_minmax(0,7fr)] lg:items-start lg:gap-8 lg:p-6"
    >
      <h1 className="sr-only" tabIndex={-1}>
        {t('sales.title')}
      </h1>
      <div className="flex flex-col gap-4 lg:sticky lg:top-20">
        <DaySwitch date={date} onDate={setDate} />
        <TotalsCard payments={day.data?.payments ?? []} complete={day.data?.complete ?? true} />
        <Field
          label={t('sales.search')}
          hint={t('sales.searchHint')}
          value={wanted}
          onChange={(event) => setWanted(event.target.value.slice(0, 64))}
          type="search"
          autoComplete="off"
          enterKeyHint="search"
        />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        {wanted.trim() !== '' ? (
          <Found reference={wanted.trim()} day={day.data} />
        ) : day.isPending ? (
          <List>
            {[1, 2, 3, 4].map((n) => (
              <div key={n} className="p-4">
                <Skeleton className="h-8 w-full" />
              </div>
            ))}
          </List>
        ) : day.isError ? (
          <ErrorNotice error={day.error} onRetry={() => void day.refetch()} />
        ) : (
          <DayList key={date} day={day.data} />
        )}
      </div>
    </Frame>
  );
}

function DaySwitch({ date, onDate }: { date: string; onDate: (date: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const today = dateOf(nowMs());
  const name = date === today ? t('sales.today') : date === addDays(today, -1) ? t('sales.yesterday') : '';
  return (
    <div className="flex items-center justify-between">
      <IconButton label={t('sales.earlier')} onClick={() => onDate(addDays(date, -1))}>
        <ChevronLeft size={24} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
      <p role="status" className="font-semibold text-20">
        {name}{' '}
        <span className={cx('figures', name !== '' && 'font-normal text-16 text-muted')}>
          {formatTime(`${date}T04:00:00Z`, 'day', language)}
        </span>
      </p>
      <IconButton label={t('sales.later')} onClick={() => onDate(addDays(date, 1))} disabled={date >= today}>
        <ChevronRight size={24} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

function TotalsCard({ payments, complete }: { payments: readonly Payment[]; complete: boolean }) {
  const { t } = useTranslation();
  const { currency } = useMe();
  const totals = totalsOf(payments);
  const part = (name: string, minor: number, note: string): ReactNode => (
    <div className="flex flex-col">
      <dt className="text-14 text-muted">{name}</dt>
      <dd className="flex flex-col">
        <Amount minor={minor} currency={currency} size={20} sign="none" />
        <span className="text-12 text-muted">{note}</span>
      </dd>
    </div>
  );
  return (
    <section
      aria-label={t('sales.net')}
      className="flex flex-col gap-4 rounded-card border border-line bg-raised p-4"
    >
      <div>
        <p className="text-14 text-muted">{t('sales.net')}</p>
        <Amount minor={totals.net} currency={currency} size={40} />
      </div>
      <dl className="flex flex-wrap gap-x-8 gap-y-3 border-line border-t pt-4">
        {part(t('sales.taken'), totals.taken, t('sales.items', { count: totals.takenCount }))}
        {part(t('sales.refunded'), totals.refunded, t('sales.items', { count: totals.refundedCount }))}
        {totals.unresolved > 0
          ? part(
              t('sales.unresolved'),
              totals.unresolved,
              t('sales.items', { count: totals.unresolvedCount }),
            )
          : null}
      </dl>
      {complete ? null : (
        <p className="text-14 text-amber">{t('sales.capped', { count: payments.length })}</p>
      )}
    </section>
  );
}

function DayList({ day }: { day: Day }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [group, setGroup] = useState<SaleGroup | 'all'>('all');
  const [rows, setRows] = useState(rowsStep);
  const count = totalsOf(day.payments).count;
  const shown = group === 'all' ? day.payments : day.payments.filter((one) => saleGroup(one) === group);
  if (day.payments.length === 0) {
    return (
      <>
        {day.cached ? <Cached atMs={day.atMs} /> : null}
        <EmptyState
          icon={<ReceiptText size={32} strokeWidth={1.5} aria-hidden="true" />}
          title={t('sales.empty')}
          detail={t('recent.emptyDetail')}
        />
      </>
    );
  }
  const chip = (id: SaleGroup | 'all', number: number) => (
    <button
      key={id}
      type="button"
      aria-pressed={group === id}
      onClick={() => setGroup(id)}
      className={cx(
        'target inline-flex items-center gap-1.5 whitespace-nowrap rounded-pill border px-4 text-14',
        group === id
          ? 'border-ink bg-ink font-semibold text-paper'
          : 'border-line-strong bg-raised text-ink hover:bg-sunken',
      )}
    >
      {t(`sales.group.${id}`)} <span className="figures">{number}</span>
    </button>
  );
  return (
    <>
      {day.cached ? <Cached atMs={day.atMs} /> : null}
      <fieldset className="relative min-w-0 no-scrollbar -mx-4 flex gap-2 overflow-x-auto px-4 py-1 lg:mx-0 lg:px-0">
        <legend className="sr-only">{t('sales.filter')}</legend>
        {chip('all', day.payments.length)}
        {saleGroups.filter((id) => count[id] > 0).map((id) => chip(id, count[id]))}
      </fieldset>
      {shown.length === 0 ? (
        <EmptyState title={t('sales.emptyGroup')} />
      ) : (
        <List label={formatTime(`${day.date}T04:00:00Z`, 'day', language)}>
          {shown.slice(0, rows).map((payment) => (
            <SaleRow key={payment.id} payment={payment} />
          ))}
        </List>
      )}
      {shown.length > rows ? (
        <button
          type="button"
          onClick={() => setRows(rows + rowsStep)}
          className="target rounded-card text-16 text-azure hover:bg-azure-soft"
        >
          {t('sales.more', { count: shown.length - rows })}
        </button>
      ) : null}
    </>
  );
}

function Cached({ atMs }: { atMs: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <p role="status" className="rounded-card bg-amber-soft px-4 py-3 text-14 text-ink">
      {t('sales.cached', { time: formatTime(atMs, 'dayTime', language) })}
    </p>
  );
}

/** By the network for the whole reference, by the day's list for its beginning. */
function Found({ reference, day }: { reference: string; day: Day | undefined }) {
  const { t } = useTranslation();
  const me = useMe();
  const asked = useDeferredValue(reference);
  const answer = useQuery(orderQuery(asked), client);
  const near = (day?.payments ?? []).filter((one) => one.order_reference?.startsWith(reference));
  const far = (answer.data?.data ?? []).filter(
    (one) => one.store.id === me.store.id && !near.some((known) => known.id === one.id),
  );
  const all = [...near, ...far];
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold text-16">{t('sales.found')}</h2>
      {all.length > 0 ? (
        <List>
          {all.map((payment) => (
            <SaleRow key={payment.id} payment={payment} />
          ))}
        </List>
      ) : answer.isPending ? (
        <Skeleton className="h-16 w-full" />
      ) : answer.isError ? (
        <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
      ) : (
        <EmptyState
          icon={<SearchX size={32} strokeWidth={1.5} aria-hidden="true" />}
          title={t('sales.none')}
          detail={t('sales.noneDetail')}
        />
      )}
    </section>
  );
}
