import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { useUiText } from './i18n.ts';
import { Mark } from './mark.tsx';

const faces = ['bg-card-1', 'bg-card-2', 'bg-card-3', 'bg-card-4', 'bg-card-5', 'bg-card-6'] as const;

/** Known banks keep their colour everywhere; others get one from their id, always the same. */
const bankFace: Record<string, number> = { yunzhou: 0, yanhu: 1, haigang: 2 };

/** The background class of a bank's cards. */
export function bankFaceClass(bankId: string): string {
  const known = bankFace[bankId];
  let sum = 0;
  for (const letter of bankId) sum = (sum * 31 + letter.charCodeAt(0)) % 997;
  return faces[(known ?? sum) % faces.length] ?? 'bg-card-6';
}

interface CardFaceProps {
  bankId: string;
  bankName: string;
  /** Last four digits; the number itself never reaches a front end. */
  tail: string;
  kind: 'debit' | 'credit';
  isDefault?: boolean;
  /** Balance or a "show balance" control. */
  footer?: ReactNode;
  /** Said instead of the kind: "frozen", "unbound". */
  note?: string;
  className?: string;
}

/**
 * The last digits of a card behind dots that stand for the rest. The dots are drawn, because
 * Chinese fonts give the bullet the width of a whole character.
 */
export function CardTail({ tail, dots = 2 }: { tail: string; dots?: number }) {
  const t = useUiText();
  return (
    <span className="figures inline-flex shrink-0 items-baseline whitespace-nowrap">
      <span aria-hidden="true" className="mr-[0.45em] inline-flex gap-[0.2em] self-center">
        {Array.from({ length: dots }, (_, index) => index).map((index) => (
          <span key={index} className="size-[0.28em] rounded-pill bg-current" />
        ))}
      </span>
      <span aria-hidden="true">{tail}</span>
      <span className="sr-only">{t('card.ending', { tail })}</span>
    </span>
  );
}

/** A bank card's face: bank, kind and last four digits on the bank's colour. */
export function CardFace({
  bankId,
  bankName,
  tail,
  kind,
  isDefault,
  footer,
  note,
  className,
}: CardFaceProps) {
  const t = useUiText();
  return (
    <div
      className={cx(
        'relative flex aspect-[1.586] w-full flex-col justify-between overflow-hidden rounded-card p-4 text-on-card',
        bankFaceClass(bankId),
        className,
      )}
    >
      <Mark size={150} className="absolute -right-8 -bottom-9 opacity-[0.11]" />
      <div className="relative flex items-start justify-between gap-2">
        <div>
          <p className="font-semibold text-16">{bankName}</p>
          <p className="text-14">{note ?? t(`card.${kind}`)}</p>
        </div>
        {isDefault ? (
          <span className="rounded-pill border border-on-card/60 px-2 py-0.5 text-12">
            {t('card.default')}
          </span>
        ) : null}
      </div>
      <div className="relative flex items-end justify-between gap-2">
        <p className="text-20">
          <CardTail tail={tail} dots={4} />
        </p>
        {footer}
      </div>
    </div>
  );
}

/** A card in one line: a swatch of its colour, the bank, the last four digits. */
export function CardLine({
  bankId,
  bankName,
  tail,
  kind,
}: Pick<CardFaceProps, 'bankId' | 'bankName' | 'tail' | 'kind'>) {
  const t = useUiText();
  return (
    <span className="inline-flex min-w-0 flex-wrap items-baseline justify-end gap-x-2">
      <span
        aria-hidden="true"
        className={cx('h-4 w-6 shrink-0 self-center rounded-[3px]', bankFaceClass(bankId))}
      />
      <span className="truncate">
        {bankName} {t(`card.${kind}`)}
      </span>
      <CardTail tail={tail} />
    </span>
  );
}
