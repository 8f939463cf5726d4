import { buttonClass, EmptyState, ErrorNotice, Fact, Skeleton } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BadgeCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { identityQuery } from '../identity-queries.ts';
import { useSession } from '../session.ts';
import { useCreditText } from './credit-text.ts';

/** Name, document and mobile number as they were verified, masked: the network hands them to the bank, nobody types them. */
export function VerifiedIdentity() {
  const t = useCreditText();
  const session = useSession();
  const { data } = useQuery(identityQuery);
  return (
    <section aria-label={t('identity')} className="rounded-card border border-line bg-raised px-4 py-3">
      <p className="flex items-center gap-2 text-14 text-jade">
        <BadgeCheck size={18} strokeWidth={1.75} aria-hidden="true" />
        {t('identityVerified')}
      </p>
      <dl className="divide-y divide-line">
        <Fact name={t('name')}>{data?.name}</Fact>
        <Fact name={t('document')}>
          <span className="figures">{data?.identity_number}</span>
        </Fact>
        <Fact name={t('mobile')}>
          <span className="figures">{session?.user.mobile}</span>
        </Fact>
      </dl>
      <p className="pt-1 text-14 text-muted">{t('identityLead')}</p>
    </section>
  );
}

/** What banks are asked for in a person's name: only once it is known who the person is. */
export function WhenVerified({ children }: { children: ReactNode }) {
  const t = useCreditText();
  const { data, isError, error, refetch } = useQuery(identityQuery);
  if (isError) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-60 w-full rounded-card" />;
  if (data.verified) return children;
  return (
    <EmptyState
      title={t('identityFirst')}
      detail={t('identityFirstDetail')}
      action={
        <Link to="/me/identity" className={buttonClass('primary')}>
          {t('identityDo')}
        </Link>
      }
    />
  );
}
