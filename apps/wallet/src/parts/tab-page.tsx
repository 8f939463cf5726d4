import { cx, Mark, NavBar, PageShell } from '@feiqian/ui';
import { useRouter } from '@tanstack/react-router';
import { House, ReceiptText, UserRound, WalletCards } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useOnline } from './online.ts';

export type TabId = 'home' | 'records' | 'cards' | 'me';
const paths = { home: '/', records: '/records', cards: '/cards', me: '/me' } as const;
const icons = { home: House, records: ReceiptText, cards: WalletCards, me: UserRound };
const tabs = Object.keys(paths) as TabId[];

/** The window's title follows the screen. */
export function useTitle(title: string): void {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t('title')}`;
  }, [title, t]);
}

/** Says that there is no network, and what still works. */
export function OfflineNote() {
  const { t } = useTranslation();
  if (useOnline()) return null;
  return (
    <p role="status" className="mb-2 rounded-card bg-amber-soft px-4 py-2 text-center text-14 text-amber">
      {t('offline')}
    </p>
  );
}

function Rail({ current }: { current: TabId }) {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <nav
      aria-label={t('nav.label')}
      className="fixed inset-y-0 left-0 z-30 hidden w-56 flex-col gap-1 border-line border-r bg-paper p-4 lg:flex print:hidden"
    >
      <span className="mb-6 flex items-center gap-2 px-3 pt-2 font-semibold text-20">
        <Mark className="text-brand" />
        {t('title')}
      </span>
      {tabs.map((tab) => {
        const Icon = icons[tab];
        return (
          <a
            key={tab}
            href={`/wallet${paths[tab]}`}
            aria-current={tab === current ? 'page' : undefined}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              void router.navigate({ to: paths[tab] });
            }}
            className={cx(
              'target flex items-center gap-3 rounded-card px-3 text-16',
              tab === current
                ? 'bg-brand-soft font-semibold text-brand'
                : 'text-muted hover:bg-sunken hover:text-ink',
            )}
          >
            <Icon size={22} strokeWidth={1.75} aria-hidden="true" />
            {t(`nav.${tab}`)}
          </a>
        );
      })}
    </nav>
  );
}

interface TabPageProps {
  tab: TabId;
  title: string;
  header?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** One of the four main screens: the bar at the foot of a phone, a rail beside it on a desktop. */
export function TabPage({ tab, title, header, actions, children }: TabPageProps) {
  const { t } = useTranslation();
  const router = useRouter();
  useTitle(title);
  const items = tabs.map((id) => {
    const Icon = icons[id];
    return {
      id,
      label: t(`nav.${id}`),
      href: `/wallet${paths[id]}`,
      icon: <Icon size={22} strokeWidth={1.75} aria-hidden="true" />,
    };
  });
  return (
    <div className="lg:pl-56">
      <Rail current={tab} />
      <PageShell
        title={title}
        header={header}
        actions={actions}
        navigation={
          <div className="lg:hidden">
            <NavBar
              label={t('nav.label')}
              items={items}
              current={tab}
              onNavigate={(item) => void router.navigate({ to: paths[item.id as TabId] })}
            />
          </div>
        }
      >
        <OfflineNote />
        {children}
      </PageShell>
    </div>
  );
}

/** A screen one step inside: a title, a way back. `fallback` is where back leads on a fresh start. */
export function InnerPage(props: {
  title: string;
  fallback?: '/' | '/accounts' | '/transfers' | '/cards' | '/records' | '/me';
  actions?: ReactNode;
  foot?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  const { title, fallback = '/', actions, foot, className, children } = props;
  const router = useRouter();
  useTitle(title);
  const back = () => {
    if (router.history.canGoBack()) router.history.back();
    else void router.navigate({ to: fallback });
  };
  return (
    <PageShell title={title} onBack={back} actions={actions} foot={foot} className={className}>
      {children}
    </PageShell>
  );
}
