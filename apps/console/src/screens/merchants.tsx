import type { MerchantView } from '@feiqian/contract';
import { Amount, buttonClass, EmptyState, ErrorNotice } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus, Store } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Columns, columnsOf, DataTable } from '../components/data-table.tsx';
import { MerchantStatus } from '../components/merchant-status.tsx';
import { PageHead, Panel, Waiting } from '../components/places.tsx';
import { may } from '../model/access.ts';
import { merchantsQuery } from '../queries.ts';
import { useMe } from '../shell.tsx';
import { usePick } from '../words.ts';

const column = columnsOf<MerchantView>();

function useColumns(): Columns<MerchantView> {
  const { t, i18n } = useTranslation();
  const pick = usePick();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words change with the language and with nothing else
  return useMemo(
    () =>
      column.columns([
        column.accessor((row) => pick(row.name, row.name_en), {
          id: 'name',
          header: t('merchants.name'),
          enableSorting: true,
          meta: { className: 'max-w-64 truncate' },
          cell: ({ row: { original } }) => (
            <Link to="/merchants/$id" params={{ id: original.id }} className="font-semibold text-ink">
              {pick(original.name, original.name_en)}
            </Link>
          ),
        }),
        column.accessor('status', {
          header: t('merchants.status'),
          enableSorting: true,
          cell: ({ row }) => <MerchantStatus status={row.original.status} />,
        }),
        column.accessor('mcc', {
          header: t('merchants.mcc'),
          enableSorting: true,
          meta: { from: 'md', mono: true },
        }),
        column.accessor('city', { header: t('merchants.city'), meta: { from: 'lg' } }),
        column.accessor((row) => row.stores.length, {
          id: 'stores',
          header: t('merchants.stores'),
          enableSorting: true,
          meta: { align: 'end', from: 'sm', className: 'figures' },
        }),
        column.accessor((row) => row.staff.length, {
          id: 'staff',
          header: t('merchants.staff'),
          enableSorting: true,
          meta: { align: 'end', from: 'md', className: 'figures' },
        }),
        column.accessor('settlement_account', {
          header: t('merchants.account'),
          meta: { from: 'lg', mono: true },
          cell: ({ row }) => row.original.settlement_account ?? '—',
        }),
        column.accessor('payable', {
          header: t('merchants.payable'),
          enableSorting: true,
          meta: { align: 'end' },
          cell: ({ row: { original } }) => (
            <Amount minor={original.payable} currency={original.currency} size={14} />
          ),
        }),
      ]),
    [i18n.language],
  );
}

/** Who takes payments here. */
export function Merchants() {
  const { t } = useTranslation();
  const me = useMe();
  const columns = useColumns();
  const { data: merchants, error, refetch } = useQuery(merchantsQuery);
  if (error && !merchants) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!merchants) return <Waiting />;
  return (
    <div className="flex flex-col gap-3">
      <PageHead
        title={t('merchants.title')}
        lead={t('merchants.lead')}
        actions={
          may(me.role, 'create_merchant') ? (
            <Link to="/merchants/new" className={buttonClass('primary', { compact: true })}>
              <Plus size={16} strokeWidth={1.75} aria-hidden="true" />
              {t('merchants.create')}
            </Link>
          ) : undefined
        }
      />
      <Panel flush>
        {merchants.length === 0 ? (
          <EmptyState
            icon={<Store size={40} strokeWidth={1.25} aria-hidden="true" />}
            title={t('merchants.none')}
            detail={t('merchants.noneDetail')}
          />
        ) : (
          <DataTable
            label={t('merchants.title')}
            columns={columns}
            data={merchants}
            rowId={(row) => row.id}
            walk
          />
        )}
      </Panel>
    </div>
  );
}
