import { cx } from './cx.ts';

/** The coin without its upper right quarter, around a square hole. On a 64 × 64 field. */
export const coinPath = 'M29 9 A26 26 0 1 0 55 35 H38 V44 H20 V26 H29 Z';

/** The quarter that lifts off: three feathers, each a sliver of the coin's own circle. */
export const wingPaths = [
  'M34 4 C48 4 59 14 62 30 C56 20 46 12.5 34 12.5 Z',
  'M34 15 C43 15.5 50 20.5 54 30 C48 24.5 41.5 21.5 34 21.5 Z',
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
