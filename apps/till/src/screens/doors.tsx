import { Button, cx, Field, minorDigits, preloadScanner, Sheet } from '@feiqian/ui';
import { Navigate, useNavigate } from '@tanstack/react-router';
import { type LucideIcon, Nfc, PencilLine, QrCode, ScanLine } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BigAmount } from '../components/big-amount.tsx';
import { useCodeWords } from '../components/phase-words.ts';
import { Stage } from '../components/stage.tsx';
import { useStartSale } from '../components/start-sale.ts';
import { useHandScanner } from '../device/hand-scanner.ts';
import { readCode } from '../model/pay-code.ts';
import { totalOf } from '../model/sum.ts';
import { useMe } from '../session.ts';
import { useStore } from '../store.ts';
import { draft, order, orderReference } from '../till.ts';

/** One amount, three equal ways to take it. */
export function DoorsScreen() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const start = useStartSale();
  const codeWords = useCodeWords();
  // As it was when the screen opened: the keypad is cleared the moment the sale begins.
  const [amount] = useState(() => totalOf(draft.get(), minorDigits(me.currency)));
  const [note, setNote] = useState('');
  const [tapAsked, setTapAsked] = useState(false);
  useHandScanner({
    enabled: amount > 0,
    onText: (text) => {
      const code = readCode(text);
      if (code.kind === 'pay_code') start('scan', code.text);
      else setNote(codeWords(code.kind));
    },
  });
  const scan = () => void navigate({ to: '/charge/scan' });
  if (amount === 0) return <Navigate to="/" replace />;

  return (
    <Stage
      title={t('doors.title')}
      onBack={() => void navigate({ to: '/' })}
      className="gap-6 pb-6 lg:gap-10"
    >
      <div className="flex flex-1 flex-col items-center justify-center gap-2 text-center">
        <BigAmount minor={amount} currency={me.currency} />
        <OrderLine />
        {note ? (
          <p role="alert" className="text-16 text-amber">
            {note}
          </p>
        ) : null}
      </div>
      <ul className="grid grid-cols-1 gap-3 md:grid-cols-3 md:gap-4">
        <DoorButton
          icon={QrCode}
          name={t('doors.code')}
          detail={t('doors.codeDetail')}
          onOpen={() => start('code')}
        />
        <DoorButton
          icon={ScanLine}
          name={t('doors.scan')}
          detail={t('doors.scanDetail')}
          onAhead={preloadScanner}
          onOpen={scan}
        />
        <DoorButton
          icon={Nfc}
          name={t('doors.tap')}
          detail={t('doors.tapDetail')}
          faint
          onOpen={() => setTapAsked(true)}
        />
      </ul>
      <p className="text-center text-14 text-muted">{t('doors.wedge')}</p>
      <TapSheet
        open={tapAsked}
        onClose={() => setTapAsked(false)}
        onCode={() => start('code')}
        onScan={scan}
      />
    </Stage>
  );
}

interface TapSheetProps {
  open: boolean;
  onClose: () => void;
  onCode: () => void;
  onScan: () => void;
}

/** Why there is no tap here, and what to do instead. */
function TapSheet({ open, onClose, onCode, onScan }: TapSheetProps) {
  const { t } = useTranslation();
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t('doors.tapTitle')}
      description={t('doors.tapWhy')}
      actions={
        <>
          <Button onClick={onCode}>{t('doors.code')}</Button>
          <Button kind="secondary" onClick={onScan}>
            {t('doors.scan')}
          </Button>
        </>
      }
    >
      <p className="text-16">{t('doors.tapInstead')}</p>
    </Sheet>
  );
}

interface DoorButtonProps {
  icon: LucideIcon;
  name: string;
  detail: string;
  onOpen: () => void;
  onAhead?: () => void;
  /** Not to be had on this device; opens an explanation. */
  faint?: boolean;
}

function DoorButton({ icon: Icon, name, detail, onOpen, onAhead, faint = false }: DoorButtonProps) {
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        onPointerEnter={onAhead}
        onFocus={onAhead}
        className={cx(
          'flex h-full min-h-24 w-full items-center gap-5 rounded-card border px-5 py-4 text-left transition-colors duration-(--motion) hover:bg-sunken active:bg-sunken md:min-h-64 md:flex-col md:justify-center md:text-center',
          faint
            ? 'border-line-strong border-dashed bg-paper text-muted'
            : 'border-line-strong bg-raised text-ink',
        )}
      >
        <Icon
          strokeWidth={1.5}
          aria-hidden="true"
          className={cx('size-10 shrink-0 md:size-16', faint ? 'text-muted' : 'text-brand')}
        />
        <span>
          <span className="block font-semibold text-20 md:text-28">{name}</span>
          <span className="block text-14 text-muted md:mt-1 md:text-16">{detail}</span>
        </span>
      </button>
    </li>
  );
}

/** The order reference: made by the till, changed by whoever has a number of his own. */
function OrderLine() {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  useStore(order);
  const reference = orderReference();
  const [text, setText] = useState('');
  const save = (event: FormEvent) => {
    event.preventDefault();
    order.set(text.trim() || null);
    setAsked(false);
  };
  return (
    <>
      <button
        type="button"
        onClick={() => {
          setText(reference);
          setAsked(true);
        }}
        className="target inline-flex max-w-full items-center gap-2 rounded-card px-3 text-14 text-muted hover:bg-sunken"
      >
        <span className="truncate">
          {t('doors.order')} <span className="figures">{reference}</span>
        </span>
        <span className="sr-only">{t('doors.orderEdit')}</span>
        <PencilLine size={16} strokeWidth={1.75} aria-hidden="true" className="shrink-0" />
      </button>
      <Sheet open={asked} onClose={() => setAsked(false)} title={t('doors.orderEdit')}>
        <form onSubmit={save} className="flex flex-col gap-4">
          <Field
            label={t('doors.order')}
            hint={t('doors.orderHint')}
            value={text}
            onChange={(event) => setText(event.target.value)}
            maxLength={64}
            autoComplete="off"
          />
          <Button type="submit">{t('doors.orderSave')}</Button>
        </form>
      </Sheet>
    </>
  );
}
