import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { cx } from './cx.ts';
import { Spinner } from './spinner.tsx';

export type ButtonKind = 'primary' | 'secondary' | 'danger' | 'ghost';

const kinds: Record<ButtonKind, string> = {
  primary: 'bg-brand-fill text-on-brand enabled:hover:bg-brand-fill-press enabled:active:bg-brand-fill-press',
  secondary: 'border border-line-strong bg-raised text-ink enabled:hover:bg-sunken enabled:active:bg-sunken',
  danger: 'border border-rose bg-raised text-rose enabled:hover:bg-rose-soft enabled:active:bg-rose-soft',
  ghost: 'text-azure enabled:hover:bg-azure-soft enabled:active:bg-azure-soft',
};

const base =
  'target inline-flex select-none items-center justify-center gap-2 text-center font-semibold transition-colors duration-(--motion) disabled:opacity-45';

/** The classes of a button, for a link that looks like one. */
export function buttonClass(
  kind: ButtonKind = 'primary',
  options: { wide?: boolean; large?: boolean; compact?: boolean } = {},
) {
  const size = options.compact
    ? 'rounded-small px-3 text-14'
    : cx('rounded-card px-4', options.large ? 'min-h-14 text-20' : 'text-16');
  return cx(base, size, kinds[kind], options.wide && 'w-full');
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: ButtonKind;
  wide?: boolean;
  large?: boolean;
  /** Smaller words and less air, for the dense pages of a desk. */
  compact?: boolean;
  /** Shows a spinner, keeps the words, and refuses a second press. */
  busy?: boolean;
  icon?: ReactNode;
}

/** A button; `primary` is for the one main action of a screen. */
export function Button({
  kind = 'primary',
  wide = false,
  large = false,
  compact = false,
  busy = false,
  icon,
  className,
  children,
  disabled,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      className={cx(buttonClass(kind, { wide, large, compact }), className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label'> {
  /** Spoken name and tooltip: an icon alone says nothing to a screen reader. */
  label: string;
  tone?: 'ink' | 'muted' | 'current';
}

/** A square button with an icon only; always named. */
export function IconButton({ label, tone = 'ink', className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cx(
        'target inline-flex items-center justify-center rounded-card transition-colors duration-(--motion) enabled:hover:bg-sunken disabled:opacity-45',
        tone === 'ink'
          ? 'text-ink'
          : tone === 'muted'
            ? 'text-muted'
            : 'text-current enabled:hover:bg-white/15',
        className,
      )}
      {...rest}
    >
      {children}
    </button>
  );
}
