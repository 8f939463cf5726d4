import { cx, NavBar, type NavItem, Wordmark } from '@feiqian/ui';
import { useNavigate } from '@tanstack/react-router';
import { Calculator, QrCode, ReceiptText, Settings } from 'lucide-react';
import type { MouseEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { shopName, useMe } from '../session.ts';
import { Notices } from './notices.tsx';
import { PendingButton } from './pending-button.tsx';

type Place = 'charge' | 'sales' | 'poster' | 'settings';
const paths = { charge: '/', sales: '/sales', poster: '/poster', settings: '/settings' } as const;
const icons = { charge: Calculator, sales: ReceiptText, poster: QrCode, settings: Settings } as const;
const places = Object.keys(paths) as Place[];

interface FrameProps {
  place: Place;
  children: ReactNode;
  /** Fills the height of the window and does not scroll as a whole. */
  filled?: boolean;
  className?: string;
}

/** The four main screens: names and news above, the ways at the foot of a phone or in the header of a desktop. */
export function Frame({ place, children, filled = false, className }: FrameProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const items: NavItem[] = places.map((id) => {
    const Icon = icons[id];
    return {
      id,
      label: t(`nav.${id}`),
      href: `/till${paths[id]}`,
      icon: <Icon size={22} strokeWidth={1.75} aria-hidden="true" />,
    };
  });
  const go = (id: string) => void navigate({ to: paths[id as Place] });
  const follow = (id: string) => (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(id);
  };
  return (
    <div
      className={cx(
        'flex flex-col bg-ground print:block print:min-h-0 print:bg-white',
        filled ? 'h-dvh overflow-hidden' : 'min-h-dvh',
      )}
    >
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 focus:rounded-card focus:bg-paper focus:px-4 focus:py-3 focus:text-azure"
      >
        {t('nav.skip')}
      </a>
      <header className="sticky top-0 z-20 border-line border-b bg-paper pt-[env(safe-area-inset-top)] print:hidden">
        <div className="mx-auto flex min-h-14 w-full max-w-6xl items-center gap-3 px-4">
          <Wordmark name={t('name')} suffix={t('suffix')} className="shrink-0" />
          <nav aria-label={t('nav.label')} className="ml-6 hidden lg:block">
            <ul className="flex gap-1">
              {items.map((item) => (
                <li key={item.id}>
                  <a
                    href={item.href}
                    onClick={follow(item.id)}
                    aria-current={item.id === place ? 'page' : undefined}
                    className={cx(
                      'target flex items-center gap-2 rounded-card px-4 text-16',
                      item.id === place
                        ? 'bg-brand-soft font-semibold text-brand'
                        : 'text-muted hover:bg-sunken',
                    )}
                  >
                    {item.icon}
                    {item.label}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <span className="flex-1" />
          <span className="min-w-0 text-right leading-tight">
            <span className="block truncate text-14 text-ink">{shopName(me)}</span>
            <span className="block truncate text-12 text-muted">
              {me.staff.name} · {t(`role.${me.staff.role}`)}
            </span>
          </span>
          <PendingButton />
        </div>
      </header>
      <Notices />
      <main
        id="content"
        tabIndex={-1}
        className={cx(
          'mx-auto flex w-full max-w-6xl flex-1 flex-col outline-none',
          filled && 'min-h-0',
          className,
        )}
      >
        {children}
      </main>
      <div className="sticky bottom-0 z-10 lg:hidden print:hidden">
        <NavBar label={t('nav.label')} items={items} current={place} onNavigate={(item) => go(item.id)} />
      </div>
    </div>
  );
}
