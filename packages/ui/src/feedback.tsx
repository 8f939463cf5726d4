import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError } from './api.ts';
import { Button } from './button.tsx';
import { cx } from './cx.ts';
import { useUiText } from './i18n.ts';

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  detail?: ReactNode;
  action?: ReactNode;
}

/** What stands where a list would be: why it is empty and what to do about it. */
export function EmptyState({ icon, title, detail, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-12 text-center">
      {icon ? <span className="text-muted">{icon}</span> : null}
      <p className="font-semibold text-16 text-ink">{title}</p>
      {detail ? <div className="max-w-xs text-14 text-muted">{detail}</div> : null}
      {action}
    </div>
  );
}

/** The grey place of something on its way. Give it the size of what will come. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx('fq-pulse block rounded-small bg-sunken', className)} />;
}

interface ErrorNoticeProps {
  /** Anything caught; an `ApiError` says it in its own words. */
  error?: unknown;
  /** What happened, if the error should not speak for itself. */
  title?: string;
  detail?: ReactNode;
  /** What did not happen ("no money moved"). */
  assurance?: string;
  onRetry?: () => void;
  /** The next step, when it is not a retry. */
  action?: ReactNode;
}

/** What happened, what did not, and the next step. */
export function ErrorNotice({ error, title, detail, assurance, onRetry, action }: ErrorNoticeProps) {
  const t = useUiText();
  const problem = error instanceof ApiError ? error : null;
  const offline = problem?.code === 'network_unreachable';
  const late = problem?.code === 'timeout';
  const known = problem ? t(`problem.${problem.code}` as 'problem.not_found', { defaultValue: '' }) : '';
  const heading = title ?? (offline ? t('error.network') : late ? t('error.timeout') : t('error.title'));
  const words =
    detail ??
    (offline
      ? t('error.networkDetail')
      : late
        ? t('error.timeoutDetail')
        : known || problem?.detail || problem?.title);
  return (
    <div role="alert" className="flex gap-3 rounded-card border border-rose/40 bg-rose-soft p-4">
      <CircleAlert aria-hidden="true" size={22} strokeWidth={1.75} className="mt-0.5 shrink-0 text-rose" />
      <div className="flex min-w-0 flex-1 flex-col items-start gap-1">
        <p className="font-semibold text-16 text-ink">{heading}</p>
        {words ? <div className="break-words text-14 text-ink">{words}</div> : null}
        {assurance ? <p className="text-14 text-ink">{assurance}</p> : null}
        {problem?.requestId ? (
          <p className="figures break-all text-12 text-ink">
            {t('error.reference', { id: problem.requestId })}
          </p>
        ) : null}
        {onRetry ? (
          <Button kind="secondary" className="mt-2" onClick={onRetry}>
            {t('retry')}
          </Button>
        ) : null}
        {action ? <div className="mt-2">{action}</div> : null}
      </div>
    </div>
  );
}
