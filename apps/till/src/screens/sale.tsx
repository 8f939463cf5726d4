import type { Payment, Refund } from '@feiqian/contract';
import {
  Amount,
  ApiError,
  Badge,
  Button,
  buttonClass,
  CardLine,
  EmptyState,
  ErrorNotice,
  Fact,
  formatMoney,
  formatTime,
  PageShell,
  Section,
  Sheet,
  Skeleton,
  StatusBadge,
  useLanguage,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Printer, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refundsQuery, saleQuery } from '../data.ts';
import { refundable } from '../model/totals.ts';
import { shopName, signOut, useMe } from '../session.ts';

/** One sale: how it stands, what it was, what was given back. */
export function SaleScreen() {
  const { t } = useTranslation();
  const { paymentId } = useParams({ from: '/sales/$paymentId' });
  const navigate = useNavigate();
  const sale = useQuery(saleQuery(paymentId), client);
  const missing = sale.error instanceof ApiError && (sale.error.status === 404 || sale.error.status === 400);
  return (
    <PageShell title={t('sale.title')} onBack={() => void navigate({ to: '/sales' })}>
      {sale.isPending ? (
        <div className="flex flex-col items-center gap-4 py-8">
          <Skeleton className="h-14 w-48" />
          <Skeleton className="h-64 w-full" />
        </div>
      ) : missing ? (
        <EmptyState title={t('sale.missing')} />
      ) : sale.isError ? (
        <ErrorNotice error={sale.error} onRetry={() => void sale.refetch()} />
      ) : (
        <Detail payment={sale.data} />
      )}
    </PageShell>
  );
}

function Detail({ payment }: { payment: Payment }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { decline, card } = payment;
  return (
    <>
      <div className="flex flex-col items-center gap-3 py-6 text-center">
        <Amount minor={payment.amount} currency={payment.currency} size={56} />
        <StatusBadge status={payment.state} />
        {payment.refunded_amount > 0 ? (
          <p className="text-14 text-muted">
            {t('sale.refundedOf', {
              amount: formatMoney(payment.refunded_amount, payment.currency, language),
            })}
          </p>
        ) : null}
        {decline ? (
          <p className="text-16">
            {language === 'en' ? decline.message : decline.message_zh} {t('result.notMoved')}
          </p>
        ) : null}
        {payment.state === 'unknown' ? <p className="text-16">{t('checking.unknownLead')}</p> : null}
        {payment.state === 'reversed' ? <p className="text-16">{t('result.reversedLead')}</p> : null}
      </div>
      <dl className="divide-y divide-line rounded-card border border-line bg-raised px-4 py-1">
        <Fact name={t('sale.order')}>{payment.order_reference ?? '—'}</Fact>
        <Fact name={t('sale.time')}>{formatTime(payment.created_at, 'full', language)}</Fact>
        <Fact name={t('sale.door')}>{t(`sale.entry.${payment.entry}`)}</Fact>
        {card ? (
          <Fact name={t('sale.card')}>
            <CardLine
              bankId={card.bank_id}
              bankName={language === 'en' ? card.bank_name_en : card.bank_name}
              kind={card.kind}
              tail={card.last4}
            />
          </Fact>
        ) : null}
        {payment.rrn ? <Fact name={t('sale.reference')}>{payment.rrn}</Fact> : null}
        {payment.approval_code ? <Fact name={t('sale.approval')}>{payment.approval_code}</Fact> : null}
        {payment.terminal ? <Fact name={t('sale.terminal')}>{payment.terminal}</Fact> : null}
        <Fact name={t('sale.id')}>
          <span className="break-all font-mono text-12">{payment.id}</span>
        </Fact>
      </dl>
      <Ways payment={payment} />
      {payment.refunded_amount > 0 || payment.captured_amount > 0 ? <Refunds paymentId={payment.id} /> : null}
    </>
  );
}

/** Receipt and refund; who may not refund learns whom to ask. */
function Ways({ payment }: { payment: Payment }) {
  const { t } = useTranslation();
  const me = useMe();
  const [asked, setAsked] = useState(false);
  const params = { paymentId: payment.id };
  if (payment.captured_amount === 0) return null;
  const refundLook = buttonClass('secondary', { wide: true });
  return (
    <div className="mt-4 grid grid-cols-2 gap-3">
      <Link
        to="/sales/$paymentId/receipt"
        params={params}
        className={buttonClass('secondary', { wide: true })}
      >
        <Printer size={20} strokeWidth={1.75} aria-hidden="true" />
        {t('sale.receipt')}
      </Link>
      {refundable(payment) === 0 ? null : me.may_refund ? (
        <Link to="/sales/$paymentId/refund" params={params} className={refundLook}>
          <RotateCcw size={20} strokeWidth={1.75} aria-hidden="true" />
          {t('sale.refund')}
        </Link>
      ) : (
        <Button
          kind="secondary"
          wide
          onClick={() => setAsked(true)}
          icon={<RotateCcw size={20} strokeWidth={1.75} aria-hidden="true" />}
        >
          {t('sale.refund')}
        </Button>
      )}
      <Sheet
        open={asked}
        onClose={() => setAsked(false)}
        title={t('sale.askTitle')}
        description={t('sale.ask', { store: shopName(me) })}
        actions={
          <Button kind="secondary" onClick={() => void signOut(true)}>
            {t('sale.askSwitch')}
          </Button>
        }
      >
        <p className="text-14 text-muted">{t('sale.askKeep')}</p>
      </Sheet>
    </div>
  );
}

const refundTones = { pending: 'amber', succeeded: 'jade', failed: 'rose' } as const;

function Refunds({ paymentId }: { paymentId: string }) {
  const { t } = useTranslation();
  const refunds = useQuery(refundsQuery(paymentId), client);
  const all = refunds.data?.data ?? [];
  if (all.length === 0) return null;
  return (
    <Section title={t('sale.refunds')}>
      <ul className="divide-y divide-line rounded-card border border-line bg-raised">
        {all.map((refund) => (
          <RefundRow key={refund.id} refund={refund} />
        ))}
      </ul>
    </Section>
  );
}

function RefundRow({ refund }: { refund: Refund }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <li className="flex items-center justify-between gap-4 px-4 py-3">
      <span className="min-w-0">
        <span className="block truncate text-16">{refund.reason}</span>
        <span className="figures block text-14 text-muted">
          {formatTime(refund.created_at, 'dayTime', language)}
        </span>
      </span>
      <span className="flex shrink-0 flex-col items-end gap-1">
        <Amount minor={refund.amount} currency={refund.currency} size={20} sign="none" />
        <Badge tone={refundTones[refund.state]}>{t(`sale.refundState.${refund.state}`)}</Badge>
      </span>
    </li>
  );
}
