import type { Receipt } from '@feiqian/contract';
import {
  Amount,
  Badge,
  Button,
  buttonClass,
  cx,
  ErrorNotice,
  formatTime,
  IconButton,
  Mark,
  Sheet,
  Skeleton,
  StatusBadge,
  toast,
  useLanguage,
  useUiText,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { CircleHelp, Printer } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { summaryBankName } from '../parts/bank-name.ts';
import { PaymentFacts } from '../parts/payment-facts.tsx';
import { useRequestsText } from '../parts/requests-text.ts';
import { InnerPage } from '../parts/tab-page.tsx';
import { cardsQuery, receiptQuery } from '../queries.ts';
import { isOpen, spentOf } from '../record.ts';

function Refunds({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (receipt.refunds.length === 0) return null;
  const tone = { pending: 'amber', succeeded: 'jade', failed: 'rose' } as const;
  return (
    <section className="border-line border-t pt-4">
      <h2 className="pb-1 font-semibold text-14">{t('receipt.refunds')}</h2>
      <ul className="divide-y divide-line">
        {receipt.refunds.map((refund) => (
          <li key={refund.id} className="flex items-center justify-between gap-3 py-2">
            <span className="min-w-0">
              <span className="block truncate text-14">{refund.reason}</span>
              <span className="block text-12 text-muted">
                {formatTime(refund.completed_at ?? refund.created_at, 'full', language)}
              </span>
            </span>
            <span className="flex shrink-0 flex-col items-end gap-1">
              <Amount minor={refund.amount} currency={refund.currency} sign="always" tone="jade" size={14} />
              <Badge tone={tone[refund.state]}>{t(`receipt.refundState.${refund.state}`)}</Badge>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Who can help with what; nothing here moves money. */
function Help({ receipt, open, onClose }: { receipt: Receipt; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const ui = useUiText();
  const language = useLanguage();
  const cards = useQuery(cardsQuery);
  const { payment } = receipt;
  const card = cards.data?.find(
    (one) => one.bank.id === payment.card?.bank_id && one.last4 === payment.card.last4,
  );
  const copy = () =>
    void navigator.clipboard
      ?.writeText(payment.id)
      .then(() => toast(ui('copied')))
      .catch(() => undefined);
  return (
    <Sheet open={open} onClose={onClose} title={t('receipt.help.title')}>
      <div className="flex flex-col gap-4">
        <section>
          <h3 className="font-semibold text-16">{t('receipt.help.merchant')}</h3>
          <p className="text-14 text-muted">
            {t('receipt.help.merchantDetail', { name: payment.merchant.name })}
          </p>
        </section>
        {payment.card ? (
          <section>
            <h3 className="font-semibold text-16">{t('receipt.help.bank')}</h3>
            <p className="text-14 text-muted">
              {t('receipt.help.bankDetail', { bank: summaryBankName(payment.card, language) })}
            </p>
            {card ? (
              <Link
                to="/cards/$cardId"
                params={{ cardId: card.id }}
                className={cx(buttonClass('secondary', { wide: true }), 'mt-2')}
              >
                {t('receipt.help.unbind')}
              </Link>
            ) : null}
          </section>
        ) : null}
        {isOpen(payment) ? (
          <section>
            <h3 className="font-semibold text-16">{t('receipt.help.state')}</h3>
            <p className="text-14 text-muted">{t('receipt.help.stateDetail')}</p>
          </section>
        ) : null}
        <Button kind="secondary" wide onClick={copy}>
          {t('receipt.help.copy')}
        </Button>
      </div>
    </Sheet>
  );
}

function Paper({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation();
  const { payment } = receipt;
  const moved = payment.captured_amount > 0 || payment.authorised_amount > 0 || isOpen(payment);
  return (
    <article className="flex flex-col gap-4 rounded-card border border-line bg-raised p-5 print:border-0">
      <header className="flex flex-col items-center gap-2 text-center">
        <Mark size={36} className="text-brand" />
        <p className="font-semibold text-16">{payment.merchant.name}</p>
        <Amount
          minor={payment.captured_amount || payment.amount}
          currency={payment.currency}
          size={40}
          tone={moved ? 'ink' : 'muted'}
          struck={!moved}
        />
        <StatusBadge status={payment.state} />
      </header>
      <PaymentFacts payment={payment} receipt={receipt} />
      <Refunds receipt={receipt} />
      <p className="border-line border-t pt-3 text-center text-12 text-muted">{t('receipt.footer')}</p>
    </article>
  );
}

/** The receipt of one payment; prints as a slip. */
export function ReceiptScreen() {
  const { t } = useTranslation();
  const { paymentId } = useParams({ from: '/signed-in/records/$paymentId' });
  const { data, isError, error, refetch } = useQuery(receiptQuery(paymentId));
  const [helping, setHelping] = useState(false);
  const ask = useRequestsText();
  return (
    <InnerPage
      title={t('receipt.title')}
      fallback="/records"
      actions={
        data ? (
          <IconButton label={t('receipt.print')} onClick={() => window.print()}>
            <Printer size={22} strokeWidth={1.75} aria-hidden="true" />
          </IconButton>
        ) : null
      }
    >
      {data ? (
        <>
          <Paper receipt={data} />
          {spentOf(data.payment) > 0 ? (
            <Link
              to="/split"
              search={{ payment: data.payment.id }}
              className={cx(buttonClass('secondary', { wide: true }), 'mt-4 print:hidden')}
            >
              {ask('splitThis')}
            </Link>
          ) : null}
          <Button
            kind="ghost"
            className="mt-4 print:hidden"
            icon={<CircleHelp size={18} strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => setHelping(true)}
          >
            {t('receipt.wrong')}
          </Button>
          <Help receipt={data} open={helping} onClose={() => setHelping(false)} />
        </>
      ) : isError ? (
        <ErrorNotice error={error} assurance={t('loadFailed')} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-120 w-full rounded-card" />
      )}
    </InnerPage>
  );
}
