import type { Card } from '@feiqian/contract';
import { payCodeToCpm } from '@feiqian/emvqr';
import {
  Barcode,
  Button,
  buttonClass,
  CardLine,
  EmptyState,
  QrCode,
  Sheet,
  Skeleton,
  toast,
  useLanguage,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { ChevronDown, RefreshCw } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keep, kept } from '../keep.ts';
import { usePaymentNews } from '../live.ts';
import { bankName } from '../parts/bank-name.ts';
import { CardPicker, useChosenCard } from '../parts/card-picker.tsx';
import { useOnline } from '../parts/online.ts';
import { useSeconds } from '../parts/seconds.ts';
import { InnerPage } from '../parts/tab-page.tsx';
import { groupDigits, makeCode, type ShownCode } from '../pay-code-maker.ts';
import { cardsQuery } from '../queries.ts';
import { askTime, clockTrouble, networkNow, useSession } from '../session.ts';

/** How far the phone's idea of the network's time may be off. */
const clockSlackMs = 5000;
/** How often the network is asked for the time while the phone's clock cannot be believed. */
const askTimeMs = 3000;

/** The screen must not go dark while a till is scanning it. */
function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let gone = false;
    const hold = () => {
      if (document.visibilityState !== 'visible') return;
      void navigator.wakeLock
        ?.request('screen')
        .then((got) => {
          if (gone) void got.release();
          else lock = got;
        })
        .catch(() => undefined);
    };
    hold();
    document.addEventListener('visibilitychange', hold);
    return () => {
      gone = true;
      document.removeEventListener('visibilitychange', hold);
      void lock?.release().catch(() => undefined);
    };
  }, []);
}

/** Looks at the phone's clock each second; one that was set back is put right as soon as the network is there. */
function useClock() {
  useSeconds();
  const trouble = clockTrouble();
  const online = useOnline();
  useEffect(() => {
    if (trouble !== 'set_back' || !online) return;
    const ask = () => void askTime().catch(() => undefined);
    ask();
    const timer = setInterval(ask, askTimeMs);
    return () => clearInterval(timer);
  }, [trouble, online]);
  return trouble;
}

/** The code now on the screen, renewed by itself; while the last one is used up, the seconds to the next. */
function usePayCode(slot: number) {
  const key = useSession()?.payCodeKey;
  const [shown, setShown] = useState<ShownCode | null>(null);
  const [waitSeconds, setWaitSeconds] = useState(0);
  const [leftSeconds, setLeftSeconds] = useState(0);

  const renew = useCallback(async () => {
    if (!key) return;
    const made = makeCode(key, slot, networkNow(), await kept('usedStep'));
    if ('waitMs' in made) {
      setShown(null);
      setWaitSeconds(Math.max(1, Math.ceil(made.waitMs / 1000)));
    } else {
      setShown(made);
      setWaitSeconds(0);
    }
  }, [key, slot]);

  useEffect(() => {
    void renew();
  }, [renew]);
  useEffect(() => {
    const tick = () => {
      const now = networkNow();
      if (!shown || now >= shown.renewAtMs) void renew();
      else setLeftSeconds(Math.ceil((shown.renewAtMs - now) / 1000));
    };
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [shown, renew]);

  return { hasKey: key !== undefined, shown, waitSeconds, leftSeconds, renew };
}

function Codes({ shown }: { shown: ShownCode }) {
  const { t } = useTranslation();
  const [digitsShown, setDigitsShown] = useState(false);
  return (
    <>
      <button
        type="button"
        onClick={() => setDigitsShown(!digitsShown)}
        aria-expanded={digitsShown}
        aria-label={digitsShown ? t('code.digitsHide') : t('code.digitsShow')}
        className="w-full bg-code-paper"
      >
        <Barcode digits={shown.digits} label={t('code.barcode')} className="h-24 w-full" />
        <span aria-hidden="true" className="figures block min-h-8 py-1 text-16 text-code-ink tracking-wide">
          {digitsShown
            ? groupDigits(shown.digits)
            : `${shown.digits.slice(0, 4)} •••• •••• •••• ${t('code.digitsShow')}`}
        </span>
      </button>
      <p className="sr-only" role="status">
        {digitsShown ? groupDigits(shown.digits) : ''}
      </p>
      {digitsShown ? (
        <p className="pb-2 text-center text-14 text-code-ink">{t('code.digitsWarning')}</p>
      ) : null}
      <QrCode text={payCodeToCpm(shown.digits)} label={t('code.qr')} className="mx-auto max-w-72" />
    </>
  );
}

/** Leads to the result as soon as a till has used the code on the screen, and never shows that code again. */
function useOutcome(shown: ShownCode | null): void {
  const router = useRouter();
  const [openedAt] = useState(networkNow);
  usePaymentNews((payment) => {
    const mine = payment.entry === 'pay_code' && Date.parse(payment.updated_at) >= openedAt - clockSlackMs;
    if (!mine || payment.state === 'created') return;
    if (shown) void keep('usedStep', shown.step);
    void router.navigate({ to: '/result/$paymentId', params: { paymentId: payment.id }, replace: true });
  });
}

function Panel({ card, onChange }: { card: Card; onChange: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const online = useOnline();
  const { hasKey, shown, waitSeconds, leftSeconds, renew } = usePayCode(card.slot);
  useOutcome(shown);
  useWakeLock();
  const trouble = useClock();
  if (!hasKey) return <EmptyState title={t('code.noKey')} detail={t('code.noKeyDetail')} />;
  return (
    <div className="flex flex-col gap-3">
      <div className="overflow-hidden rounded-card border border-line bg-code-paper p-4">
        <p className="pb-3 text-center text-14 text-code-ink">{t('code.lead')}</p>
        {trouble === 'set_back' ? (
          <p
            role="status"
            className="flex min-h-100 items-center justify-center p-4 text-center text-16 text-code-ink"
          >
            {t('code.clockSetBack')}
          </p>
        ) : shown ? (
          <Codes key={shown.digits} shown={shown} />
        ) : (
          <p
            role="status"
            className="figures flex min-h-100 items-center justify-center text-16 text-code-ink"
          >
            {waitSeconds > 0 ? t('code.waiting', { seconds: waitSeconds }) : null}
          </p>
        )}
      </div>
      <button
        type="button"
        onClick={onChange}
        aria-haspopup="dialog"
        className="target flex items-center justify-between gap-3 rounded-card border border-line bg-raised px-4 py-3 text-16 hover:bg-sunken"
      >
        <CardLine
          bankId={card.bank.id}
          bankName={bankName(card.bank, language)}
          tail={card.last4}
          kind={card.kind}
        />
        <ChevronDown size={20} strokeWidth={1.75} aria-hidden="true" className="text-muted" />
      </button>
      {shown ? (
        <Button
          kind="ghost"
          className="figures text-14"
          icon={<RefreshCw size={16} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => void renew().then(() => toast(t('code.renewed')))}
        >
          {t('code.renewIn', { seconds: leftSeconds })}
        </Button>
      ) : null}
      {trouble === 'wrong' ? (
        <p role="status" className="rounded-card bg-sunken p-4 text-14 text-muted">
          {t('code.clockWrong')}
        </p>
      ) : null}
      {online ? null : (
        <p role="status" className="rounded-card bg-amber-soft p-4 text-14 text-amber">
          {t('code.offlineNote')}
        </p>
      )}
    </div>
  );
}

/** The payer's own code: bars and QR, renewed by itself, made on the phone with or without a network. */
export function CodeScreen() {
  const { t } = useTranslation();
  const cards = useQuery(cardsQuery);
  const [card, choose] = useChosenCard(cards.data);
  const [choosing, setChoosing] = useState(false);
  return (
    <InnerPage title={t('code.title')}>
      {cards.data?.length === 0 ? (
        <EmptyState
          title={t('code.noCards')}
          action={
            <Link to="/bind" className={buttonClass('primary')}>
              {t('home.addCard')}
            </Link>
          }
        />
      ) : null}
      {card ? <Panel key={card.id} card={card} onChange={() => setChoosing(true)} /> : null}
      {cards.isPending ? <Skeleton className="h-96 w-full rounded-card" /> : null}
      <Sheet open={choosing} onClose={() => setChoosing(false)} title={t('code.chooseCard')}>
        <CardPicker
          cards={cards.data ?? []}
          chosen={card?.id}
          onChoose={(next) => {
            choose(next);
            setChoosing(false);
          }}
        />
      </Sheet>
    </InnerPage>
  );
}
