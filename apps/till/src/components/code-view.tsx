import { Button, QrCode, Spinner } from '@feiqian/ui';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../device/clock.ts';
import { useHandScanner } from '../device/hand-scanner.ts';
import { readCode } from '../model/pay-code.ts';
import { codeSecondsMax } from '../model/requests.ts';
import { type Sale, secondsLeft } from '../model/sale.ts';
import { sales } from '../till.ts';
import { BigAmount } from './big-amount.tsx';
import { useCodeWords, useRefusalWords } from './phase-words.ts';
import { Stage } from './stage.tsx';

/** Our code, as large as the screen gives, with the amount for the customer to check. */
export function CodeView({ sale }: { sale: Sale }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const refusalWords = useRefusalWords();
  const codeWords = useCodeWords();
  const [note, setNote] = useState('');
  useHandScanner({
    onText: (text) => {
      const code = readCode(text);
      if (code.kind === 'pay_code') sales.collect(sale.id, code.text);
      else setNote(codeWords(code.kind));
    },
  });
  const code = sale.payment?.code ?? null;
  const refused = sale.refusal === null ? '' : t('code.refused', { reason: refusalWords(sale.refusal) });
  const warning = refused || note;
  return (
    <Stage
      title={t('code.title')}
      className="items-center justify-center gap-4 lg:grid lg:grid-cols-2 lg:gap-16"
      foot={
        <div className="grid grid-cols-2 gap-3">
          <Button kind="secondary" large busy={sale.cancelling} onClick={() => sales.cancel(sale.id)}>
            {sale.cancelling ? t('code.cancelling') : t('code.cancel')}
          </Button>
          <Button kind="secondary" large onClick={() => void navigate({ to: '/' })}>
            {t('code.next')}
          </Button>
        </div>
      }
    >
      <div className="flex w-full flex-col items-center gap-1 text-center lg:gap-6">
        <BigAmount minor={sale.amount} currency={sale.currency} />
        <p className="text-16 text-muted lg:text-28">{t('code.lead')}</p>
        {warning ? (
          <p role="alert" className="rounded-card bg-amber-soft px-4 py-2 text-14 text-ink">
            {warning}
          </p>
        ) : null}
      </div>
      <div className="flex w-full max-w-[min(100%,46dvh)] flex-col items-center gap-3 lg:max-w-130">
        <div className="w-full border border-line bg-(--code-paper) p-2">
          {code === null ? (
            <p
              role="status"
              className="flex aspect-square w-full items-center justify-center gap-3 text-16 text-(--code-ink)"
            >
              <Spinner /> {t('code.making')}
            </p>
          ) : (
            <QrCode text={code} label={t('code.label')} />
          )}
        </div>
        <Countdown sale={sale} />
      </div>
    </Stage>
  );
}

/** How long the code stays good: a line that shortens, and the time in figures. */
function Countdown({ sale }: { sale: Sale }) {
  const { t } = useTranslation();
  const now = useNow(500);
  const left = secondsLeft(sale, now);
  if (left === null) return <div className="h-9" />;
  const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  const share = Math.min(1, left / codeSecondsMax);
  return (
    <div className="flex w-full flex-col items-center gap-2">
      <div aria-hidden="true" className="h-1 w-full bg-sunken">
        <div
          className={left <= 30 ? 'h-full bg-amber-fill' : 'h-full bg-ink'}
          style={{ width: `${share * 100}%` }}
        />
      </div>
      <p className={left <= 30 ? 'figures text-16 text-amber' : 'figures text-16 text-muted'}>
        {t('code.left', { time })}
      </p>
    </div>
  );
}
