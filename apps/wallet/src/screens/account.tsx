import type { Account } from '@feiqian/contract';
import {
  Amount,
  Button,
  EmptyState,
  ErrorNotice,
  Fact,
  formatTime,
  List,
  ListRow,
  Section,
  Sheet,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  accountBalanceQuery,
  accountLimitsQuery,
  accountsQuery,
  movementQuery,
  movementsQuery,
} from '../account-queries.ts';
import { useAccountsText } from '../parts/accounts-text.ts';
import { bankName } from '../parts/bank-name.ts';
import { CreditFacts } from '../parts/credit-facts.tsx';
import { HiddenBalance } from '../parts/hidden-balance.tsx';
import { LimitBar } from '../parts/limit-bar.tsx';
import { InnerPage } from '../parts/tab-page.tsx';

const frame = 'rounded-card border border-line bg-raised px-4';

/** The balance behind a tap, with its age. */
function Balance({ account }: { account: Account }) {
  const t = useAccountsText();
  const [shown, setShown] = useState(false);
  const query = useQuery({ ...accountBalanceQuery(account.id), enabled: shown });
  return (
    <HiddenBalance
      label={t(account.kind === 'credit' ? 'creditAvailable' : 'balance')}
      action={t(shown ? 'hide' : 'show')}
      shown={shown}
      onToggle={() => setShown(!shown)}
      query={query}
    >
      {(data) => (
        <dl className="mt-2 divide-y divide-line border-line border-t">
          {data.held > 0 ? (
            <Fact name={t('held')}>
              <Amount minor={data.held} currency={data.currency} size={14} />
            </Fact>
          ) : null}
          {data.credit_limit === null ? null : (
            <Fact name={t('limit')}>
              <Amount minor={data.credit_limit} currency={data.currency} size={14} />
            </Fact>
          )}
        </dl>
      )}
    </HiddenBalance>
  );
}

function Limits({ account }: { account: Account }) {
  const t = useAccountsText();
  const { data, isError, error, refetch } = useQuery(accountLimitsQuery(account.id));
  if (isError) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data || data.limits.length === 0) return null;
  return (
    <Section title={t('limits')}>
      <div className={`${frame} divide-y divide-line py-1`}>
        {data.limits.map((limit) => (
          <LimitBar key={limit.code} limit={limit} currency={data.currency} />
        ))}
      </div>
      {data.effective_from ? (
        <p className="mt-1 text-12 text-muted">{t('limitsSince', { day: data.effective_from })}</p>
      ) : null}
    </Section>
  );
}

/** One movement in full, with the balance it left. */
function MovementSheet({
  account,
  id,
  onClose,
}: {
  account: Account;
  id: string | null;
  onClose: () => void;
}) {
  const t = useAccountsText();
  const language = useLanguage();
  const { data, isError, error, refetch } = useQuery({
    ...movementQuery(account.id, id ?? ''),
    enabled: id !== null,
  });
  return (
    <Sheet open={id !== null} onClose={onClose} title={t('movement')}>
      {isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Skeleton className="h-40 w-full rounded-card" /> : null}
      {data ? (
        <>
          <Amount minor={data.amount} currency={data.currency} size={40} sign="always" />
          <dl className="mt-2 divide-y divide-line border-line border-t">
            <Fact name={t('kindOf')}>{t(`movementKind.${data.kind}`)}</Fact>
            <Fact name={t('description')}>{data.description}</Fact>
            <Fact name={t('time')}>{formatTime(data.at, 'full', language)}</Fact>
            {data.card_last4 ? <Fact name={t('card')}>{data.card_last4}</Fact> : null}
            {data.counterparty ? (
              <Fact name={t('counterparty')}>
                {`${data.counterparty.bank ? bankName(data.counterparty.bank, language) : t('otherBank')} ${data.counterparty.number}`}
              </Fact>
            ) : null}
            <Fact name={t('after')}>
              <Amount minor={data.balance_after} currency={data.currency} size={14} />
            </Fact>
            {data.rrn ? <Fact name={t('reference')}>{data.rrn}</Fact> : null}
          </dl>
        </>
      ) : null}
    </Sheet>
  );
}

function Movements({ account }: { account: Account }) {
  const t = useAccountsText();
  const language = useLanguage();
  const [open, setOpen] = useState<string | null>(null);
  const query = useInfiniteQuery(movementsQuery(account.id));
  const { data, isError, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  const all = data?.pages.flatMap((page) => page.data);
  return (
    <Section title={t('movements')}>
      {isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!all && !isError ? <Skeleton className="h-40 w-full rounded-card" /> : null}
      {all?.length === 0 ? <EmptyState title={t('movementsEmpty')} /> : null}
      {all && all.length > 0 ? (
        <List>
          {all.map((m) => (
            <ListRow
              key={m.id}
              onClick={() => setOpen(m.id)}
              title={m.description || t(`movementKind.${m.kind}`)}
              detail={`${formatTime(m.at, 'dayTime', language)} · ${t(`movementKind.${m.kind}`)}`}
              trailing={
                <Amount
                  minor={m.amount}
                  currency={m.currency}
                  sign="always"
                  tone={m.amount > 0 ? 'jade' : 'ink'}
                />
              }
            />
          ))}
        </List>
      ) : null}
      {hasNextPage ? (
        <Button kind="ghost" wide busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('more')}
        </Button>
      ) : null}
      <MovementSheet account={account} id={open} onClose={() => setOpen(null)} />
    </Section>
  );
}

function Facts({ account }: { account: Account }) {
  const t = useAccountsText();
  const language = useLanguage();
  const { bound } = account;
  return (
    <dl className={`${frame} mt-4 divide-y divide-line py-1`}>
      <Fact name={t('product')}>{language === 'en' ? account.product_en : account.product}</Fact>
      <Fact name={t('kindOf')}>{t(`kind.${account.kind}`)}</Fact>
      <Fact name={t('number')}>
        <span className="figures">{account.last4}</span>
      </Fact>
      {bound ? (
        <Fact name={t('boundTo')}>
          {t('boundToText', {
            bank: bound.bank ? bankName(bound.bank, language) : t('otherBank'),
            last4: bound.last4,
          })}
        </Fact>
      ) : null}
      <Fact name={t('opened')}>{formatTime(account.opened_at, 'day', language)}</Fact>
    </dl>
  );
}

/** One account: balance, limits, movements. */
export function AccountScreen() {
  const { t: say } = useTranslation();
  const t = useAccountsText();
  const language = useLanguage();
  const { accountId } = useParams({ from: '/signed-in/accounts/$accountId' });
  const { data, isError, error, refetch } = useQuery(accountsQuery);
  const account = data?.data.find((one) => one.id === accountId);
  return (
    <InnerPage title={account ? bankName(account.bank, language) : t('detail')} fallback="/accounts">
      {account ? (
        <>
          <Balance account={account} />
          {account.kind === 'credit' ? <CreditFacts account={account} /> : null}
          <Facts account={account} />
          {account.kind === 'class_2' || account.kind === 'class_3' ? <Limits account={account} /> : null}
          <Movements account={account} />
        </>
      ) : null}
      {data && !account ? <EmptyState title={say('notFound.title')} detail={say('notFound.detail')} /> : null}
      {isError && !data ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Skeleton className="h-40 w-full rounded-card" /> : null}
    </InnerPage>
  );
}
