import type { MerchantView } from '@feiqian/contract';
import { Amount, Button, buttonClass, ErrorNotice, toast, useUiText } from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { QrCode, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { ConfirmSheet } from '../components/confirm-sheet.tsx';
import { Code } from '../components/copy-text.tsx';
import { Facts } from '../components/facts.tsx';
import { MerchantStatus } from '../components/merchant-status.tsx';
import { Missing, PageHead, Panel, Waiting } from '../components/places.tsx';
import { StaffSheet } from '../components/staff-sheet.tsx';
import { may } from '../model/access.ts';
import { merchantsQuery } from '../queries.ts';
import { useMe } from '../shell.tsx';
import { usePick, useWord } from '../words.ts';

const route = getRouteApi('/desk/merchants/$id');

function Review({ merchant }: { merchant: MerchantView }) {
  const { t } = useTranslation();
  const pick = usePick();
  const queryClient = useQueryClient();
  const [suspending, setSuspending] = useState(false);
  const name = pick(merchant.name, merchant.name_en);
  const mutation = useMutation({
    mutationFn: (decision: 'approve' | 'suspend') => api.reviewMerchant(merchant.id, decision),
    onSuccess: (_, decision) => {
      toast(t(decision === 'approve' ? 'merchants.approved' : 'merchants.suspended', { name }));
      return queryClient.invalidateQueries({ queryKey: merchantsQuery.queryKey });
    },
  });
  return (
    <>
      {merchant.status === 'active' ? null : (
        <Button compact busy={mutation.isPending} onClick={() => mutation.mutate('approve')}>
          {merchant.status === 'suspended' ? t('merchants.resume') : t('merchants.approve')}
        </Button>
      )}
      {merchant.status === 'suspended' ? null : (
        <Button compact kind="danger" disabled={mutation.isPending} onClick={() => setSuspending(true)}>
          {t('merchants.suspend')}
        </Button>
      )}
      {mutation.error && !suspending ? <ErrorNotice error={mutation.error} /> : null}
      {suspending ? (
        <ConfirmSheet
          open
          onClose={() => setSuspending(false)}
          title={t('merchants.suspendTitle', { name })}
          detail={t('merchants.suspendDetail')}
          word={merchant.name_en || merchant.name}
          act={t('merchants.suspend')}
          onConfirm={() => mutation.mutateAsync('suspend')}
        />
      ) : null}
    </>
  );
}

function Stores({ merchant }: { merchant: MerchantView }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('merchants.stores')}>
      <ul className="divide-y divide-line">
        {merchant.stores.map((store) => (
          <li key={store.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2">
            <span className="min-w-0 text-14 text-ink">
              {store.name}
              <span className="ml-2 font-mono text-12 text-muted">{store.code}</span>
            </span>
            <Link
              to="/merchants/$id/posters/$storeId"
              params={{ id: merchant.id, storeId: store.id }}
              className={buttonClass('ghost', { compact: true })}
            >
              <QrCode size={16} strokeWidth={1.75} aria-hidden="true" />
              {t('merchants.poster')}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Staff({ merchant, mayAdd }: { merchant: MerchantView; mayAdd: boolean }) {
  const { t } = useTranslation();
  const word = useWord();
  const [adding, setAdding] = useState(false);
  const storeName = (id: string) => merchant.stores.find((store) => store.id === id)?.name ?? '—';
  const cell = 'px-3 first:pl-4 last:pr-4';
  return (
    <Panel
      flush
      title={t('merchants.staff')}
      action={
        mayAdd && merchant.stores.length > 0 ? (
          <Button
            kind="ghost"
            compact
            icon={<UserPlus size={16} strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => setAdding(true)}
          >
            {t('merchants.addStaff')}
          </Button>
        ) : undefined
      }
    >
      {merchant.staff.length === 0 ? (
        <p className="px-4 py-3 text-14 text-muted">{t('merchants.noStaff')}</p>
      ) : (
        <table
          aria-label={t('merchants.staff')}
          className="w-full border-collapse text-14 sm:whitespace-nowrap"
        >
          <thead className="border-line border-b text-left text-12 text-muted">
            <tr className="h-(--row)">
              <th scope="col" className={`${cell} font-normal`}>
                {t('merchants.staffNumber')}
              </th>
              <th scope="col" className={`${cell} font-normal`}>
                {t('merchants.staffName')}
              </th>
              <th scope="col" className={`${cell} font-normal`}>
                {t('merchants.staffRole')}
              </th>
              <th scope="col" className={`${cell} font-normal`}>
                {t('merchants.staffStore')}
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {merchant.staff.map((one) => (
              <tr key={one.id} className="h-(--row)">
                <td className={`${cell} figures font-mono`}>{one.number}</td>
                <td className={cell}>{one.name}</td>
                <td className={cell}>{word('staffRole', one.role)}</td>
                <td className={`${cell} text-muted`}>{storeName(one.store_id)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {adding ? <StaffSheet merchant={merchant} onClose={() => setAdding(false)} /> : null}
    </Panel>
  );
}

/** One merchant: what it is, may it take payments, where and by whom. */
export function MerchantPage() {
  const { t } = useTranslation();
  const ui = useUiText();
  const pick = usePick();
  const me = useMe();
  const { id } = route.useParams();
  const { data: merchants, error, refetch } = useQuery(merchantsQuery);
  if (error && !merchants) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!merchants) return <Waiting />;
  const merchant = merchants.find((one) => one.id === id);
  if (!merchant) return <Missing title={t('merchants.missing')} />;
  return (
    <div className="flex flex-col gap-3">
      <PageHead
        back={{ to: '/merchants', label: t('merchants.back') }}
        title={
          <span className="flex flex-wrap items-center gap-3">
            {pick(merchant.name, merchant.name_en)}
            <MerchantStatus status={merchant.status} />
          </span>
        }
        lead={<Code text={merchant.id} label={ui('copy')} />}
        actions={may(me.role, 'review_merchant') ? <Review merchant={merchant} /> : undefined}
      />
      <Panel>
        <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4 pt-2">
          <div>
            <p className="text-12 text-muted">{t('merchants.payable')}</p>
            <Amount minor={merchant.payable} currency={merchant.currency} size={40} />
          </div>
          <div className="flex flex-wrap gap-2">
            <Link
              to="/payments"
              search={{ merchant_id: merchant.id }}
              className={buttonClass('secondary', { compact: true })}
            >
              {t('merchants.payments')}
            </Link>
            {may(me.role, 'manage_keys') ? (
              <Link
                to="/developers"
                search={{ merchant_id: merchant.id }}
                className={buttonClass('secondary', { compact: true })}
              >
                {t('merchants.keys')}
              </Link>
            ) : null}
          </div>
        </div>
        <div className="mt-4 border-line border-t pt-4">
          <Facts
            facts={[
              [t('create.name'), merchant.name],
              [t('merchants.nameEn'), merchant.name_en],
              [t('merchants.mcc'), merchant.mcc],
              [t('merchants.city'), merchant.city],
              [t('merchants.account'), merchant.settlement_account ?? '—'],
            ]}
          />
        </div>
      </Panel>
      <div className="grid items-start gap-3 xl:grid-cols-2">
        <Stores merchant={merchant} />
        <Staff merchant={merchant} mayAdd={may(me.role, 'create_staff')} />
      </div>
    </div>
  );
}
