import { Delete } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { cx } from './cx.ts';
import { useUiText } from './i18n.ts';
import { type KeypadKey, pressKey } from './keypad-entry.ts';

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const keyClass =
  'figures flex min-h-[max(3.5rem,var(--target))] select-none items-center justify-center rounded-card bg-raised font-semibold text-28 text-ink transition-colors duration-(--motion) hover:bg-sunken active:bg-sunken border border-line';

interface KeypadProps {
  /** What was typed, "12.8"; hold it in state and pass it back. */
  value: string;
  onChange: (value: string) => void;
  onSubmit?: () => void;
  /** Fourth column: the main action (wallet: pay; till: charge). */
  action?: ReactNode;
  /** With it the keypad shows a plus key (the till's running sum). */
  onPlus?: () => void;
  currency?: string;
  minorMax?: number;
  /** Also take the keys of a hardware keyboard; off while another field has the focus. */
  hardware?: boolean;
  /** Takes each press as it is, instead of `onChange`: for a caller with rules of its own. */
  onKey?: (key: KeypadKey) => void;
}

/** Digits, point, backspace, plus and enter of a real keyboard, unless a field or a dialog has the focus. */
function useHardwareKeys(props: KeypadProps): void {
  const { value, onChange, onSubmit, onPlus, currency, minorMax, hardware } = props;
  useEffect(() => {
    if (!hardware) return;
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (target?.closest('input, textarea, select, [role="dialog"]') || event.metaKey || event.ctrlKey)
        return;
      if (/^[0-9.]$/.test(event.key)) onChange(pressKey(value, event.key as KeypadKey, currency, minorMax));
      else if (event.key === 'Backspace') onChange(pressKey(value, 'delete', currency, minorMax));
      else if (event.key === '+' && onPlus) onPlus();
      else if (event.key === 'Enter' && onSubmit && !target?.closest('button, a')) onSubmit();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [hardware, value, onChange, onPlus, onSubmit, currency, minorMax]);
}

/** Beside the zero when there is a fourth column: plus for a running sum, else a double zero. */
function ThirdKey({ onPlus, onZeros }: { onPlus?: () => void; onZeros: () => void }) {
  const t = useUiText();
  return (
    <button
      type="button"
      aria-label={onPlus ? t('keypad.plus') : undefined}
      onClick={onPlus ?? onZeros}
      className={keyClass}
      style={{ gridColumn: 3, gridRow: 4 }}
    >
      {onPlus ? '+' : '00'}
    </button>
  );
}

/** Keys of an amount for a thumb. Also takes a hardware keyboard's digits, point, backspace and enter. */
export function Keypad(props: KeypadProps) {
  const { value, onChange, action, onPlus, currency = 'CNY', minorMax, hardware = true, onKey } = props;
  const t = useUiText();
  const press = onKey ?? ((key: KeypadKey) => onChange(pressKey(value, key, currency, minorMax)));

  useHardwareKeys({ ...props, hardware, currency });

  return (
    <fieldset
      aria-label={t('keypad.label')}
      className={cx('grid min-w-0 gap-2', action ? 'grid-cols-4 grid-rows-4' : 'grid-cols-3 grid-rows-4')}
    >
      {digits.map((digit, index) => (
        <button
          key={digit}
          type="button"
          onClick={() => press(digit)}
          className={keyClass}
          style={{ gridColumn: (index % 3) + 1, gridRow: Math.floor(index / 3) + 1 }}
        >
          {digit}
        </button>
      ))}
      <button
        type="button"
        aria-label={t('keypad.point')}
        onClick={() => press('.')}
        className={keyClass}
        style={{ gridColumn: 1, gridRow: 4 }}
      >
        .
      </button>
      <button
        type="button"
        onClick={() => press('0')}
        className={keyClass}
        style={{ gridColumn: 2, gridRow: 4 }}
      >
        0
      </button>
      {action ? <ThirdKey onPlus={onPlus} onZeros={() => press('00')} /> : null}
      <button
        type="button"
        aria-label={t('delete')}
        onClick={() => press('delete')}
        className={cx(keyClass, 'text-muted')}
        style={action ? { gridColumn: 4, gridRow: 1 } : { gridColumn: 3, gridRow: 4 }}
      >
        <Delete size={26} strokeWidth={1.75} aria-hidden="true" />
      </button>
      {action ? (
        <div
          className="flex items-stretch [&>*]:h-full [&>*]:w-full"
          style={{ gridColumn: 4, gridRow: '2 / 5' }}
        >
          {action}
        </div>
      ) : null}
    </fieldset>
  );
}
