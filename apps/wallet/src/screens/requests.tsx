import type { MoneyRequest, Split } from '@feiqian/contract';
import {
  Amount,
  Disc,
  EmptyState,
  ErrorNotice,
  formatMoney,
  List,
  Section,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { HandCoins, Split as SplitIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { RowLink } from '../parts/links.ts';
import { RequestRow } from '../parts/request-row.tsx';
import { useRequestsText } from '../parts/requests-text.ts';
import { InnerPage, OfflineNote } from '../parts/tab-page.tsx';
import { requestsQuery, splitsQuery } from '../request-queries.ts';

const icon = { size: 20, strokeWidth: 1.75 } as const;

function Doors() {
  const t = useRequestsText();
  return (
    <List>
      <RowLink
        to="/ask"
        leading={
          <Disc tone="brand">
            <HandCoins {...icon} />
          </Disc>
        }
        title={t('ask')}
        detail={t('askDetail')}
        chevron
      />
      <RowLink
        to="/split"
        search={{}}
        leading={
          <Disc>
            <SplitIcon {...icon} />
          </Disc>
        }
        title={t('split')}
        detail={t('splitDetail')}
        chevron
      />
    </List>
  );
}

function Requests({ title, list }: { title: string; list: readonly MoneyRequest[] }) {
  if (list.length === 0) return null;
  return (
    <Section title={title}>
      <List>
        {list.map((request) => (
          <RequestRow key={request.id} request={request} />
        ))}
      </List>
    </Section>
  );
}

function Bills({ list }: { list: readonly Split[] }) {
  const t = useRequestsText();
  const language = useLanguage();
  if (list.length === 0) return null;
  return (
    <Section title={t('bills')}>
      <List>
        {list.map((split) => {
          const money = (minor: number) => formatMoney(minor, split.currency, language);
          const asked = split.total - split.own_amount;
          return (
            <RowLink
              key={split.id}
              to="/splits/$splitId"
              params={{ splitId: split.id }}
              leading={
                <Disc tone={split.paid_amount === asked ? 'jade' : 'ink'}>
                  <SplitIcon {...icon} />
                </Disc>
              }
              title={split.note ?? t('split')}
              detail={t('collected', { paid: money(split.paid_amount), asked: money(asked) })}
              trailing={<Amount minor={split.total} currency={split.currency} />}
              chevron
            />
          );
        })}
      </List>
    </Section>
  );
}

/** Ways to ask for money, what one is asked, and what one has asked. */
export function RequestsScreen() {
  const { t: say } = useTranslation();
  const t = useRequestsText();
  const requests = useQuery(requestsQuery);
  const splits = useQuery(splitsQuery);
  const { data } = requests;
  // The parts of a bill are shown with the bill.
  const mine = data?.filter((r) => r.direction === 'out' && r.split_id === null) ?? [];
  const empty = data?.length === 0 && splits.data?.length === 0;
  return (
    <InnerPage title={t('title')} fallback="/transfers">
      <OfflineNote />
      <Doors />
      <Requests title={t('forMe')} list={data?.filter((r) => r.direction === 'in') ?? []} />
      <Bills list={splits.data ?? []} />
      <Requests title={t('byMe')} list={mine} />
      {empty ? <EmptyState title={t('empty')} /> : null}
      {requests.isError ? (
        <ErrorNotice
          error={requests.error}
          assurance={say('loadFailed')}
          onRetry={() => void requests.refetch()}
        />
      ) : null}
      {!data && !requests.isError ? <Skeleton className="mt-6 h-40 w-full rounded-card" /> : null}
    </InnerPage>
  );
}
