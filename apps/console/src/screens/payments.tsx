import type { Payment } from '@feiqian/contract';
import { Amount, Button, buttonClass, EmptyState, ErrorNotice, Skeleton, StatusBadge } from '@feiqian/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Download, SearchX } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { csvPath } from '../api.ts';
import { CardName } from '../components/card-name.tsx';
import { type Columns, columnsOf, DataTable } from '../components/data-table.tsx';
import { FilterBar } from '../components/filter-bar.tsx';
import { PageHead, Panel } from '../components/places.tsx';
import { Time } from '../components/time.tsx';
import { filterCount } from '../model/filters.ts';
import { formatCount, shortId } from '../model/numbers.ts';
import { paymentsQuery } from '../queries.ts';
import { useWord } from '../words.ts';

const route = getRouteApi('/desk/payments');
const column = columnsOf<Payment>();

function useColumns(): Columns<Payment> {
  const { t, i18n } = useTranslation();
  const word = useWord();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words change with the language and with nothing else
  return useMemo(
    () =>
      column.columns([
        column.accessor('created_at', {
          header: t('payments.time'),
          cell: ({ row }) => (
            <Link to="/payments/$id" params={{ id: row.original.id }} preload={false} className="text-ink">
              <Time at={row.original.created_at} />
              <span className="max-w-48 truncate text-12 text-muted max-sm:block sm:sr-only">
                {row.original.merchant.name}
              </span>
            </Link>
          ),
        }),
        column.accessor('state', {
          header: t('payments.state'),
          meta: { from: 'sm' },
          cell: ({ row }) => <StatusBadge status={row.original.state} />,
        }),
        column.accessor('amount', {
          header: t('payments.amount'),
          meta: { align: 'end' },
          cell: ({ row: { original } }) => (
            <span className="max-sm:flex max-sm:flex-col max-sm:items-end max-sm:gap-1">
              <Amount
                minor={original.amount}
                currency={original.currency}
                size={14}
                tone={original.state === 'captured' ? 'ink' : 'muted'}
              />
              <span className="sm:hidden">
                <StatusBadge status={original.state} />
              </span>
            </span>
          ),
        }),
        column.accessor('merchant.name', {
          header: t('payments.merchant'),
          meta: { from: 'sm', className: 'max-w-56 truncate' },
          cell: ({ row: { original } }) => (
            <>
              {original.merchant.name}
              {original.store.name === original.merchant.name ? null : (
                <span className="text-muted"> · {original.store.name}</span>
              )}
            </>
          ),
        }),
        column.accessor('card', {
          header: t('payments.card'),
          meta: { from: 'md', className: 'max-w-52' },
          cell: ({ row: { original } }) => <CardName card={original.card} />,
        }),
        column.accessor('entry', {
          header: t('payments.entry'),
          meta: { from: 'lg' },
          cell: ({ row: { original } }) => word('entry', original.entry),
        }),
        column.accessor('order_reference', {
          header: t('payments.order'),
          meta: { from: 'lg', className: 'max-w-40 truncate' },
          cell: ({ row: { original } }) => original.order_reference ?? <span className="text-muted">—</span>,
        }),
        column.accessor('rrn', {
          header: t('payments.rrn'),
          meta: { from: 'xl', mono: true },
          cell: ({ row: { original } }) => original.rrn ?? <span className="text-muted">—</span>,
        }),
        column.accessor('id', {
          header: t('payments.id'),
          meta: { from: '2xl', mono: true, className: 'text-muted' },
          cell: ({ row: { original } }) => <span title={original.id}>{shortId(original.id)}</span>,
        }),
      ]),
    [i18n.language],
  );
}

/** The grey places of rows on their way. */
function Rows() {
  return (
    <div aria-busy="true" className="flex flex-col gap-2 p-4">
      {['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key) => (
        <Skeleton key={key} className="h-6" />
      ))}
    </div>
  );
}

function Nothing({ anyFilter }: { anyFilter: boolean }) {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<SearchX size={40} strokeWidth={1.25} aria-hidden="true" />}
      title={t('payments.none')}
      detail={anyFilter ? t('payments.noneDetail') : undefined}
      action={
        anyFilter ? (
          <Link to="/payments" search={{}} className={buttonClass('secondary', { compact: true })}>
            {t('payments.clear')}
          </Link>
        ) : undefined
      }
    />
  );
}

/** Every payment one may see: found by words, narrowed by filters, all of it in the address. */
export function Payments() {
  const { t } = useTranslation();
  const filters = route.useSearch();
  const columns = useColumns();
  const list = useInfiniteQuery(paymentsQuery(filters));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.data) ?? [], [list.data]);
  const more = () => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  };
  const anyFilter = filterCount(filters) > 0 || filters.q !== undefined;
  return (
    <div className="flex flex-col gap-3">
      <PageHead
        title={t('payments.title')}
        actions={
          <a href={csvPath(filters)} download className={buttonClass('secondary', { compact: true })}>
            <Download size={16} strokeWidth={1.75} aria-hidden="true" />
            {t('payments.export')}
          </a>
        }
      />
      <FilterBar filters={filters} />
      {list.error ? (
        <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <Panel flush>
          {list.isPending ? (
            <Rows />
          ) : rows.length === 0 ? (
            <Nothing anyFilter={anyFilter} />
          ) : (
            <DataTable
              label={t('payments.title')}
              columns={columns}
              data={rows}
              rowId={(row) => row.id}
              walk
              onEnd={more}
            />
          )}
        </Panel>
      )}
      {rows.length > 0 ? (
        <div className="flex flex-wrap items-center justify-between gap-3 text-14 text-muted">
          <p role="status">
            {t(list.hasNextPage ? 'payments.foundMore' : 'payments.found', {
              count: rows.length,
              n: formatCount(rows.length),
            })}
          </p>
          {list.hasNextPage ? (
            <Button kind="secondary" compact busy={list.isFetchingNextPage} onClick={more}>
              {t('payments.more')}
            </Button>
          ) : null}
          <p className="hidden text-12 lg:block">{t('payments.keys')}</p>
        </div>
      ) : null}
    </div>
  );
}
