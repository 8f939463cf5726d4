import type { Transfer } from '@feiqian/contract';
import { Amount, Badge, Disc, formatTime, type Tone, useLanguage } from '@feiqian/ui';
import { ArrowDownLeft, ArrowLeftRight, ArrowUpRight, Hourglass } from 'lucide-react';
import { isUnderWay } from '../transfer-queries.ts';
import { RowLink } from './links.ts';
import { useTransfersText } from './transfers-text.ts';

const signs = { own: ArrowLeftRight, in: ArrowDownLeft, out: ArrowUpRight };
const tones: Partial<Record<Transfer['state'], Tone>> = {
  completed: 'jade',
  declined: 'rose',
  returned: 'plain',
  cancelled: 'plain',
};

/** The colour of a state, always together with its word. */
export const toneOf = (state: Transfer['state']): Tone => tones[state] ?? 'amber';

/** "To 王*", "From 陈**", "To Yanhu ·· 0032". */
export function useTransferTitle(): (transfer: Transfer) => string {
  const t = useTransfersText();
  const language = useLanguage();
  return ({ direction, payer, payee }) => {
    const bank = language === 'en' ? payee.bank_name_en : payee.bank_name;
    if (direction === 'own') return t('toOwn', { name: `${bank ?? ''} ${payee.last4 ?? ''}`.trim() });
    if (direction === 'in') return t('from', { name: payer.name ?? t('someone') });
    return t('to', { name: payee.name ?? t('someone') });
  };
}

/** One transfer in a list. */
export function TransferRow({ transfer }: { transfer: Transfer }) {
  const t = useTransfersText();
  const language = useLanguage();
  const title = useTransferTitle();
  const { state, direction, amount, currency } = transfer;
  const Sign = isUnderWay(transfer) ? Hourglass : signs[direction];
  const moved = state === 'completed' || isUnderWay(transfer);
  const sign = direction === 'own' ? 'none' : 'always';
  return (
    <RowLink
      to="/transfers/$transferId"
      params={{ transferId: transfer.id }}
      leading={
        <Disc tone={isUnderWay(transfer) ? 'amber' : 'ink'}>
          <Sign size={18} strokeWidth={1.75} />
        </Disc>
      }
      title={title(transfer)}
      detail={formatTime(transfer.created_at, 'dayTime', language)}
      trailing={
        <Amount
          minor={direction === 'out' ? -amount : amount}
          currency={currency}
          sign={sign}
          struck={!moved}
          tone={moved ? (direction === 'in' ? 'jade' : 'ink') : 'muted'}
        />
      }
      trailingDetail={
        state === 'completed' ? undefined : <Badge tone={toneOf(state)}>{t(`state.${state}`)}</Badge>
      }
    />
  );
}
