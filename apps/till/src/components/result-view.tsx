import { Button, buttonClass, cx, formatTime, ResultTick, useLanguage } from '@feiqian/ui';
import { Link, useNavigate } from '@tanstack/react-router';
import { Ban, Clock, CloudOff, Undo2 } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { nowMs } from '../device/clock.ts';
import type { Phase, Sale } from '../model/sale.ts';
import { mayCollect, mayReopen } from '../model/sale.ts';
import { PayerCode } from '../screens/scan.tsx';
import { refillDraft, sales } from '../till.ts';
import { BigAmount } from './big-amount.tsx';
import { cardWords } from './card-words.ts';
import { useRefusalWords } from './phase-words.ts';
import { Stage } from './stage.tsx';

const surfaces: Partial<Record<Phase, string>> = {
  paid: 'bg-jade-fill text-on-jade',
  declined: 'bg-rose-fill text-on-rose',
  reversed: 'bg-rose-fill text-on-rose',
  refused: 'bg-rose-fill text-on-rose',
};

function Sign({ phase }: { phase: Phase }): ReactNode {
  const look = { size: 96, strokeWidth: 1.5, 'aria-hidden': true } as const;
  if (phase === 'paid') return <ResultTick kind="paid" plain size={150} />;
  if (phase === 'declined' || phase === 'refused') return <ResultTick kind="declined" plain size={150} />;
  if (phase === 'reversed') return <Undo2 {...look} />;
  if (phase === 'unsent') return <CloudOff {...look} />;
  return phase === 'expired' ? <Clock {...look} /> : <Ban {...look} />;
}

/** What happened, what did not, what next: the whole screen in one colour, read from two metres. */
export function ResultView({ sale }: { sale: Sale }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [rescanning, setRescanning] = useState(false);
  const next = useRef<HTMLButtonElement>(null);
  const { phase } = sale;
  useEffect(() => next.current?.focus(), []);
  if (rescanning && mayCollect(sale)) return <PayerCode saleId={sale.id} minor={sale.amount} />;

  const leave = () => {
    void navigate({ to: '/', replace: true });
    sales.dismiss(sale.id);
  };
  const again = () => {
    refillDraft(sale.amount, sale.currency);
    void navigate({ to: '/charge', replace: true });
    sales.dismiss(sale.id);
  };
  const reopens = mayReopen(sale, nowMs());
  const rescans = sale.door === 'scan' && mayCollect(sale);
  const coloured = surfaces[phase] !== undefined;
  const solid = coloured ? 'border-transparent! bg-white! text-black! hover:bg-white/90!' : '';
  const bare = coloured ? 'border-current! bg-transparent! text-inherit! hover:bg-white/15!' : '';
  return (
    <Stage
      surface={surfaces[phase]}
      coloured={coloured}
      className="items-center justify-center gap-3 text-center"
      foot={
        <>
          {reopens ? (
            <Button kind="secondary" large wide className={bare} onClick={() => sales.reopen(sale.id)}>
              {t('result.reopen')}
            </Button>
          ) : rescans ? (
            <Button kind="secondary" large wide className={bare} onClick={() => setRescanning(true)}>
              {t('result.rescan')}
            </Button>
          ) : phase === 'paid' ? null : (
            <Button kind="secondary" large wide className={bare} onClick={again}>
              {t('result.again')}
            </Button>
          )}
          <button
            ref={next}
            type="button"
            onClick={leave}
            className={cx(
              buttonClass(coloured ? 'secondary' : 'primary', { wide: true, large: true }),
              solid,
            )}
          >
            {t('result.next')}
          </button>
        </>
      }
    >
      <Sign phase={phase} />
      <div role={phase === 'paid' ? 'status' : 'alert'} className="flex w-full flex-col items-center gap-1">
        <h1 className="font-semibold text-40 lg:text-56">{t(`result.${phase}`)}</h1>
        <BigAmount
          minor={sale.amount}
          currency={sale.currency}
          size={{ phone: 92, desktop: 160 }}
          struck={phase !== 'paid'}
        />
        <Reason sale={sale} />
      </div>
      <Facts sale={sale} />
    </Stage>
  );
}

/** Why it is so, and what did not happen. */
function Reason({ sale }: { sale: Sale }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const refusalWords = useRefusalWords();
  const decline = sale.payment?.decline ?? null;
  const lines: string[] = [];
  if (sale.phase === 'declined') {
    lines.push(decline === null ? '' : language === 'en' ? decline.message : decline.message_zh);
    lines.push(t('result.notMoved'), t('result.askCard'));
  } else if (sale.phase === 'refused') {
    lines.push(sale.refusal === null ? t('result.notMoved') : refusalWords(sale.refusal));
  } else if (sale.phase !== 'paid') {
    lines.push(t(`result.${sale.phase as 'reversed' | 'cancelled' | 'expired' | 'unsent'}Lead`));
  }
  const said = lines.filter((line) => line !== '');
  if (said.length === 0) return null;
  return (
    <div className="mt-3 max-w-2xl text-20">
      {said.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

/** What a cashier may want to say or look up: card, time, order. */
function Facts({ sale }: { sale: Sale }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { payment } = sale;
  if (payment === null) return null;
  const facts = [
    payment.card && cardWords(payment.card, language),
    formatTime(payment.completed_at ?? payment.updated_at, 'seconds', language),
  ].filter((fact) => fact !== null);
  return (
    <div className="mt-2 flex flex-col items-center gap-1 text-16">
      <p className="figures">{facts.join(' · ')}</p>
      <p className="figures">{t('result.order', { reference: sale.orderReference })}</p>
      <Link
        to="/sales/$paymentId"
        params={{ paymentId: payment.id }}
        className="target inline-flex items-center px-3 underline underline-offset-4 focus-visible:outline-current"
      >
        {t('result.detail')}
      </Link>
    </div>
  );
}
