import { cx } from './cx.ts';

/** The coin without its upper right quarter, around a square hole. On a 64 × 64 field. */
export const coinPath = 'M28 10 A26 26 0 1 0 54 36 H37 V45 H19 V27 H28 Z';

/** The quarter that lifts off: a long outer feather, and the inner one that keeps the corner of the hole. */
export const wingPaths = [
  'M33 3 C49 3 62.5 15.5 63.5 32 C58 20.5 47.5 11.6 33 10.6 Z',
  'M33 13.4 C44.5 14.4 53.5 21.5 58.5 31 H42 V22 H33 Z',
] as const;

interface MarkProps {
  size?: number;
  className?: string;
  /** Spoken name; without one the mark is decoration. */
  label?: string;
}

/** The mark: a square-holed coin whose upper right quarter lifts off as a wing. Takes the current colour. */
export function Mark({ size = 28, className, label }: MarkProps) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 64 64"
      fill="currentColor"
      className={cx('shrink-0', className)}
      role={label ? 'img' : 'presentation'}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      <path d={coinPath} />
      {wingPaths.map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}

/** Mark and name side by side, for headers. `suffix` names the app ("till", "console"). */
export function Wordmark({ name, suffix, className }: { name: string; suffix?: string; className?: string }) {
  return (
    <span className={cx('inline-flex items-center gap-2 font-semibold text-20 text-ink', className)}>
      <Mark className="text-brand" />
      <span>{name}</span>
      {suffix ? <span className="font-normal text-16 text-muted">{suffix}</span> : null}
    </span>
  );
}
