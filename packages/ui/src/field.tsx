import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from 'react';
import { cx } from './cx.ts';

interface FieldFrame {
  label: string;
  /** One line under the field; replaced by `error` when there is one. */
  hint?: ReactNode;
  error?: string;
}

const control =
  'target w-full rounded-card border bg-raised px-4 text-16 text-ink placeholder:text-muted disabled:opacity-45';

function Frame({ id, label, hint, error, children }: FieldFrame & { id: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-semibold text-14 text-ink">
        {label}
      </label>
      {children}
      {error ? (
        <p id={`${id}-note`} role="alert" className="text-14 text-rose">
          {error}
        </p>
      ) : hint ? (
        <p id={`${id}-note`} className="text-14 text-muted">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

export interface FieldProps extends FieldFrame, Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> {
  id?: string;
  /** Inside the right edge: a unit, a "send code" button. */
  trailing?: ReactNode;
}

/** A labelled text field; label, hint and error are tied to the input for screen readers. */
export function Field({ label, hint, error, trailing, className, id, ...rest }: FieldProps) {
  const made = useId();
  const own = id ?? made;
  return (
    <Frame id={own} label={label} hint={hint} error={error}>
      <div className="relative flex items-stretch">
        <input
          id={own}
          aria-invalid={error ? true : undefined}
          aria-describedby={hint || error ? `${own}-note` : undefined}
          className={cx(
            control,
            error ? 'border-rose' : 'border-line-strong',
            trailing ? 'pr-32' : null,
            className,
          )}
          {...rest}
        />
        {trailing ? <div className="absolute inset-y-0 right-1 flex items-center">{trailing}</div> : null}
      </div>
    </Frame>
  );
}

export interface SelectFieldProps extends FieldFrame, Omit<SelectHTMLAttributes<HTMLSelectElement>, 'id'> {
  options: readonly { value: string; label: string }[];
}

/** A labelled choice from a list; the platform's own list, which every phone draws well. */
export function SelectField({ label, hint, error, options, className, ...rest }: SelectFieldProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select
        id={id}
        aria-describedby={hint || error ? `${id}-note` : undefined}
        className={cx(control, 'border-line-strong', className)}
        {...rest}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

interface ChoiceProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: ReactNode;
  detail?: ReactNode;
  disabled?: boolean;
}

/** One line with a switch at its end. */
export function Switch({ checked, onChange, label, detail, disabled }: ChoiceProps) {
  return (
    <label className="target flex w-full cursor-pointer items-center gap-4 py-2">
      <span className="flex-1">
        <span className="block text-16 text-ink">{label}</span>
        {detail ? <span className="block text-14 text-muted">{detail}</span> : null}
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-checked={checked}
        className="peer sr-only"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span
        aria-hidden="true"
        className={cx(
          'relative h-7 w-12 shrink-0 rounded-pill border transition-colors duration-(--motion) peer-focus-visible:outline-2 peer-focus-visible:outline-azure peer-focus-visible:outline-offset-2 peer-disabled:opacity-45',
          checked ? 'border-jade-fill bg-jade-fill' : 'border-line-strong bg-sunken',
        )}
      >
        <span
          className={cx(
            'absolute top-0.5 left-0.5 size-5.5 rounded-pill transition-transform duration-(--motion)',
            checked ? 'translate-x-5 bg-white' : 'bg-line-strong',
          )}
        />
      </span>
    </label>
  );
}

/** A box to tick with its words; the whole line is the target. */
export function Checkbox({ checked, onChange, label, detail, disabled }: ChoiceProps) {
  return (
    <label className="target flex w-full cursor-pointer items-center gap-3 py-2">
      <input
        type="checkbox"
        className="size-6 shrink-0 accent-brand-fill disabled:opacity-45"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className="min-w-0 flex-1">
        <span className="block text-16 text-ink">{label}</span>
        {detail ? <span className="block text-14 text-muted">{detail}</span> : null}
      </span>
    </label>
  );
}
