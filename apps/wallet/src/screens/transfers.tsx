import { Disc, EmptyState, ErrorNotice, List, Section, Skeleton } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeftRight, HandCoins, QrCode, UserRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { RowLink } from '../parts/links.ts';
import { useRequestsText } from '../parts/requests-text.ts';
import { InnerPage, OfflineNote } from '../parts/tab-page.tsx';
import { TransferRow } from '../parts/transfer-row.tsx';
import { useTransfersText } from '../parts/transfers-text.ts';
import { openRequestsQuery } from '../request-queries.ts';
import { transfersQuery } from '../transfer-queries.ts';

const icon = { size: 20, strokeWidth: 1.75 } as const;

/** Leads to requests for money; says how many wait. */
function RequestsDoor() {
  const t = useRequestsText();
  const waiting = useQuery(openRequestsQuery).data?.length ?? 0;
  return (
    <RowLink
      to="/requests"
      leading={
        <Disc>
          <HandCoins {...icon} />
        </Disc>
      }
      title={t('door')}
      detail={waiting > 0 ? t('waitingCount', { count: waiting }) : t('doorDetail')}
      chevron
    />
  );
}

/** Ways to send and to receive, and what was sent and received lately. */
export function TransfersScreen() {
  const { t: say } = useTranslation();
  const t = useTransfersText();
  const { data, isError, error, refetch } = useQuery(transfersQuery);
  return (
    <InnerPage title={t('title')}>
      <OfflineNote />
      <List>
        <RowLink
          to="/send"
          search={{}}
          leading={
            <Disc tone="brand">
              <UserRound {...icon} />
            </Disc>
          }
          title={t('send')}
          detail={t('sendDetail')}
          chevron
        />
        <RowLink
          to="/send"
          search={{ own: true }}
          leading={
            <Disc>
              <ArrowLeftRight {...icon} />
            </Disc>
          }
          title={t('own')}
          detail={t('ownDetail')}
          chevron
        />
        <RowLink
          to="/receive"
          leading={
            <Disc>
              <QrCode {...icon} />
            </Disc>
          }
          title={t('receive')}
          detail={t('receiveDetail')}
          chevron
        />
        <RequestsDoor />
      </List>
      <Section title={t('recent')}>
        {data?.length ? (
          <List>
            {data.map((transfer) => (
              <TransferRow key={transfer.id} transfer={transfer} />
            ))}
          </List>
        ) : null}
        {data?.length === 0 ? <EmptyState title={t('empty')} /> : null}
        {isError ? (
          <ErrorNotice error={error} assurance={say('loadFailed')} onRetry={() => void refetch()} />
        ) : null}
        {!data && !isError ? <Skeleton className="h-40 w-full rounded-card" /> : null}
      </Section>
    </InnerPage>
  );
}
