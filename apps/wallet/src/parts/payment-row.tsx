import type { Payment } from '@feiqian/contract';
import { Amount, Disc, formatTime, StatusBadge, useLanguage } from '@feiqian/ui';
import { Hourglass } from 'lucide-react';
import { spentOf } from '../record.ts';
import { summaryBankName } from './bank-name.ts';
import { RowLink } from './links.ts';

const settled = new Set(['captured']);

/** One payment in a list: payee, time and card; amount, and its state when that is not simply "paid". */
export function PaymentRow({ payment }: { payment: Payment }) {
  const language = useLanguage();
  const { card } = payment;
  const time = formatTime(payment.completed_at ?? payment.created_at, 'time', language);
  const paid = spentOf(payment) > 0 || payment.refunded_amount > 0;
  const open = payment.state === 'unknown' || payment.state === 'processing';
  return (
    <RowLink
      to="/records/$paymentId"
      params={{ paymentId: payment.id }}
      leading={
        <Disc tone={open ? 'amber' : 'ink'}>
          {open ? <Hourglass size={18} strokeWidth={1.75} /> : ([...payment.merchant.name][0] ?? '·')}
        </Disc>
      }
      title={payment.merchant.name}
      detail={card ? `${time} · ${summaryBankName(card, language)} ${card.last4}` : time}
      trailing={
        <Amount
          minor={paid ? -payment.captured_amount || -payment.authorised_amount : payment.amount}
          currency={payment.currency}
          struck={!paid && !open}
          tone={paid || open ? 'ink' : 'muted'}
        />
      }
      trailingDetail={settled.has(payment.state) ? undefined : <StatusBadge status={payment.state} />}
    />
  );
}
