import type { Card } from '@feiqian/contract';
import { Amount, cx, formatAge, Spinner, useLanguage } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Eye, EyeOff, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { balanceQuery } from '../queries.ts';
import { useSeconds } from './seconds.ts';

/** A card's balance behind a tap: hidden at first, with its age once shown. For the dark face of a card. */
export function BalancePeek({ card, className }: { card: Card; className?: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [shown, setShown] = useState(false);
  const { data, isFetching, isError, refetch } = useQuery({ ...balanceQuery(card.id), enabled: shown });
  const now = useSeconds(shown && data !== undefined);
  const Icon = isError ? RotateCw : shown ? EyeOff : Eye;

  return (
    <button
      type="button"
      onClick={() => (isError && shown ? void refetch() : setShown(!shown))}
      aria-expanded={shown}
      className={cx(
        'target -m-2 inline-flex items-center justify-end gap-2 rounded-small p-2 text-right text-14 text-on-card',
        className,
      )}
    >
      <span aria-live="polite">
        {!shown ? (
          t('balance.show')
        ) : isError ? (
          t('balance.failed')
        ) : data ? (
          <span className="block">
            <Amount
              minor={data.available}
              currency={data.currency}
              size={16}
              tone="current"
              className="block"
            />
            <span className="block text-12">{formatAge(Date.parse(data.as_of), now, language)}</span>
            <span className="sr-only">{t('balance.hide')}</span>
          </span>
        ) : (
          <span className="sr-only">{t('balance.show')}</span>
        )}
      </span>
      {isFetching && !data ? <Spinner size={18} /> : <Icon size={18} strokeWidth={1.75} aria-hidden="true" />}
    </button>
  );
}
