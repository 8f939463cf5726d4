import type { WalletNotice } from '@feiqian/contract';
import {
  Amount,
  Badge,
  Button,
  Disc,
  EmptyState,
  ErrorNotice,
  formatMoney,
  formatTime,
  List,
  ListRow,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Bell } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { noticesQuery } from '../account-queries.ts';
import { api } from '../client.ts';
import { useAccountsText } from '../parts/accounts-text.ts';
import { bankName } from '../parts/bank-name.ts';
import { RowLink } from '../parts/links.ts';
import { InnerPage } from '../parts/tab-page.tsx';

function useDetail(notice: WalletNotice): string {
  const t = useAccountsText();
  const language = useLanguage();
  if (notice.type === 'bill.issued') {
    const minimum = formatMoney(notice.minimum ?? 0, notice.currency ?? 'CNY', language);
    return t('billText', { minimum, day: notice.due_date });
  }
  if (notice.account_kind) return t(`kind.${notice.account_kind}`);
  if (notice.account_status) return t(`status.${notice.account_status}`);
  if (notice.card_status) return t(`cardStatus.${notice.card_status}`);
  if (notice.application_state) return t(`application.${notice.application_state}`);
  return notice.description ?? (notice.kind ? t(`movementKind.${notice.kind}`) : '');
}

function NoticeRow({ notice }: { notice: WalletNotice }) {
  const t = useAccountsText();
  const language = useLanguage();
  const detail = useDetail(notice);
  const title = t(`noticeTitle.${notice.type.replace('.', '_')}`, { bank: bankName(notice.bank, language) });
  const shared = {
    leading: <Disc tone={notice.read ? 'ink' : 'brand'}>{[...notice.bank.name][0]}</Disc>,
    title: notice.read ? title : <span className="font-semibold">{title}</span>,
    detail: `${formatTime(notice.at, 'dayTime', language)} · ${detail}`,
    trailing:
      notice.amount === null ? undefined : (
        <Amount
          minor={notice.amount}
          currency={notice.currency ?? 'CNY'}
          sign={notice.type === 'bill.issued' ? 'none' : 'always'}
        />
      ),
    trailingDetail: notice.read ? undefined : <Badge tone="azure">{t('unread')}</Badge>,
  };
  if (notice.account_id === null) return <ListRow {...shared} />;
  return <RowLink to="/accounts/$accountId" params={{ accountId: notice.account_id }} {...shared} />;
}

/** What the banks have told, newest first; opening an account from here shows all of it. */
export function NoticesScreen() {
  const { t: say } = useTranslation();
  const t = useAccountsText();
  const client = useQueryClient();
  const query = useInfiniteQuery(noticesQuery);
  const { data, isError, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  const all = data?.pages.flatMap((page) => page.data);
  const newest = all?.[0];
  const unread = data?.pages[0]?.unread ?? 0;
  const readAll = useMutation({
    mutationFn: (upTo: string) => api.post('/v1/wallet/notices/read', { up_to: upTo }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['notices'] }),
  });
  return (
    <InnerPage title={t('notices')} fallback="/">
      <div className="flex items-center justify-between gap-4 pb-2">
        <p className="text-14 text-muted">{t('noticesLead')}</p>
        {unread > 0 && newest ? (
          <Button
            kind="ghost"
            className="shrink-0 text-14"
            busy={readAll.isPending}
            onClick={() => readAll.mutate(newest.id)}
          >
            {t('readAll')}
          </Button>
        ) : null}
      </div>
      {readAll.isError ? <ErrorNotice error={readAll.error} /> : null}
      {isError ? (
        <ErrorNotice error={error} assurance={say('loadFailed')} onRetry={() => void refetch()} />
      ) : null}
      {!all && !isError ? <Skeleton className="h-40 w-full rounded-card" /> : null}
      {all?.length === 0 ? (
        <EmptyState
          icon={<Bell size={40} strokeWidth={1.5} aria-hidden="true" />}
          title={t('noticesEmpty')}
          detail={t('noticesEmptyDetail')}
        />
      ) : null}
      {all && all.length > 0 ? (
        <List>
          {all.map((notice) => (
            <NoticeRow key={notice.id} notice={notice} />
          ))}
        </List>
      ) : null}
      {hasNextPage ? (
        <Button kind="ghost" wide busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('more')}
        </Button>
      ) : null}
    </InnerPage>
  );
}
