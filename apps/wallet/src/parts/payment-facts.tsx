import type { Payment, Receipt } from '@feiqian/contract';
import { Amount, CardLine, Fact, formatTime, useLanguage } from '@feiqian/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { summaryBankName } from './bank-name.ts';

/** The facts of a payment, the few that matter on a result and all of them on a receipt. */
export function PaymentFacts({
  payment,
  receipt,
  brief,
}: {
  payment: Payment;
  receipt?: Receipt;
  brief?: boolean;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { card } = payment;
  const all = !brief;
  const facts: [string, ReactNode][] = [
    ['payee', payment.merchant.name],
    ['store', all || payment.store.name !== payment.merchant.name ? payment.store.name : null],
    ['city', all ? receipt?.merchant_city : null],
    [
      'card',
      card ? (
        <CardLine
          key="c"
          bankId={card.bank_id}
          bankName={summaryBankName(card, language)}
          tail={card.last4}
          kind={card.kind}
        />
      ) : null,
    ],
    ['method', all ? t(`entry.${payment.entry}`) : null],
    ['time', formatTime(payment.completed_at ?? payment.created_at, 'full', language)],
    [
      'refunded',
      payment.refunded_amount > 0 ? (
        <Amount key="r" minor={payment.refunded_amount} currency={payment.currency} size={14} />
      ) : null,
    ],
    ['order', payment.order_reference],
    ['description', payment.description],
    ['terminal', all ? payment.terminal : null],
    ['reference', payment.rrn],
    ['approval', all ? payment.approval_code : null],
    ['number', receipt?.number],
    [
      'id',
      all ? (
        <span key="i" className="break-all font-mono text-12">
          {payment.id}
        </span>
      ) : null,
    ],
  ];
  return (
    <dl className="divide-y divide-line">
      {facts.map(([name, value]) =>
        value ? (
          <Fact key={name} name={t(`facts.${name}`)}>
            {value}
          </Fact>
        ) : null,
      )}
    </dl>
  );
}
