import { buttonClass, EmptyState, Spinner } from '@feiqian/ui';
import { Link } from '@tanstack/react-router';
import { ChevronLeft, Compass } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Nothing lives at this address, or not for this person. */
export function Missing({ title, detail }: { title?: string; detail?: string }) {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<Compass size={40} strokeWidth={1.25} aria-hidden="true" />}
      title={title ?? t('app.missing')}
      detail={detail ?? t('app.missingDetail')}
      action={
        <Link to="/" className={buttonClass('secondary', { compact: true })}>
          {t('app.home')}
        </Link>
      }
    />
  );
}

/** A page on its way. */
export function Waiting() {
  const { t } = useTranslation();
  return (
    <div role="status" className="flex items-center justify-center gap-3 py-24 text-14 text-muted">
      <Spinner />
      {t('app.loading')}
    </div>
  );
}

interface PageHeadProps {
  title: ReactNode;
  lead?: ReactNode;
  /** Where the page hangs: a link back above the title. */
  back?: { to: '/payments' | '/merchants'; label: string };
  actions?: ReactNode;
}

/** Title, one line of what this is, and what can be done here. */
export function PageHead({ title, lead, back, actions }: PageHeadProps) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pb-4">
      <div className="min-w-0">
        {back ? (
          <Link
            to={back.to}
            className="-ml-1 inline-flex items-center gap-0.5 py-1 text-14 text-azure hover:underline"
          >
            <ChevronLeft size={16} strokeWidth={1.75} aria-hidden="true" />
            {back.label}
          </Link>
        ) : null}
        <h1 className="font-semibold text-20 text-ink lg:text-28">{title}</h1>
        {lead ? <p className="text-14 text-muted">{lead}</p> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </div>
  );
}

interface PanelProps {
  title?: ReactNode;
  hint?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Without air around the content: for tables that reach the frame. */
  flush?: boolean;
}

/** A framed part of a page. */
export function Panel({ title, hint, action, children, className, flush }: PanelProps) {
  return (
    <section className={`flex min-w-0 flex-col rounded-card border border-line bg-raised ${className ?? ''}`}>
      {title ? (
        <div className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 px-4 pt-2">
          <h2 className="font-semibold text-14 text-ink">{title}</h2>
          {action}
        </div>
      ) : null}
      {hint ? <p className="px-4 text-12 text-muted">{hint}</p> : null}
      <div className={flush ? 'relative min-w-0 overflow-x-auto pb-1' : 'min-w-0 px-4 pt-2 pb-4'}>
        {children}
      </div>
    </section>
  );
}
