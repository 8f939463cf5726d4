import type { CreditApplication } from '@feiqian/contract';
import {
  Badge,
  Button,
  buttonClass,
  EmptyState,
  ErrorNotice,
  formatMoney,
  formatTime,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { applicationsQuery, productsQuery } from '../credit-queries.ts';
import { bankName } from '../parts/bank-name.ts';
import { useCreditText } from '../parts/credit-text.ts';
import { InnerPage } from '../parts/tab-page.tsx';
import { signed } from '../signed.ts';

const tones = {
  received: 'azure',
  reviewing: 'amber',
  approved: 'jade',
  declined: 'rose',
  withdrawn: 'plain',
} as const;

function ApplicationCard({ application: a, name }: { application: CreditApplication; name: string }) {
  const t = useCreditText();
  const language = useLanguage();
  const client = useQueryClient();
  const withdraw = useMutation({
    mutationFn: () => signed.post(`/v1/wallet/credit-applications/${a.id}/withdraw`),
    onSettled: () => client.invalidateQueries({ queryKey: ['applications'] }),
  });
  const open = a.state === 'received' || a.state === 'reviewing';
  const lead = t(`stateLead.${a.state}`, {
    limit: formatMoney(a.credit_limit ?? 0, 'CNY', language),
    reason: a.declined_because ? t(`reason.${a.declined_because}`) : '',
  });
  return (
    <li className="rounded-card border border-line bg-raised p-4">
      <div className="flex items-start justify-between gap-2">
        <h2 className="font-semibold text-16">{name}</h2>
        <Badge tone={tones[a.state]}>{t(`state.${a.state}`)}</Badge>
      </div>
      <p className="text-14 text-muted">
        {bankName(a.bank, language)} · {formatTime(a.created_at, 'full', language)}
      </p>
      <p className="mt-2 text-14">{lead}</p>
      {a.card === 'none' ? null : <p className="text-14">{t(`card.${a.card}`)}</p>}
      {withdraw.isError ? <ErrorNotice error={withdraw.error} /> : null}
      <div className="mt-3 flex gap-2">
        {a.card_id && a.card === 'bound' ? (
          <Link to="/cards/$cardId" params={{ cardId: a.card_id }} className={buttonClass('secondary')}>
            {t('useCard')}
          </Link>
        ) : null}
        {open ? (
          <Button kind="secondary" busy={withdraw.isPending} onClick={() => withdraw.mutate()}>
            {t('withdraw')}
          </Button>
        ) : null}
      </div>
    </li>
  );
}

/** Where the person's applications stand. */
export function ApplicationsScreen() {
  const t = useCreditText();
  const language = useLanguage();
  const { data, isError, error, refetch } = useQuery(applicationsQuery);
  const products = useQuery(productsQuery);
  const nameOf = (a: CreditApplication) => {
    const product = products.data?.data.find((p) => p.bank.id === a.bank.id && p.code === a.product);
    return (language === 'en' ? product?.name_en : product?.name) ?? a.product;
  };
  return (
    <InnerPage title={t('applications')} fallback="/cards">
      {isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Skeleton className="h-40 w-full rounded-card" /> : null}
      {data?.length === 0 ? (
        <EmptyState
          title={t('applicationsEmpty')}
          action={
            <Link to="/credit" className={buttonClass('primary')}>
              {t('products')}
            </Link>
          }
        />
      ) : null}
      <ul className="flex flex-col gap-4">
        {data?.map((a) => (
          <ApplicationCard key={a.id} application={a} name={nameOf(a)} />
        ))}
      </ul>
    </InnerPage>
  );
}
