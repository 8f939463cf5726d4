import { cx, formatMoney, moneyParts, useLanguage } from '@feiqian/ui';

interface BigAmountProps {
  /** Minor units. */
  minor: number;
  currency: string;
  /** Largest size in pixels on a phone and on a desktop; long amounts shrink to the width they have. */
  size?: { phone: number; desktop: number };
  /** What is being typed ("12."), in place of the fraction that is not there yet. */
  typed?: string;
  /** Crossed out: money that did not come. */
  struck?: boolean;
  className?: string;
}

/** Width of a text in ems of the amount: figures are all one width, marks are narrow, the symbol is small. */
function widthOf(symbol: string, digits: string): number {
  const figures = [...digits].reduce((all, c) => all + (/\d/.test(c) ? 0.6 : 0.3), 0);
  return figures + symbol.length * 0.3;
}

/** The amount of the sale, as large as the place allows: to be read by the customer from two metres. */
export function BigAmount({
  minor,
  currency,
  size = { phone: 84, desktop: 128 },
  typed,
  struck = false,
  className,
}: BigAmountProps) {
  const language = useLanguage();
  const parts = moneyParts(minor, currency, language, 'none');
  const fraction =
    typed === undefined ? parts.fraction : typed.includes('.') ? typed.slice(typed.indexOf('.')) : '';
  const width = widthOf(parts.symbol, parts.whole + fraction);
  return (
    <p className={cx('@container w-full', className)}>
      <span
        className={cx(
          'big-amount figures inline-block whitespace-nowrap font-semibold leading-[1.1]',
          struck && 'struck',
        )}
        style={
          {
            '--fit': `${(100 / width).toFixed(2)}cqi`,
            '--phone': `${size.phone}px`,
            '--desktop': `${size.desktop}px`,
          } as React.CSSProperties
        }
      >
        <span className="sr-only">{formatMoney(minor, currency, language, 'none')}</span>
        <span aria-hidden="true">
          <span className="mr-[0.14em] text-[0.5em]">{parts.symbol.trim()}</span>
          {parts.whole}
          {fraction}
        </span>
      </span>
    </p>
  );
}
