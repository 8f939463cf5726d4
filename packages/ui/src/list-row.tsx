import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

interface ListRowProps {
  title: ReactNode;
  detail?: ReactNode;
  /** At the start: an icon or a letter in a disc (see `Disc`). */
  leading?: ReactNode;
  /** At the end: an amount, a value. */
  trailing?: ReactNode;
  trailingDetail?: ReactNode;
  href?: string;
  onClick?: (event: { preventDefault(): void }) => void;
  chevron?: boolean;
  className?: string;
}

/** One line of a list: a link with `href`, a button with `onClick` alone, plain otherwise. */
export function ListRow(props: ListRowProps) {
  const { title, detail, leading, trailing, trailingDetail, href, onClick, chevron, className } = props;
  const body = (
    <>
      {leading}
      <span className="min-w-0 flex-1">
        <span className="block truncate text-16 text-ink">{title}</span>
        {detail ? <span className="block truncate text-14 text-muted">{detail}</span> : null}
      </span>
      {trailing || trailingDetail ? (
        <span className="flex shrink-0 flex-col items-end">
          {trailing ? <span className="text-16 text-ink">{trailing}</span> : null}
          {trailingDetail ? <span className="text-14 text-muted">{trailingDetail}</span> : null}
        </span>
      ) : null}
      {chevron ? (
        <ChevronRight aria-hidden="true" size={18} strokeWidth={1.75} className="shrink-0 text-muted" />
      ) : null}
    </>
  );
  const classes = cx('target flex w-full items-center gap-3 px-4 py-3 text-left', className);
  const active = 'transition-colors duration-(--motion) hover:bg-sunken';
  if (href !== undefined) {
    return (
      <a href={href} onClick={onClick} className={cx(classes, active)}>
        {body}
      </a>
    );
  }
  if (onClick) {
    return (
      <button type="button" onClick={onClick} className={cx(classes, active)}>
        {body}
      </button>
    );
  }
  return <div className={classes}>{body}</div>;
}

/** A framed group of rows with lines between them. */
export function List({
  children,
  className,
  label,
}: {
  children: ReactNode;
  className?: string;
  label?: string;
}) {
  const Group = label ? 'fieldset' : 'div';
  return (
    <Group
      {...(label ? { 'aria-label': label } : {})}
      className={cx(
        'min-w-0 divide-y divide-line overflow-hidden rounded-card border border-line bg-raised',
        className,
      )}
    >
      {children}
    </Group>
  );
}

/** A round place for an icon or the first letter of a name. */
export function Disc({
  children,
  tone = 'ink',
}: {
  children: ReactNode;
  tone?: 'ink' | 'jade' | 'brand' | 'amber';
}) {
  const tones = {
    ink: 'bg-sunken text-ink',
    jade: 'bg-jade-soft text-jade',
    brand: 'bg-brand-soft text-brand',
    amber: 'bg-amber-soft text-amber',
  };
  return (
    <span
      aria-hidden="true"
      className={cx(
        'flex size-10 shrink-0 items-center justify-center rounded-pill font-semibold text-16',
        tones[tone],
      )}
    >
      {children}
    </span>
  );
}

/** Name and value in a list of facts: receipts, details. Put inside a <dl>. */
export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-6 py-2">
      <dt className="shrink-0 text-14 text-muted">{name}</dt>
      <dd className="min-w-0 break-words text-right text-14 text-ink">{children}</dd>
    </div>
  );
}
