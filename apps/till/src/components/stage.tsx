import { cx, IconButton, useUiText } from '@feiqian/ui';
import { ChevronLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { Notices } from './notices.tsx';
import { PendingButton } from './pending-button.tsx';

interface StageProps {
  /** The heading; without one the content has the screen's own `h1`. */
  title?: string;
  onBack?: () => void;
  children: ReactNode;
  foot?: ReactNode;
  /** Colours of the whole screen. */
  surface?: string;
  /** The surface is dark in any theme: focus is shown in white. */
  coloured?: boolean;
  className?: string;
}

/** One step of a sale: the whole screen, for two people to look at, one of them from afar. */
export function Stage({
  title,
  onBack,
  children,
  foot,
  surface = 'bg-paper text-ink',
  coloured = false,
  className,
}: StageProps) {
  const t = useUiText();
  return (
    <div className={cx('flex min-h-dvh flex-col', surface, coloured && 'on-colour')}>
      <header className="pt-[env(safe-area-inset-top)]">
        <div className="mx-auto flex min-h-14 w-full max-w-6xl items-center gap-1 px-2">
          {onBack ? (
            <IconButton label={t('back')} onClick={onBack} tone="current">
              <ChevronLeft size={24} strokeWidth={1.75} aria-hidden="true" />
            </IconButton>
          ) : (
            <span className="w-2" />
          )}
          {title === undefined ? (
            <span className="flex-1" />
          ) : (
            <h1 className="min-w-0 flex-1 truncate font-semibold text-20" tabIndex={-1}>
              {title}
            </h1>
          )}
          <PendingButton />
        </div>
      </header>
      <Notices />
      <main className={cx('mx-auto flex w-full max-w-6xl flex-1 flex-col px-4', className)}>{children}</main>
      {foot ? (
        <div className="safe-bottom">
          <div className="mx-auto flex w-full max-w-xl flex-col gap-3 p-4">{foot}</div>
        </div>
      ) : null}
    </div>
  );
}
