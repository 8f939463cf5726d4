import type { Card, Payment } from '@feiqian/contract';
import {
  Amount,
  ApiError,
  Button,
  buttonClass,
  CardLine,
  EmptyState,
  ErrorNotice,
  Fact,
  formatMoney,
  Sheet,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import { BadgeCheck, ChevronDown } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { host, useAsking } from '../asking.ts';
import { queryClient } from '../client.ts';
import { takeNews } from '../live.ts';
import { bankName, declineWords } from '../parts/bank-name.ts';
import { CardPicker, useChosenCard } from '../parts/card-picker.tsx';
import { useOnline } from '../parts/online.ts';
import { useSeconds } from '../parts/seconds.ts';
import { InnerPage } from '../parts/tab-page.tsx';
import { VerifyPanel } from '../parts/verify-panel.tsx';
import { cardsQuery, paymentQuery } from '../queries.ts';
import { networkNow } from '../session.ts';
import { signed } from '../signed.ts';

/** A bank that answers within this is not worth a waiting screen. */
const quickBankMs = 2500;

/** Answers after which the outcome must be watched, not tried again. */
const watchCodes = new Set(['payment_in_progress', 'request_in_flight', 'unknown_outcome']);

function usePay(payment: Payment | undefined) {
  const router = useRouter();
  /** One key per payment and card: pressing again after a lost answer pays once. */
  const attempt = useRef({ cardId: '', key: '' });
  const watch = (id: string) =>
    router.navigate({ to: '/result/$paymentId', params: { paymentId: id }, replace: true });
  return useMutation({
    mutationFn: (card: Card) => {
      if (!payment) throw new Error('no payment');
      if (attempt.current.cardId !== card.id) attempt.current = { cardId: card.id, key: crypto.randomUUID() };
      return signed.post<Payment>(
        `/v1/wallet/payments/${payment.id}/pay`,
        { card_id: card.id },
        { idempotencyKey: attempt.current.key },
      );
    },
    onSuccess: (paid) => {
      takeNews(paid);
      void watch(paid.id);
    },
    onError: (error) => {
      if (!payment || !(error instanceof ApiError)) return;
      const unreached = error.code === 'network_unreachable' && !navigator.onLine;
      if (unreached || !(error.unanswered || watchCodes.has(error.code))) return;
      void queryClient.invalidateQueries({ queryKey: ['payment', payment.id] });
      void watch(payment.id);
    },
  });
}

/** Minutes and seconds until the payment ends, while that is near. */
function ExpiresIn({ at }: { at: string }) {
  const { t } = useTranslation();
  useSeconds();
  const seconds = Math.max(0, Math.round((Date.parse(at) - networkNow()) / 1000));
  if (seconds > 3600) return null;
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return <p className="figures text-center text-14 text-muted">{t('confirm.expiresIn', { time })}</p>;
}

interface OrderProps {
  payment: Payment;
  card: Card | undefined;
  onChange: () => void;
}

function Order({ payment, card, onChange }: OrderProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <>
      <div className="flex flex-col items-center gap-1 pb-4 text-center">
        <p className="text-14 text-muted">{t('confirm.payee')}</p>
        <p className="font-semibold text-20">{payment.merchant.name}</p>
        <p className="inline-flex items-center gap-1 text-14 text-jade">
          <BadgeCheck size={16} strokeWidth={1.75} aria-hidden="true" />
          {t('confirm.verified')}
        </p>
        <Amount minor={payment.amount} currency={payment.currency} size={56} className="mt-3" />
        {payment.capture === 'manual' ? <p className="text-14 text-amber">{t('confirm.preauth')}</p> : null}
      </div>
      <dl className="divide-y divide-line border-line border-t">
        {payment.store.name === payment.merchant.name ? null : (
          <Fact name={t('confirm.store')}>{payment.store.name}</Fact>
        )}
        {payment.order_reference ? <Fact name={t('confirm.order')}>{payment.order_reference}</Fact> : null}
        {payment.description ? <Fact name={t('confirm.description')}>{payment.description}</Fact> : null}
        {card ? (
          <Fact name={t('confirm.card')}>
            <button
              type="button"
              onClick={onChange}
              className="target -my-2 inline-flex items-center gap-2 text-ink"
            >
              <span className="sr-only">{t('confirm.change')}</span>
              <CardLine
                bankId={card.bank.id}
                bankName={bankName(card.bank, language)}
                tail={card.last4}
                kind={card.kind}
              />
              <ChevronDown size={18} strokeWidth={1.75} aria-hidden="true" className="text-muted" />
            </button>
          </Fact>
        ) : null}
      </dl>
    </>
  );
}

interface ActionsProps {
  payment: Payment;
  noCards: boolean;
  busy: boolean;
  disabled: boolean;
  onPay: () => void;
}

function Actions({ payment, noCards, busy, disabled, onPay }: ActionsProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const amount = formatMoney(payment.amount, payment.currency, language);
  if (noCards) {
    return (
      <Link
        to="/bind"
        search={{ pay: payment.id }}
        className={buttonClass('primary', { wide: true, large: true })}
      >
        {t('home.addCard')}
      </Link>
    );
  }
  return (
    <>
      <Button large wide busy={busy} disabled={disabled} onClick={onPay}>
        {busy ? t('confirm.paying') : t('confirm.pay', { amount })}
      </Button>
      <ExpiresIn at={payment.expires_at} />
    </>
  );
}

function ConfirmSheet({ payment }: { payment: Payment }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const router = useRouter();
  const online = useOnline();
  const cards = useQuery(cardsQuery);
  const [card, choose] = useChosenCard(cards.data);
  const [choosing, setChoosing] = useState(false);
  const pay = usePay(payment);
  const busy = pay.isPending || payment.state === 'processing';
  const asking = useAsking();
  useEffect(() => host(), []);

  const close = () => {
    if (choosing) setChoosing(false);
    else if (router.history.canGoBack()) router.history.back();
    else void router.navigate({ to: '/' });
  };

  return (
    <Sheet
      open
      onClose={close}
      dismissible={!busy}
      title={choosing ? t('confirm.chooseCard') : t('confirm.title')}
      actions={
        choosing || asking ? null : (
          <Actions
            payment={payment}
            noCards={cards.data?.length === 0}
            busy={busy}
            disabled={!card || !online}
            onPay={() => card && pay.mutate(card)}
          />
        )
      }
    >
      {asking ? <VerifyPanel key={asking.verification.id} asking={asking} /> : null}
      {asking ? null : choosing && cards.data ? (
        <CardPicker
          cards={cards.data}
          chosen={card?.id}
          forPayment={payment.id}
          onChoose={(next) => {
            choose(next);
            setChoosing(false);
            pay.reset();
          }}
        />
      ) : (
        <>
          {payment.decline ? (
            <p role="status" className="mb-4 rounded-card bg-rose-soft p-3 text-14 text-rose">
              {declineWords(payment, language) || t('confirm.again')}
            </p>
          ) : null}
          <Order payment={payment} card={card} onChange={() => setChoosing(true)} />
          {cards.data?.length === 0 ? (
            <p className="pt-3 text-14 text-muted">{t('confirm.noCards')}</p>
          ) : null}
          {online ? null : (
            <p role="status" className="mt-3 rounded-card bg-amber-soft p-3 text-14 text-amber">
              {t('confirm.offline')}
            </p>
          )}
          {pay.isError && !pay.isPending ? (
            <div className="mt-3">
              <ErrorNotice error={pay.error} title={t('confirm.failed')} />
            </div>
          ) : null}
        </>
      )}
    </Sheet>
  );
}

/** One payment to confirm: from a scanned code, an amount typed, or a payment link. */
export function PayScreen() {
  const { t } = useTranslation();
  const router = useRouter();
  const { paymentId } = useParams({ from: '/signed-in/pay/$paymentId' });
  const { data: payment, isError, error, refetch } = useQuery(paymentQuery(paymentId));
  const settled = payment !== undefined && payment.state !== 'created' && payment.state !== 'declined';
  const processing = payment?.state === 'processing';

  useEffect(() => {
    if (!settled) return;
    const leave = () =>
      void router.navigate({ to: '/result/$paymentId', params: { paymentId }, replace: true });
    const timer = setTimeout(leave, processing ? quickBankMs : 0);
    return () => clearTimeout(timer);
  }, [settled, processing, paymentId, router]);

  return (
    <InnerPage title={t('confirm.title')}>
      {isError && !payment ? (
        <ErrorNotice error={error} assurance={t('confirm.notMoved')} onRetry={() => void refetch()} />
      ) : null}
      {!payment && !isError ? (
        <div className="flex flex-col items-center gap-4 pt-16">
          <Skeleton className="h-6 w-40" />
          <Skeleton className="h-14 w-56" />
        </div>
      ) : null}
      {payment ? <EmptyState title={payment.merchant.name} detail={t('confirm.hint')} /> : null}
      {payment && (!settled || processing) ? <ConfirmSheet payment={payment} /> : null}
    </InnerPage>
  );
}
