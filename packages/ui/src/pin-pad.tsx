import { Delete } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useUiText } from './i18n.ts';

interface PinPadProps {
  /** Digits of the PIN. */
  length?: number;
  /** Order of the ten keys, "0123456789" shuffled by the caller when the person asked for it. */
  order?: string;
  onComplete: (pin: string) => void;
  /** Also takes the digits and backspace of a hardware keyboard, wherever the focus is. */
  hardware?: boolean;
}

/**
 * Keys of a PIN. The digits typed are kept in memory until complete and then handed over;
 * neither they nor a text field with them are ever in the document.
 */
export function PinPad({ length = 6, order = '1234567890', onComplete, hardware = false }: PinPadProps) {
  const t = useUiText();
  const typed = useRef('');
  const [count, setCount] = useState(0);

  const press = (digit: string) => {
    if (typed.current.length >= length) return;
    typed.current += digit;
    setCount(typed.current.length);
    if (typed.current.length < length) return;
    const pin = typed.current;
    typed.current = '';
    setCount(0);
    onComplete(pin);
  };
  const drop = () => {
    typed.current = typed.current.slice(0, -1);
    setCount(typed.current.length);
  };
  const latest = useRef({ press, drop });
  latest.current = { press, drop };
  useEffect(() => {
    if (!hardware) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey) return;
      if (/^[0-9]$/.test(event.key)) latest.current.press(event.key);
      else if (event.key === 'Backspace') latest.current.drop();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [hardware]);
  const key =
    'figures flex min-h-[max(3.5rem,var(--target))] items-center justify-center rounded-card border border-line bg-raised font-semibold text-28 hover:bg-sunken active:bg-sunken';

  return (
    <div className="flex flex-col gap-6">
      <div role="status" className="flex justify-center gap-3">
        <span className="sr-only">{t('pin.entered', { count, length })}</span>
        {Array.from({ length }, (_, index) => index).map((index) => (
          <span
            key={index}
            aria-hidden="true"
            className={`size-4 rounded-pill border border-line-strong ${index < count ? 'bg-ink' : ''}`}
          />
        ))}
      </div>
      <fieldset aria-label={t('pin.label')} className="grid min-w-0 grid-cols-3 gap-2">
        {[...order].map((digit, index) => (
          <button
            key={digit}
            type="button"
            onClick={() => press(digit)}
            className={`${key} ${index === 9 ? 'col-start-2' : ''}`}
          >
            {digit}
          </button>
        ))}
        <button type="button" aria-label={t('delete')} onClick={drop} className={`${key} text-muted`}>
          <Delete size={26} strokeWidth={1.75} aria-hidden="true" />
        </button>
      </fieldset>
    </div>
  );
}
