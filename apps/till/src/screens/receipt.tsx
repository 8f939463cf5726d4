import type { Receipt } from '@feiqian/contract';
import {
  Button,
  ErrorNotice,
  formatMoney,
  formatTime,
  Mark,
  PageShell,
  Skeleton,
  useLanguage,
  useUiText,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Printer } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { cardWords } from '../components/card-words.ts';
import { client, receiptQuery } from '../data.ts';

/** The receipt as it is printed: a strip of 80 mm, black on white. */
export function ReceiptScreen() {
  const { t } = useTranslation();
  const { paymentId } = useParams({ from: '/sales/$paymentId/receipt' });
  const navigate = useNavigate();
  const receipt = useQuery(receiptQuery(paymentId), client);
  return (
    <PageShell
      title={t('receipt.title')}
      onBack={() => void navigate({ to: '/sales/$paymentId', params: { paymentId } })}
      className="items-center print:items-start print:p-0"
      surface="bg-ground print:bg-white"
      foot={
        <Button
          wide
          large
          disabled={!receipt.data}
          onClick={() => window.print()}
          icon={<Printer size={22} strokeWidth={1.75} aria-hidden="true" />}
        >
          {t('receipt.print')}
        </Button>
      }
    >
      <style>{'@page { margin: 4mm }'}</style>
      {receipt.isPending ? (
        <Skeleton className="h-96 w-72" />
      ) : receipt.isError ? (
        <ErrorNotice error={receipt.error} onRetry={() => void receipt.refetch()} />
      ) : (
        <Strip receipt={receipt.data} />
      )}
    </PageShell>
  );
}

function Strip({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation();
  const ui = useUiText();
  const language = useLanguage();
  const { payment, refunds } = receipt;
  const money = (minor: number) => formatMoney(minor, payment.currency, language, 'none');
  const done = refunds.filter((refund) => refund.state !== 'failed');
  const line = (name: string, value: string | null) =>
    value === null ? null : (
      <div className="flex justify-between gap-4 py-0.5">
        <dt className="shrink-0">{name}</dt>
        <dd className="min-w-0 break-words text-right">{value}</dd>
      </div>
    );
  const { card } = payment;
  return (
    <article className="figures w-full max-w-80 border border-line bg-white p-5 text-14 text-black print:max-w-[72mm] print:border-0 print:p-0">
      <header className="flex flex-col items-center gap-1 border-black border-b border-dashed pb-3 text-center">
        <Mark size={32} />
        <p className="font-semibold text-16">{payment.merchant.name}</p>
        <p>{payment.store.name}</p>
        <p>{receipt.merchant_city}</p>
        <h2 className="pt-2 font-semibold">
          {t('receipt.heading')} · {t('receipt.copy')}
        </h2>
      </header>
      <dl className="border-black border-b border-dashed py-3">
        {line(t('receipt.number'), receipt.number)}
        {line(t('sale.time'), formatTime(payment.completed_at ?? payment.created_at, 'full', language))}
        {line(t('sale.order'), payment.order_reference)}
        {line(t('sale.terminal'), payment.terminal)}
        {line(t('sale.card'), card && cardWords(card, language))}
        {line(t('sale.reference'), payment.rrn)}
        {line(t('sale.approval'), payment.approval_code)}
        {line(t('receipt.state'), ui(`status.${payment.state}`))}
      </dl>
      <dl className="py-3">
        <div className="flex items-baseline justify-between gap-4">
          <dt>{t('receipt.amount')}</dt>
          <dd className="font-semibold text-28">{money(payment.amount)}</dd>
        </div>
        {done.map((refund) => (
          <div key={refund.id} className="flex justify-between gap-4 py-0.5">
            <dt>
              {t('receipt.refund')} {formatTime(refund.created_at, 'dayTime', language)}
            </dt>
            <dd>−{money(refund.amount)}</dd>
          </div>
        ))}
        {done.length > 0
          ? line(t('receipt.net'), money(payment.captured_amount - payment.refunded_amount))
          : null}
      </dl>
      <p className="border-black border-t border-dashed pt-3 text-center">{t('receipt.thanks')}</p>
    </article>
  );
}
