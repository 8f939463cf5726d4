import type { Account, AccountList } from '@feiqian/contract';
import {
  Badge,
  buttonClass,
  Disc,
  EmptyState,
  ErrorNotice,
  List,
  Section,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Landmark } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { accountsQuery } from '../account-queries.ts';
import { useAccountsText } from '../parts/accounts-text.ts';
import { bankName } from '../parts/bank-name.ts';
import { useCreditText } from '../parts/credit-text.ts';
import { RowLink } from '../parts/links.ts';
import { InnerPage } from '../parts/tab-page.tsx';

function AccountRow({ account }: { account: Account }) {
  const t = useAccountsText();
  const language = useLanguage();
  return (
    <RowLink
      to="/accounts/$accountId"
      params={{ accountId: account.id }}
      leading={<Disc>{[...account.bank.name][0]}</Disc>}
      title={language === 'en' ? account.product_en : account.product}
      detail={`${t(`kind.${account.kind}`)} · ${account.last4}`}
      trailing={
        account.status === 'open' ? undefined : <Badge tone="amber">{t(`status.${account.status}`)}</Badge>
      }
      chevron
    />
  );
}

function Unanswered({ list }: { list: AccountList }) {
  const t = useAccountsText();
  const language = useLanguage();
  return list.banks
    .filter((b) => b.status !== 'ok')
    .map((b) => (
      <p
        key={b.bank.id}
        role="status"
        className="mb-2 rounded-card bg-amber-soft px-4 py-3 text-14 text-amber"
      >
        {t(b.status === 'unavailable' ? 'unavailable' : 'consentEnded', { bank: bankName(b.bank, language) })}
      </p>
    ));
}

/** The accounts of every bank, bank by bank. */
export function AccountsScreen() {
  const { t: say } = useTranslation();
  const t = useAccountsText();
  const credit = useCreditText();
  const language = useLanguage();
  const { data, isError, error, refetch } = useQuery(accountsQuery);
  return (
    <InnerPage title={t('title')} fallback="/cards">
      <p className="pb-2 text-14 text-muted">{t('lead')}</p>
      {isError ? (
        <ErrorNotice error={error} assurance={say('loadFailed')} onRetry={() => void refetch()} />
      ) : null}
      {!data && !isError ? <Skeleton className="h-40 w-full rounded-card" /> : null}
      {data ? <Unanswered list={data} /> : null}
      {data && data.banks.length === 0 ? (
        <EmptyState
          icon={<Landmark size={40} strokeWidth={1.5} aria-hidden="true" />}
          title={t('empty')}
          detail={t('emptyDetail')}
          action={
            <Link to="/bind" className={buttonClass('primary')}>
              {t('addCard')}
            </Link>
          }
        />
      ) : null}
      {data && data.data.length > 0 ? (
        <div className="flex flex-col gap-2">
          <Link to="/open-account" className={buttonClass('secondary')}>
            {credit('open')}
          </Link>
          <Link to="/credit" className={buttonClass('secondary')}>
            {credit('products')}
          </Link>
          <Link to="/credit/applications" className={buttonClass('ghost')}>
            {credit('applications')}
          </Link>
        </div>
      ) : null}
      {data?.banks
        .filter((b) => data.data.some((a) => a.bank.id === b.bank.id))
        .map((b) => (
          <Section key={b.bank.id} title={bankName(b.bank, language)}>
            <List>
              {data.data
                .filter((a) => a.bank.id === b.bank.id)
                .map((account) => (
                  <AccountRow key={account.id} account={account} />
                ))}
            </List>
          </Section>
        ))}
    </InnerPage>
  );
}
