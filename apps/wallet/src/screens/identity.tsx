import type { WalletIdentity } from '@feiqian/contract';
import { Button, ErrorNotice, formatAge, Skeleton, toast, useLanguage } from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { BadgeCheck } from 'lucide-react';
import { useState } from 'react';
import { identityQuery } from '../identity-queries.ts';
import { type Factors, IdentityForm } from '../parts/identity-form.tsx';
import { useIdentityText } from '../parts/identity-text.ts';
import { InnerPage } from '../parts/tab-page.tsx';
import { networkNow } from '../session.ts';
import { signed } from '../signed.ts';

function Confirmed({ known, onAgain }: { known: WalletIdentity; onAgain: () => void }) {
  const t = useIdentityText();
  const language = useLanguage();
  return (
    <div className="flex flex-col gap-4">
      <p role="status" className="flex items-center gap-2 font-semibold text-16 text-jade">
        <BadgeCheck size={22} strokeWidth={1.75} aria-hidden="true" />
        {t('name.done')}
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 rounded-card border border-line bg-raised p-4 text-16">
        <dt className="text-muted">{t('name.name')}</dt>
        <dd className="text-right">{known.name}</dd>
        <dt className="text-muted">{t('name.number')}</dt>
        <dd className="figures break-all text-right">{known.identity_number}</dd>
        <dt className="text-muted">{t('name.checkedAt')}</dt>
        <dd className="text-right">
          {formatAge(Date.parse(known.checked_at ?? ''), networkNow(), language)}
        </dd>
      </dl>
      <Button kind="ghost" wide onClick={onAgain}>
        {t('name.again')}
      </Button>
    </div>
  );
}

/** Who this person is, as a bank has confirmed it. */
export function IdentityScreen() {
  const t = useIdentityText();
  const client = useQueryClient();
  const { data, isError, error, refetch } = useQuery(identityQuery);
  const [anew, setAnew] = useState(false);
  const check = useMutation({
    mutationFn: (factors: Factors) => signed.post<WalletIdentity>('/v1/wallet/identity', factors),
    onSuccess: (known) => {
      client.setQueryData(identityQuery.queryKey, known);
      setAnew(false);
      toast(t('name.done'));
    },
  });
  return (
    <InnerPage title={t('name.title')} fallback="/me">
      <p className="pb-4 text-14 text-muted">{t('name.lead')}</p>
      {isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Skeleton className="h-48 w-full rounded-card" /> : null}
      {data?.verified && !anew ? <Confirmed known={data} onAgain={() => setAnew(true)} /> : null}
      {data && (!data.verified || anew) ? (
        <IdentityForm
          busy={check.isPending}
          error={check.error}
          submit={t('name.submit')}
          onSubmit={check.mutate}
        />
      ) : null}
    </InnerPage>
  );
}
