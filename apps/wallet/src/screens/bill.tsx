import type { Split } from '@feiqian/contract';
import {
  Amount,
  buttonClass,
  ErrorNotice,
  formatMoney,
  formatTime,
  List,
  Section,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { RowLink } from '../parts/links.ts';
import { otherOf, RequestBadge } from '../parts/request-row.tsx';
import { useRequestsText } from '../parts/requests-text.ts';
import { InnerPage, OfflineNote } from '../parts/tab-page.tsx';
import { splitQuery } from '../request-queries.ts';

function Body({ split }: { split: Split }) {
  const t = useRequestsText();
  const language = useLanguage();
  const money = (minor: number) => formatMoney(minor, split.currency, language);
  const asked = split.total - split.own_amount;
  const share = Math.round((split.paid_amount / asked) * 100);
  return (
    <>
      <div className="flex flex-col items-center gap-2 pt-4">
        <h2 className="text-16 text-muted">{split.note ?? t('split')}</h2>
        <Amount minor={split.total} currency={split.currency} size={56} />
        <p className="text-14 text-muted">{formatTime(split.created_at, 'full', language)}</p>
      </div>
      <div className="mt-4 rounded-card border border-line bg-raised p-4">
        <p aria-live="polite" className="figures text-16">
          {t('collected', { paid: money(split.paid_amount), asked: money(asked) })}
        </p>
        {/* The words above say the same. */}
        <div aria-hidden="true" className="mt-2 h-2 overflow-hidden rounded-pill bg-sunken">
          <span className="block h-full bg-jade-fill" style={{ width: `${share}%` }} />
        </div>
        {split.own_amount > 0 ? (
          <p className="figures mt-2 text-14 text-muted">{t('again', { amount: money(split.own_amount) })}</p>
        ) : null}
      </div>
      <Section title={t('each')}>
        <List>
          {split.requests.map((request) => (
            <RowLink
              key={request.id}
              to="/requests/$requestId"
              params={{ requestId: request.id }}
              title={otherOf(request)}
              detail={request.asked.name ? request.asked.mobile : undefined}
              trailing={<Amount minor={request.amount} currency={request.currency} />}
              trailingDetail={<RequestBadge state={request.state} />}
            />
          ))}
        </List>
      </Section>
      {split.payment_id ? (
        <Link
          to="/records/$paymentId"
          params={{ paymentId: split.payment_id }}
          className={`${buttonClass('secondary', { wide: true })} mt-6`}
        >
          {t('fromPayment')}
        </Link>
      ) : null}
    </>
  );
}

/** A bill that was split: how each part stands, live. */
export function BillScreen() {
  const t = useRequestsText();
  const { splitId } = useParams({ from: '/signed-in/splits/$splitId' });
  const { data, isError, error, refetch } = useQuery(splitQuery(splitId));
  return (
    <InnerPage title={t('split')} fallback="/transfers">
      <OfflineNote />
      {data ? <Body split={data} /> : null}
      {!data && isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Skeleton className="h-80 w-full rounded-card" /> : null}
    </InnerPage>
  );
}
