import type { Payment } from '@feiqian/contract';
import {
  Amount,
  Button,
  buttonClass,
  ErrorNotice,
  PageShell,
  type ResultKind,
  ResultTick,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { declineWords } from '../parts/bank-name.ts';
import { PaymentFacts } from '../parts/payment-facts.tsx';
import { useSeconds } from '../parts/seconds.ts';
import { useTitle } from '../parts/tab-page.tsx';
import { paymentQuery } from '../queries.ts';
import { isOpen } from '../record.ts';
import { networkNow } from '../session.ts';

/** Which of the three outcomes a state is to the payer. */
function kindOf(payment: Payment): ResultKind {
  if (['captured', 'authorised', 'refunded', 'partially_refunded'].includes(payment.state)) return 'paid';
  if (isOpen(payment) || payment.state === 'created') return 'waiting';
  return payment.state === 'declined' ? 'declined' : 'closed';
}

/** A declined payment may be paid again with another card; one that a till collects must be scanned again. */
function mayPay(payment: Payment): boolean {
  const payable = payment.state === 'created' || payment.state === 'declined';
  return payable && payment.entry !== 'pay_code' && Date.parse(payment.expires_at) > networkNow();
}

const headings = { captured: 'paid' } as Record<string, string>;
const tones = { paid: 'text-jade', declined: 'text-rose', waiting: 'text-amber', closed: 'text-ink' };

/** The bank has not answered: calm, live, and never an error. */
function Waiting({ payment }: { payment: Payment }) {
  const { t } = useTranslation();
  useSeconds();
  const seconds = Math.max(0, Math.round((networkNow() - Date.parse(payment.updated_at)) / 1000));
  return (
    <div className="flex max-w-sm flex-col items-center gap-1 text-center">
      <p className="text-16 text-ink">{t('result.unknownDetail')}</p>
      <p aria-hidden="true" className="figures text-14 text-muted">
        {t('result.elapsed', { seconds })}
      </p>
    </div>
  );
}

/** What a refusal means and what to do now. */
function Refused({ payment }: { payment: Payment }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = declineWords(payment, language);
  const declined = payment.state === 'declined';
  return (
    <div className="w-full rounded-card border border-line bg-raised p-4 text-16">
      <p>{words || t(payment.state === 'reversed' ? 'result.reversedDetail' : 'result.notMoved')}</p>
      {declined && payment.entry === 'pay_code' ? (
        <p className="mt-2 text-14 text-muted">{t('result.nextPayCode')}</p>
      ) : null}
    </div>
  );
}

function Outcome({ payment }: { payment: Payment }) {
  const { t } = useTranslation();
  const kind = kindOf(payment);
  const heading = t(`result.${headings[payment.state] ?? payment.state}`);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus();
    if (kind !== 'waiting') navigator.vibrate?.(kind === 'paid' ? 60 : [40, 60, 40]);
  }, [kind]);
  return (
    <div className="flex flex-col items-center gap-4 pt-6">
      <ResultTick key={kind} kind={kind} size={88} />
      <h1
        ref={title}
        tabIndex={-1}
        aria-live="assertive"
        className={`font-semibold text-28 outline-none ${tones[kind]}`}
      >
        {heading}
      </h1>
      <Amount
        minor={payment.captured_amount || payment.amount}
        currency={payment.currency}
        size={56}
        tone={kind === 'declined' || kind === 'closed' ? 'muted' : 'ink'}
      />
      <p className="text-16 text-muted">{t('result.payTo', { name: payment.merchant.name })}</p>
      {isOpen(payment) ? <Waiting payment={payment} /> : null}
      {kind === 'declined' || kind === 'closed' ? <Refused payment={payment} /> : null}
      <div className="w-full rounded-card border border-line bg-raised px-4 py-1">
        <PaymentFacts payment={payment} brief />
      </div>
    </div>
  );
}

/** How a payment ended, or that it has not yet; follows the network until it has. */
export function ResultScreen() {
  const { t } = useTranslation();
  const { paymentId } = useParams({ from: '/signed-in/result/$paymentId' });
  useTitle(t('title'));
  const { data: payment, isError, error, refetch } = useQuery(paymentQuery(paymentId));
  const paid = payment ? kindOf(payment) === 'paid' : false;

  return (
    <PageShell
      header={<span />}
      foot={
        <div className="flex flex-col gap-2">
          {payment && mayPay(payment) ? (
            <Link
              to="/pay/$paymentId"
              params={{ paymentId }}
              replace
              className={buttonClass('primary', { wide: true, large: true })}
            >
              {t(payment.state === 'declined' ? 'result.retry' : 'result.payNow')}
            </Link>
          ) : null}
          <Link
            to="/"
            replace
            className={buttonClass(payment && mayPay(payment) ? 'secondary' : 'primary', {
              wide: true,
              large: true,
            })}
          >
            {t('result.done')}
          </Link>
          {paid ? (
            <Link
              to="/records/$paymentId"
              params={{ paymentId }}
              className={buttonClass('ghost', { wide: true })}
            >
              {t('result.receipt')}
            </Link>
          ) : null}
        </div>
      }
    >
      {payment ? <Outcome payment={payment} /> : null}
      {!payment && isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!payment && !isError ? <Skeleton className="mx-auto mt-12 size-24 rounded-pill" /> : null}
      {isError && payment ? (
        <Button kind="ghost" onClick={() => void refetch()}>
          {t('receipt.help.state')}
        </Button>
      ) : null}
    </PageShell>
  );
}
