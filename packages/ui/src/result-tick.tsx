import { cx } from './cx.ts';

export type ResultKind = 'paid' | 'declined' | 'waiting' | 'closed';

const looks = {
  paid: 'bg-jade-fill text-on-jade',
  declined: 'bg-rose-fill text-on-rose',
  waiting: 'bg-amber-fill text-on-amber',
  closed: 'border border-line-strong bg-sunken text-ink',
};

/** The sign of an outcome in a disc, drawing itself once; still under reduced motion. Decoration: say the outcome in words. */
export function ResultTick({
  kind,
  size = 72,
  plain = false,
}: {
  kind: ResultKind;
  size?: number;
  plain?: boolean;
}) {
  const stroke = {
    stroke: 'currentColor',
    strokeWidth: 4,
    strokeLinecap: 'round',
    strokeLinejoin: 'round',
  } as const;
  return (
    <span
      aria-hidden="true"
      className={cx(
        'inline-flex shrink-0 items-center justify-center rounded-pill',
        plain ? '' : looks[kind],
      )}
      style={{ width: size, height: size }}
    >
      <svg aria-hidden="true" width={size * 0.62} height={size * 0.62} viewBox="0 0 40 40" fill="none">
        {kind === 'paid' ? (
          <path className="fq-draw" pathLength={1} d="M8 21.5 16.5 30 32.5 11" {...stroke} />
        ) : kind === 'declined' ? (
          <path className="fq-draw" pathLength={1} d="M11 11 29 29M29 11 11 29" {...stroke} />
        ) : kind === 'closed' ? (
          <path className="fq-draw" pathLength={1} d="M10 20h20" {...stroke} />
        ) : (
          <path className="fq-draw" pathLength={1} d="M20 8.5V21l8 5" {...stroke} />
        )}
      </svg>
    </span>
  );
}
