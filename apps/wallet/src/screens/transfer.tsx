import type { Transfer, TransferLeg } from '@feiqian/contract';
import {
  Amount,
  Button,
  buttonClass,
  ErrorNotice,
  Fact,
  formatMoney,
  formatTime,
  type ResultKind,
  ResultTick,
  Skeleton,
  toast,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { InnerPage } from '../parts/tab-page.tsx';
import { useTransferTitle } from '../parts/transfer-row.tsx';
import { useTransfersText } from '../parts/transfers-text.ts';
import { signed } from '../signed.ts';
import { isUnderWay, transferQuery } from '../transfer-queries.ts';

function kindOf(transfer: Transfer): ResultKind {
  if (transfer.state === 'completed') return 'paid';
  if (isUnderWay(transfer)) return 'waiting';
  return transfer.state === 'declined' ? 'declined' : 'closed';
}

function Leg({ leg, name }: { leg: TransferLeg; name: 'debit' | 'credit' }) {
  const t = useTransfersText();
  const language = useLanguage();
  const bank = language === 'en' ? leg.bank_name_en : leg.bank_name;
  return (
    <Fact name={t(name, { bank })}>
      <span
        className={leg.state === 'done' ? 'text-jade' : leg.state === 'refused' ? 'text-rose' : 'text-ink'}
      >
        {t(`leg.${leg.state}`)}
      </span>
    </Fact>
  );
}

/** What a bank or the network said of a transfer that did not arrive, and which limit it was. */
function Reason({ transfer }: { transfer: Transfer }) {
  const t = useTransfersText();
  const language = useLanguage();
  const { decline, limit, state } = transfer;
  const words = decline && (language === 'en' ? decline.message : decline.message_zh);
  const money = (minor: number) => formatMoney(minor, transfer.currency, language);
  return (
    <div className="flex w-full flex-col gap-2 rounded-card border border-line bg-raised p-4 text-16">
      <p>
        {state === 'declined' || state === 'returning'
          ? (words ?? t(`stateDetail.${state}`))
          : t(`stateDetail.${state}`)}
      </p>
      {state === 'returned' && words ? <p className="text-14 text-muted">{words}</p> : null}
      {limit && limit.max !== null && limit.left !== null ? (
        <p className="text-14 text-muted">
          {t(limit.until ? 'limitUntil' : 'limit', {
            max: money(limit.max),
            left: money(limit.left),
            until: limit.until ? formatTime(limit.until, 'dayTime', language) : '',
          })}
        </p>
      ) : null}
    </div>
  );
}

function Facts({ transfer }: { transfer: Transfer }) {
  const t = useTransfersText();
  const language = useLanguage();
  const { payer, payee, note, debit, credit } = transfer;
  const bank = (card: { bank_name: string; bank_name_en: string; last4: string }) =>
    `${language === 'en' ? card.bank_name_en : card.bank_name} ${card.last4}`;
  const time = (at: string) => formatTime(at, 'full', language);
  return (
    <dl className="w-full divide-y divide-line rounded-card border border-line bg-raised px-4 py-1">
      {debit ? <Leg leg={debit} name="debit" /> : null}
      {credit ? <Leg leg={credit} name="credit" /> : null}
      {payer.card ? <Fact name={t('fromCard')}>{bank(payer.card)}</Fact> : null}
      {payer.name ? <Fact name={t('payer')}>{payer.name}</Fact> : null}
      {payee.name ? <Fact name={t('payee')}>{payee.name}</Fact> : null}
      {note ? <Fact name={t('note')}>{note}</Fact> : null}
      {transfer.scheduled_at ? <Fact name={t('scheduled')}>{time(transfer.scheduled_at)}</Fact> : null}
      <Fact name={t('created')}>{time(transfer.created_at)}</Fact>
      {transfer.completed_at ? <Fact name={t('completed')}>{time(transfer.completed_at)}</Fact> : null}
      {(credit?.rrn ?? debit?.rrn) ? <Fact name={t('reference')}>{credit?.rrn ?? debit?.rrn}</Fact> : null}
    </dl>
  );
}

function CancelButton({ transfer }: { transfer: Transfer }) {
  const t = useTransfersText();
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => signed.post<Transfer>(`/v1/wallet/transfers/${transfer.id}/cancel`),
    onSuccess: (after) => {
      client.setQueryData(['transfer', after.id], after);
      void client.invalidateQueries({ queryKey: ['transfers'] });
      toast(t('cancelled'));
    },
  });
  return (
    <>
      {cancel.isError ? <ErrorNotice error={cancel.error} title={t('cancelFailed')} /> : null}
      <Button kind="secondary" wide large busy={cancel.isPending} onClick={() => cancel.mutate()}>
        {t('cancel')}
      </Button>
    </>
  );
}

/** How a transfer stands: both legs, live until it has ended. */
export function TransferScreen() {
  const t = useTransfersText();
  const title = useTransferTitle();
  const { transferId } = useParams({ from: '/signed-in/transfers/$transferId' });
  const { data: transfer, isError, error, refetch } = useQuery(transferQuery(transferId));
  return (
    <InnerPage
      title={t('title')}
      fallback="/transfers"
      foot={
        <div className="flex flex-col gap-2">
          {transfer?.state === 'scheduled' ? <CancelButton transfer={transfer} /> : null}
          <Link to="/" replace className={buttonClass('primary', { wide: true, large: true })}>
            {t('done')}
          </Link>
        </div>
      }
    >
      {transfer ? (
        <div className="flex flex-col items-center gap-4 pt-4">
          <ResultTick key={kindOf(transfer)} kind={kindOf(transfer)} size={72} />
          <h2 aria-live="polite" className="font-semibold text-28">
            {t(`state.${transfer.state}`)}
          </h2>
          <Amount minor={transfer.amount} currency={transfer.currency} size={56} />
          <p className="text-16 text-muted">{title(transfer)}</p>
          {transfer.state === 'completed' ? null : <Reason transfer={transfer} />}
          <Facts transfer={transfer} />
        </div>
      ) : null}
      {!transfer && isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!transfer && !isError ? <Skeleton className="mx-auto mt-12 size-24 rounded-pill" /> : null}
    </InnerPage>
  );
}
