import { buttonClass, CardFace, cx, EmptyState, ErrorNotice, Skeleton, useLanguage } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus, WalletCards } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { BalancePeek } from '../parts/balance.tsx';
import { bankName } from '../parts/bank-name.ts';
import { TabPage } from '../parts/tab-page.tsx';
import { cardsQuery } from '../queries.ts';

/** All cards of this device, each as its face. */
export function CardsScreen() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data, isError, error, refetch } = useQuery(cardsQuery);
  return (
    <TabPage
      tab="cards"
      title={t('cards.title')}
      actions={
        <Link
          to="/bind"
          aria-label={t('cards.add')}
          title={t('cards.add')}
          className="target inline-flex items-center justify-center rounded-card hover:bg-sunken"
        >
          <Plus size={24} strokeWidth={1.75} aria-hidden="true" />
        </Link>
      }
    >
      {isError && !data ? (
        <ErrorNotice error={error} assurance={t('loadFailed')} onRetry={() => void refetch()} />
      ) : null}
      {!data && !isError ? <Skeleton className="aspect-[1.586] w-full rounded-card" /> : null}
      {data?.length === 0 ? (
        <EmptyState
          icon={<WalletCards size={40} strokeWidth={1.5} aria-hidden="true" />}
          title={t('cards.empty')}
          detail={t('cards.emptyDetail')}
          action={
            <Link to="/bind" className={buttonClass('primary')}>
              {t('cards.add')}
            </Link>
          }
        />
      ) : null}
      {data && data.length > 0 ? (
        <Link to="/accounts" className={cx(buttonClass('secondary'), 'w-full')}>
          {t('cards.accounts')}
        </Link>
      ) : null}
      <ul className="mt-4 grid gap-4 sm:grid-cols-2">
        {data?.map((card) => (
          <li key={card.id} className="relative">
            <Link to="/cards/$cardId" params={{ cardId: card.id }} className="block rounded-card">
              <CardFace
                bankId={card.bank.id}
                bankName={bankName(card.bank, language)}
                tail={card.last4}
                kind={card.kind}
                isDefault={card.is_default}
              />
            </Link>
            <div className="absolute right-4 bottom-4">
              <BalancePeek card={card} />
            </div>
          </li>
        ))}
      </ul>
    </TabPage>
  );
}
