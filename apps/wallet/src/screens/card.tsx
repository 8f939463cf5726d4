import type { Card } from '@feiqian/contract';
import {
  Amount,
  Button,
  CardFace,
  EmptyState,
  ErrorNotice,
  Fact,
  formatTime,
  Sheet,
  Skeleton,
  toast,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bankName, productName } from '../parts/bank-name.ts';
import { HiddenBalance } from '../parts/hidden-balance.tsx';
import { InnerPage } from '../parts/tab-page.tsx';
import { balanceQuery, cardsQuery } from '../queries.ts';
import { signed } from '../signed.ts';

/** The balance behind a tap, large, with its age; a credit card also shows what is used of its limit. */
function Balance({ card }: { card: Card }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const query = useQuery({ ...balanceQuery(card.id), enabled: shown });
  return (
    <div className="mt-4">
      <HiddenBalance
        label={card.kind === 'credit' ? t('balance.creditLabel') : t('balance.label')}
        action={shown ? t('balance.hide') : t('balance.show')}
        shown={shown}
        onToggle={() => setShown(!shown)}
        query={query}
      >
        {(data) =>
          data.credit_limit === null ? null : (
            <dl className="mt-2 divide-y divide-line border-line border-t">
              <Fact name={t('balance.owed')}>
                <Amount minor={data.owed ?? 0} currency={data.currency} size={14} />
              </Fact>
              <Fact name={t('balance.limit')}>
                <Amount minor={data.credit_limit} currency={data.currency} size={14} />
              </Fact>
            </dl>
          )
        }
      </HiddenBalance>
    </div>
  );
}

function Unbind({ card, open, onClose }: { card: Card; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const router = useRouter();
  const client = useQueryClient();
  const unbind = useMutation({
    mutationFn: () => signed.delete(`/v1/wallet/cards/${card.id}`),
    onSuccess: async () => {
      toast(t('cards.unbound'));
      await router.navigate({ to: '/cards', replace: true });
      await client.invalidateQueries({ queryKey: ['cards'] });
    },
  });
  return (
    <Sheet
      open={open}
      onClose={onClose}
      dismissible={!unbind.isPending}
      title={t('cards.unbindTitle', { name: `${bankName(card.bank, language)} ${card.last4}` })}
      description={t('cards.unbindDetail')}
      actions={
        <Button kind="danger" wide large busy={unbind.isPending} onClick={() => unbind.mutate()}>
          {t('cards.unbindConfirm')}
        </Button>
      }
    >
      {unbind.isError ? <ErrorNotice error={unbind.error} assurance={t('cards.failed')} /> : null}
    </Sheet>
  );
}

function Detail({ card }: { card: Card }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const client = useQueryClient();
  const [leaving, setLeaving] = useState(false);
  const makeDefault = useMutation({
    mutationFn: () => signed.post(`/v1/wallet/cards/${card.id}/default`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['cards'] });
      toast(t('cards.defaultDone'));
    },
  });
  return (
    <>
      <CardFace
        bankId={card.bank.id}
        bankName={bankName(card.bank, language)}
        tail={card.last4}
        kind={card.kind}
        isDefault={card.is_default}
      />
      <Balance card={card} />
      <dl className="mt-4 divide-y divide-line rounded-card border border-line bg-raised px-4 py-1">
        <Fact name={t('cards.bank')}>{bankName(card.bank, language)}</Fact>
        <Fact name={t('cards.product')}>{productName(card, language)}</Fact>
        <Fact name={t('cards.tail')}>
          <span className="figures">{card.last4}</span>
        </Fact>
        <Fact name={t('cards.boundAt')}>{formatTime(card.bound_at, 'full', language)}</Fact>
      </dl>
      <p className="mt-2 text-14 text-muted">{t('cards.tokenNote')}</p>
      {makeDefault.isError ? <ErrorNotice error={makeDefault.error} assurance={t('cards.failed')} /> : null}
      <div className="mt-6 flex flex-col gap-2">
        {card.is_default ? null : (
          <Button kind="secondary" wide busy={makeDefault.isPending} onClick={() => makeDefault.mutate()}>
            {t('cards.default')}
          </Button>
        )}
        <Button kind="danger" wide onClick={() => setLeaving(true)}>
          {t('cards.unbind')}
        </Button>
      </div>
      <Unbind card={card} open={leaving} onClose={() => setLeaving(false)} />
    </>
  );
}

/** One card: its face, its balance behind a tap, what it is, and what can be done with it. */
export function CardScreen() {
  const { t } = useTranslation();
  const { cardId } = useParams({ from: '/signed-in/cards/$cardId' });
  const cards = useQuery(cardsQuery);
  const card = cards.data?.find((one) => one.id === cardId);
  return (
    <InnerPage title={t('cards.detail')} fallback="/cards">
      {card ? <Detail card={card} /> : null}
      {cards.data && !card ? <EmptyState title={t('notFound.title')} detail={t('notFound.detail')} /> : null}
      {cards.isPending ? <Skeleton className="aspect-[1.586] w-full rounded-card" /> : null}
      {cards.isError && !cards.data ? (
        <ErrorNotice error={cards.error} onRetry={() => void cards.refetch()} />
      ) : null}
    </InnerPage>
  );
}
