import { cx } from './cx.ts';
import { useLanguage } from './i18n.ts';
import { formatMoney, type Minor, moneyParts, type SignMode } from './money-text.ts';

export type AmountSize = 14 | 16 | 20 | 28 | 40 | 56 | 72;

const sizes: Record<AmountSize, string> = {
  14: 'text-14',
  16: 'text-16',
  20: 'text-20',
  28: 'text-28',
  40: 'text-40',
  56: 'text-56',
  72: 'text-72',
};

interface AmountProps {
  /** Minor units. */
  minor: Minor;
  currency?: string;
  size?: AmountSize;
  sign?: SignMode;
  tone?: 'ink' | 'jade' | 'muted' | 'rose' | 'current';
  /** Struck through: money that did not move. */
  struck?: boolean;
  className?: string;
}

const tones = {
  ink: 'text-ink',
  jade: 'text-jade',
  muted: 'text-muted',
  rose: 'text-rose',
  current: 'text-current',
};

/** An amount of money in tabular figures, the symbol smaller than the digits; read out as one phrase. */
export function Amount({
  minor,
  currency = 'CNY',
  size = 16,
  sign = 'auto',
  tone = 'ink',
  struck = false,
  className,
}: AmountProps) {
  const language = useLanguage();
  const parts = moneyParts(minor, currency, language, sign);
  const small = size >= 28;
  return (
    <span
      className={cx(
        'figures relative whitespace-nowrap font-semibold',
        sizes[size],
        tones[tone],
        struck && !small && 'line-through',
        className,
      )}
    >
      <span className="sr-only left-0">{formatMoney(minor, currency, language, sign)}</span>
      <span aria-hidden="true">
        {parts.sign}
        <span className={cx(small && 'mr-[0.08em] font-semibold text-[0.6em]')}>{parts.symbol}</span>
        {parts.whole}
        <span>{parts.fraction}</span>
      </span>
    </span>
  );
}
