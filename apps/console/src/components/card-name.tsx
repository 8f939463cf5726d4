import type { Payment } from '@feiqian/contract';
import { bankFaceClass, cx, useUiText } from '@feiqian/ui';
import { usePick } from '../words.ts';

/** A card in one line: the bank's colour and name, the kind, the last four digits. A dash for none yet. */
export function CardName({ card, long = false }: { card: Payment['card']; long?: boolean }) {
  const pick = usePick();
  const ui = useUiText();
  if (card === null) return <span className="text-muted">—</span>;
  return (
    <span className={cx('inline-flex min-w-0 max-w-full items-center gap-x-2', long && 'flex-wrap')}>
      <span
        aria-hidden="true"
        className={cx('h-3 w-4.5 shrink-0 rounded-[3px]', bankFaceClass(card.bank_id))}
      />
      <span className="truncate">
        {pick(card.bank_name, card.bank_name_en)}
        {long ? ` ${ui(`card.${card.kind}`)}` : ''}
      </span>
      <span className="figures shrink-0 text-muted">
        <span aria-hidden="true">{card.last4}</span>
        <span className="sr-only">{ui('card.ending', { tail: card.last4 })}</span>
      </span>
    </span>
  );
}
