import { ChevronLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { cx } from './cx.ts';
import { useUiText } from './i18n.ts';

interface PageShellProps {
  title?: ReactNode;
  /** Instead of the title: the wordmark of a home screen. */
  header?: ReactNode;
  onBack?: () => void;
  /** Icon buttons at the end of the header. */
  actions?: ReactNode;
  /** The foot of the screen: a main button, or the navigation bar. */
  foot?: ReactNode;
  navigation?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Colours of the whole screen, for results seen from afar. */
  surface?: string;
}

/** One phone screen: header, content that scrolls, a foot that stays. On a desktop it keeps a phone's width, centred. */
export function PageShell(props: PageShellProps) {
  const {
    title,
    header,
    onBack,
    actions,
    foot,
    navigation,
    children,
    className,
    surface = 'bg-ground',
  } = props;
  const t = useUiText();
  return (
    <div className={cx('flex min-h-dvh flex-col', surface)}>
      <header className="sticky top-0 z-20 pt-[env(safe-area-inset-top)]" style={{ background: 'inherit' }}>
        <div className="mx-auto flex min-h-14 w-full max-w-xl items-center gap-1 px-2 print:hidden">
          {onBack ? (
            <IconButton label={t('back')} onClick={onBack}>
              <ChevronLeft size={24} strokeWidth={1.75} aria-hidden="true" />
            </IconButton>
          ) : (
            <span className="w-1" />
          )}
          {header ?? <h1 className="min-w-0 flex-1 truncate font-semibold text-20">{title}</h1>}
          {header ? <span className="flex-1" /> : null}
          {actions}
        </div>
      </header>
      <main className={cx('flex flex-1 flex-col', foot ? 'lg:flex-none' : null)}>
        <div className={cx('mx-auto flex w-full max-w-xl flex-1 flex-col px-4 pb-8', className)}>
          {children}
        </div>
        {foot ? (
          <div className="safe-bottom sticky bottom-0 z-10 border-line border-t bg-paper lg:static lg:border-0 lg:bg-transparent print:hidden">
            <div className="mx-auto w-full max-w-xl p-4">{foot}</div>
          </div>
        ) : null}
      </main>
      {navigation ? <div className="sticky bottom-0 z-10 print:hidden">{navigation}</div> : null}
    </div>
  );
}

/** A titled part of a page; `action` stands at the end of the title's line. */
export function Section({
  title,
  action,
  children,
}: {
  title: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="mt-6 flex flex-col gap-2">
      <div className="flex min-h-8 items-center justify-between">
        <h2 className="font-semibold text-16 text-ink">{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}
