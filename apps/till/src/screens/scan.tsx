import { Button, Field, minorDigits, Scanner } from '@feiqian/ui';
import { Navigate, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BigAmount } from '../components/big-amount.tsx';
import { useCodeWords } from '../components/phase-words.ts';
import { Stage } from '../components/stage.tsx';
import { useStartSale } from '../components/start-sale.ts';
import { nowMs } from '../device/clock.ts';
import { useHandScanner } from '../device/hand-scanner.ts';
import { payCodeDigits, readCode } from '../model/pay-code.ts';
import { totalOf } from '../model/sum.ts';
import { useMe } from '../session.ts';
import { draft, sales } from '../till.ts';

/** A code that was refused is not looked at again for this long, while the phone is taken away. */
const sameCodeMs = 2_500;

interface ScanScreenProps {
  /** A sale whose first code was refused; without it a new sale begins. */
  saleId?: string;
  minor?: number;
}

/** Reads the payer's code: by camera, by hand scanner, or typed. */
export function ScanScreen() {
  const me = useMe();
  const [amount] = useState(() => totalOf(draft.get(), minorDigits(me.currency)));
  if (amount === 0) return <Navigate to="/" replace />;
  return <PayerCode minor={amount} />;
}

export function PayerCode({ saleId, minor = 0 }: ScanScreenProps) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const start = useStartSale();
  const codeWords = useCodeWords();
  const [note, setNote] = useState('');
  const [typing, setTyping] = useState(false);
  const [typed, setTyped] = useState('');
  const last = useRef({ text: '', atMs: 0 });
  const taken = useRef(false);

  const take = (text: string) => {
    const atMs = nowMs();
    if (taken.current || (last.current.text === text && atMs - last.current.atMs < sameCodeMs)) return;
    last.current = { text, atMs };
    const code = readCode(text);
    if (code.kind !== 'pay_code') {
      return setNote(codeWords(code.kind));
    }
    // The camera may read the same code twice before the screen has changed.
    taken.current = true;
    if (saleId === undefined) start('scan', code.text);
    else sales.collect(saleId, code.text);
  };
  useHandScanner({ onText: take });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    last.current = { text: '', atMs: 0 };
    take(typed);
  };

  return (
    <Stage
      title={t('scan.title')}
      onBack={() => void navigate({ to: saleId === undefined ? '/charge' : '/', replace: true })}
      className="gap-4 pb-4 lg:grid lg:grid-cols-2 lg:items-center lg:gap-12"
    >
      <div className="flex flex-col items-center gap-2 text-center">
        <BigAmount minor={minor} currency={me.currency} size={{ phone: 72, desktop: 112 }} />
        <p role="alert" className="min-h-6 text-16 text-rose">
          {note}
        </p>
      </div>
      <div className="flex min-h-0 flex-1 flex-col gap-3 lg:flex-none">
        <Scanner
          onCode={(code) => take(code.text)}
          withoutPaste
          hint={t('scan.hint')}
          className="flex-1 lg:min-h-120"
        />
        {typing ? (
          <form onSubmit={submit} className="flex flex-col gap-3">
            <Field
              label={t('scan.manualLabel')}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              inputMode="numeric"
              autoComplete="off"
              maxLength={40}
              className="figures text-20"
              autoFocus
            />
            <Button type="submit" disabled={typed.replace(/\D/g, '').length !== payCodeDigits}>
              {t('scan.manualSubmit')}
            </Button>
          </form>
        ) : (
          <Button kind="ghost" onClick={() => setTyping(true)}>
            {t('scan.manual')}
          </Button>
        )}
      </div>
    </Stage>
  );
}
