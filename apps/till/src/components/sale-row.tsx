import type { Payment } from '@feiqian/contract';
import { Amount, formatTime, ListRow, StatusBadge, useLanguage } from '@feiqian/ui';
import { useNavigate } from '@tanstack/react-router';

/** States in which no money is the merchant's; the amount is then struck or grey. */
const lost = new Set(['declined', 'cancelled', 'expired', 'reversed']);

/** A sale in a list: when, what for, how much, how it stands. */
export function SaleRow({ payment }: { payment: Payment }) {
  const language = useLanguage();
  const navigate = useNavigate();
  const detail = [payment.card && `•• ${payment.card.last4}`, payment.order_reference].filter(Boolean);
  return (
    <ListRow
      href={`/till/sales/${payment.id}`}
      onClick={(event) => {
        event.preventDefault();
        void navigate({ to: '/sales/$paymentId', params: { paymentId: payment.id } });
      }}
      title={
        <span className="flex items-center gap-2">
          <span className="figures">{formatTime(payment.created_at, 'time', language)}</span>
          <StatusBadge status={payment.state} />
        </span>
      }
      detail={<span className="figures">{detail.join(' · ')}</span>}
      trailing={
        <Amount
          minor={payment.amount}
          currency={payment.currency}
          size={20}
          sign="none"
          tone={lost.has(payment.state) ? 'muted' : 'ink'}
          struck={lost.has(payment.state)}
        />
      }
      chevron
    />
  );
}
