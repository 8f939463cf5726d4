import type { Card, MoneyRequest, Transfer } from '@feiqian/contract';
import {
  Amount,
  ApiError,
  Button,
  buttonClass,
  Disc,
  ErrorNotice,
  Fact,
  formatMoney,
  formatTime,
  SelectField,
  Skeleton,
  toast,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import { HandCoins } from 'lucide-react';
import { useRef, useState } from 'react';
import { bankName } from '../parts/bank-name.ts';
import { useOnline } from '../parts/online.ts';
import { otherOf, RequestBadge } from '../parts/request-row.tsx';
import { useRequestsText } from '../parts/requests-text.ts';
import { InnerPage, OfflineNote } from '../parts/tab-page.tsx';
import { cardsQuery } from '../queries.ts';
import { requestQuery } from '../request-queries.ts';
import { signed } from '../signed.ts';

/** The payer waits for two banks. */
const payMsMax = 20_000;

/** Says no, or takes back. */
function useEnd(request: MoneyRequest, way: 'decline' | 'withdraw') {
  const t = useRequestsText();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => signed.post<MoneyRequest>(`/v1/wallet/requests/${request.id}/${way}`),
    onSuccess: () => toast(t(way === 'decline' ? 'declined' : 'withdrawn')),
    onSettled: () => client.invalidateQueries({ queryKey: ['requests'] }),
  });
}

function usePay(request: MoneyRequest) {
  const router = useRouter();
  const client = useQueryClient();
  /** One key for one card: pressing again after a lost answer pays once. */
  const attempt = useRef({ card: '', key: '' });
  return useMutation({
    mutationFn: (card: Card) => {
      if (attempt.current.card !== card.id) attempt.current = { card: card.id, key: crypto.randomUUID() };
      return signed.post<Transfer>(
        `/v1/wallet/requests/${request.id}/pay`,
        { from_card_id: card.id },
        { idempotencyKey: attempt.current.key, timeoutMs: payMsMax },
      );
    },
    onSuccess: (transfer) => {
      client.setQueryData(['transfer', transfer.id], transfer);
      void router.navigate({
        to: '/transfers/$transferId',
        params: { transferId: transfer.id },
        replace: true,
      });
    },
    onSettled: () => {
      for (const key of ['requests', 'transfers', 'balance'])
        void client.invalidateQueries({ queryKey: [key] });
    },
  });
}

/** Pays or says no. */
function Answer({ request }: { request: MoneyRequest }) {
  const t = useRequestsText();
  const language = useLanguage();
  const online = useOnline();
  const cards = useQuery(cardsQuery);
  const mine = (cards.data ?? []).filter((c) => c.kind === 'debit');
  const [chosen, setChosen] = useState('');
  const card = mine.find((c) => c.id === chosen) ?? mine.find((c) => c.is_default) ?? mine[0];
  const pay = usePay(request);
  const decline = useEnd(request, 'decline');
  const unanswered = pay.error instanceof ApiError && pay.error.unanswered;
  return (
    <div className="flex w-full flex-col gap-4">
      <SelectField
        label={t('fromCard')}
        value={card?.id ?? ''}
        onChange={(event) => setChosen(event.target.value)}
        options={mine.map((c) => ({ value: c.id, label: `${bankName(c.bank, language)} ${c.last4}` }))}
      />
      {pay.isError && !pay.isPending ? (
        <ErrorNotice error={pay.error} assurance={unanswered ? undefined : t('notMoved')} />
      ) : null}
      {decline.isError ? <ErrorNotice error={decline.error} /> : null}
      <Button
        large
        wide
        busy={pay.isPending}
        disabled={!card || !online || decline.isPending}
        onClick={() => card && pay.mutate(card)}
      >
        {pay.isPending
          ? t('paying')
          : t('pay', { amount: formatMoney(request.amount, request.currency, language) })}
      </Button>
      <Button
        kind="secondary"
        large
        wide
        busy={decline.isPending}
        disabled={!online || pay.isPending}
        onClick={() => decline.mutate()}
      >
        {t('decline')}
      </Button>
    </div>
  );
}

function Withdraw({ request }: { request: MoneyRequest }) {
  const t = useRequestsText();
  const withdraw = useEnd(request, 'withdraw');
  return (
    <div className="flex w-full flex-col gap-4">
      {withdraw.isError ? <ErrorNotice error={withdraw.error} /> : null}
      <Button kind="secondary" large wide busy={withdraw.isPending} onClick={() => withdraw.mutate()}>
        {t('withdraw')}
      </Button>
    </div>
  );
}

function Facts({ request }: { request: MoneyRequest }) {
  const t = useRequestsText();
  const language = useLanguage();
  const time = (at: string) => formatTime(at, 'full', language);
  const { direction, asker, asked } = request;
  const other = direction === 'in' ? asker : asked;
  return (
    <dl className="w-full divide-y divide-line rounded-card border border-line bg-raised px-4 py-1">
      <Fact name={t(direction === 'in' ? 'asker' : 'asked')}>
        {other.name && other.name !== other.mobile ? `${other.name} · ${other.mobile}` : other.mobile}
      </Fact>
      {request.note ? <Fact name={t('note')}>{request.note}</Fact> : null}
      <Fact name={t('created')}>{time(request.created_at)}</Fact>
      {request.ended_at ? (
        <Fact name={t('ended')}>{time(request.ended_at)}</Fact>
      ) : (
        <Fact name={t('expires')}>{time(request.expires_at)}</Fact>
      )}
    </dl>
  );
}

function Body({ request }: { request: MoneyRequest }) {
  const t = useRequestsText();
  const { direction, state } = request;
  return (
    <div className="flex flex-col items-center gap-4 pt-4">
      <Disc tone="brand">
        <HandCoins size={20} strokeWidth={1.75} />
      </Disc>
      <h2 className="text-center text-16">
        {t(direction === 'in' ? 'from' : 'to', { name: otherOf(request) })}
      </h2>
      <Amount minor={request.amount} currency={request.currency} size={56} />
      <div aria-live="polite" className="flex flex-col items-center gap-2 text-center">
        <RequestBadge state={state} />
        <p className="max-w-sm text-14 text-muted">{t(`${direction}Detail.${state}`)}</p>
      </div>
      <Facts request={request} />
      {state === 'asked' ? (
        direction === 'in' ? (
          <Answer request={request} />
        ) : (
          <Withdraw request={request} />
        )
      ) : null}
      {request.transfer_id ? (
        <Link
          to="/transfers/$transferId"
          params={{ transferId: request.transfer_id }}
          className={buttonClass('secondary', { wide: true, large: true })}
        >
          {t('transfer')}
        </Link>
      ) : null}
      {request.split_id ? (
        <Link
          to="/splits/$splitId"
          params={{ splitId: request.split_id }}
          className={buttonClass('secondary', { wide: true, large: true })}
        >
          {t('bill')}
        </Link>
      ) : null}
    </div>
  );
}

/** One request, live: to be paid or declined by who is asked, to be taken back by who asks. */
export function RequestScreen() {
  const t = useRequestsText();
  const { requestId } = useParams({ from: '/signed-in/requests/$requestId' });
  const { data, isError, error, refetch } = useQuery(requestQuery(requestId));
  return (
    <InnerPage title={t('one')} fallback="/transfers">
      <OfflineNote />
      {data ? <Body request={data} /> : null}
      {!data && isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Skeleton className="h-80 w-full rounded-card" /> : null}
    </InnerPage>
  );
}
