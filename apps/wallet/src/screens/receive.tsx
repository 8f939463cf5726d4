import type { Receiving } from '@feiqian/contract';
import { Button, EmptyState, ErrorNotice, List, QrCode, Section, Skeleton, toast } from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CardChoices } from '../parts/card-picker.tsx';
import { InnerPage } from '../parts/tab-page.tsx';
import { useTransfersText } from '../parts/transfers-text.ts';
import { cardsQuery } from '../queries.ts';
import { signed } from '../signed.ts';
import { receivingQuery } from '../transfer-queries.ts';

function useChoose() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { card_id: string; new_code?: boolean }) =>
      signed.put<Receiving>('/v1/wallet/receiving', body),
    onSuccess: (after) => client.setQueryData(receivingQuery.queryKey, after),
  });
}

/** The personal receive code and the card behind it. */
export function ReceiveScreen() {
  const t = useTransfersText();
  const receiving = useQuery(receivingQuery);
  const cards = useQuery(cardsQuery);
  const choose = useChoose();
  const { data } = receiving;
  const debit = cards.data?.filter((c) => c.kind === 'debit') ?? [];
  const chosen = debit.find((c) => c.bank.id === data?.card?.bank_id && c.last4 === data?.card?.last4);
  const copy = (link: string) =>
    void navigator.clipboard
      ?.writeText(link)
      .then(() => toast(t('copied')))
      .catch(() => undefined);
  return (
    <InnerPage title={t('receive')} fallback="/transfers">
      {data?.link ? (
        <div className="flex flex-col items-center gap-3 pt-2">
          <QrCode text={data.link} label={t('receiveCode')} className="w-64 max-w-full" />
          <p className="text-14 text-muted">{t('receiveCodeLead')}</p>
          <div className="flex flex-wrap justify-center gap-2">
            <Button kind="secondary" onClick={() => copy(data.link as string)}>
              {t('copy')}
            </Button>
            {chosen ? (
              <Button
                kind="ghost"
                busy={choose.isPending}
                onClick={() =>
                  choose.mutate(
                    { card_id: chosen.id, new_code: true },
                    { onSuccess: () => toast(t('newCodeDone')) },
                  )
                }
              >
                {t('newCode')}
              </Button>
            ) : null}
          </div>
        </div>
      ) : null}
      {data && !data.link ? <EmptyState title={t('receiveChoose')} detail={t('receiveNone')} /> : null}
      {receiving.isError ? (
        <ErrorNotice error={receiving.error} onRetry={() => void receiving.refetch()} />
      ) : null}
      {choose.isError ? <ErrorNotice error={choose.error} title={t('receiveFailed')} /> : null}
      <Section title={t('receiveCard')}>
        <p className="pb-2 text-14 text-muted">{t('receiveLead')}</p>
        {cards.data ? (
          <List label={t('receiveChoose')}>
            <CardChoices
              cards={debit}
              chosen={chosen?.id}
              onChoose={(card) => choose.mutate({ card_id: card.id })}
            />
          </List>
        ) : (
          <Skeleton className="h-32 w-full rounded-card" />
        )}
      </Section>
    </InnerPage>
  );
}
