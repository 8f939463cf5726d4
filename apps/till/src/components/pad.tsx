import { formatMoney, Keypad, minorDigits, useLanguage } from '@feiqian/ui';
import { useNavigate } from '@tanstack/react-router';
import { ArrowRight } from 'lucide-react';
import { type MouseEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHandScanner } from '../device/hand-scanner.ts';
import { readCode } from '../model/pay-code.ts';
import {
  press,
  type Sum,
  type SumKey,
  saleAmountMinorMax,
  sumKeyOf,
  sumTermsMax,
  totalOf,
} from '../model/sum.ts';
import { useMe } from '../session.ts';
import { useStore } from '../store.ts';
import { draft } from '../till.ts';
import { BigAmount } from './big-amount.tsx';
import { useCodeWords } from './phase-words.ts';
import { useStartSale } from './start-sale.ts';

/** A key tapped by a finger does not take the focus, so that Enter on the keyboard goes on instead of pressing it again. */
export function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

/** The amount, how it came together, and the keys. */
export function Pad() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const sum = useStore(draft);
  const exponent = minorDigits(me.currency);
  const total = totalOf(sum, exponent);
  const [note, setNote] = useState('');
  const start = useStartSale();
  const codeWords = useCodeWords();
  const beforeScan = useRef<Sum>(sum);

  const onKey = (key: SumKey) => {
    setNote('');
    draft.set((now) => press(now, key, exponent));
  };
  const go = () => {
    if (total > 0) void navigate({ to: '/charge' });
    else setNote(t('keypad.hint'));
  };
  useHandScanner({
    onFirst: () => {
      beforeScan.current = draft.get();
    },
    onText: (text) => {
      // The first digits of the scan went into the amount before it was known to be a scan: take them out.
      draft.set(beforeScan.current);
      const code = readCode(text);
      if (code.kind !== 'pay_code') return setNote(codeWords(code.kind));
      if (totalOf(beforeScan.current, exponent) === 0) return setNote(t('keypad.needAmount'));
      start('scan', code.text);
    },
  });
  useSumKeys(onKey, go);

  return (
    <>
      <Shown sum={sum} note={note} onClear={() => onKey('clear')} />
      <div className="h-[56%] max-h-120 shrink-0 px-4 pb-4 lg:h-[56%] lg:max-h-none lg:px-0 lg:pb-0 *:h-full">
        <Keypad
          value={sum.entry}
          onChange={() => undefined}
          onKey={onKey}
          onPlus={() => onKey('plus')}
          hardware={false}
          action={
            <button
              type="button"
              onClick={go}
              className="flex flex-col items-center justify-center gap-2 rounded-card bg-brand-fill font-semibold text-20 text-on-brand transition-colors duration-(--motion) hover:bg-brand-fill-press active:bg-brand-fill-press"
            >
              {t('keypad.charge')}
              <ArrowRight size={26} strokeWidth={1.75} aria-hidden="true" />
            </button>
          }
        />
      </div>
    </>
  );
}

/** The amount, the parts already added, and why the last key or scan was not taken. */
function Shown({ sum, note, onClear }: { sum: Sum; note: string; onClear: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const me = useMe();
  const total = totalOf(sum, minorDigits(me.currency));
  const money = (minor: number) => formatMoney(minor, me.currency, language, 'none');
  const refused =
    sum.refused === 'too_large'
      ? t('keypad.tooLarge', { max: money(saleAmountMinorMax) })
      : sum.refused === 'too_many'
        ? t('keypad.tooMany', { count: sumTermsMax })
        : note;
  return (
    <div className="flex min-h-0 flex-1 flex-col justify-end gap-1 px-4 pb-3 text-right lg:px-0">
      <div className="min-h-6 overflow-hidden text-16 text-muted">
        {sum.terms.length > 0 ? (
          <p className="figures truncate [direction:rtl]">
            <span className="sr-only">{t('keypad.tape')}</span>
            <bdi dir="ltr">{`${sum.terms.map(money).join(' + ')} +`}</bdi>
          </p>
        ) : null}
      </div>
      <div role="status" aria-label={t('keypad.amount')}>
        <BigAmount
          minor={total}
          currency={me.currency}
          typed={sum.terms.length === 0 ? sum.entry : undefined}
          className={total === 0 ? 'text-muted' : ''}
        />
      </div>
      <div className="flex min-h-11 items-center justify-between gap-3">
        <p role="alert" className="text-left text-14 text-amber">
          {refused}
        </p>
        <button
          type="button"
          onClick={onClear}
          disabled={total === 0 && sum.entry === ''}
          className="target shrink-0 rounded-card px-3 text-16 text-azure hover:bg-azure-soft disabled:invisible"
        >
          {t('keypad.clear')}
        </button>
      </div>
    </div>
  );
}

/** The keys of a hardware keyboard: digits, point, plus, backspace, Escape to clear, Enter to go on. */
function useSumKeys(onKey: (key: SumKey) => void, onEnter: () => void): void {
  const latest = useRef({ onKey, onEnter });
  latest.current = { onKey, onEnter };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (
        event.metaKey ||
        event.ctrlKey ||
        event.altKey ||
        target?.closest('input, textarea, select, [role="dialog"]')
      )
        return;
      const key = sumKeyOf(event.key);
      if (key !== null) latest.current.onKey(key);
      // A button reached with Tab is pressed by Enter; see `keepFocus` for one that was tapped.
      else if (event.key === 'Enter' && !target?.closest('button, a')) latest.current.onEnter();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
