import { cx, IconButton, Mark, Sheet, useLanguage, useUiText, Wordmark } from '@feiqian/ui';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import {
  Activity,
  Braces,
  Ellipsis,
  Landmark,
  LogOut,
  type LucideIcon,
  PhoneCall,
  ReceiptText,
  Scale,
  Settings,
  Store,
} from 'lucide-react';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from './api.ts';
import { Waiting } from './components/places.tsx';
import { SearchBox } from './components/search-box.tsx';
import { type Place, placesOf } from './model/access.ts';
import { healthQuery } from './queries.ts';
import { meQuery } from './session.ts';

const addresses = {
  today: '/',
  payments: '/payments',
  members: '/members',
  merchants: '/merchants',
  books: '/books',
  people: '/people',
  developers: '/developers',
  settings: '/settings',
} as const satisfies Record<Place, string>;

const icons: Record<Place, LucideIcon> = {
  today: Activity,
  payments: ReceiptText,
  members: Landmark,
  merchants: Store,
  books: Scale,
  people: PhoneCall,
  developers: Braces,
  settings: Settings,
};

/** Places that fit at the foot of a phone; the rest is behind “more”. */
const footPlacesMax = 5;

/** Who is signed in; the route above made sure that somebody is. */
export function useMe() {
  return useSuspenseQuery(meQuery).data;
}

function useSignOut() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    // The session may be gone already; either way this device forgets what it saw.
    await api.signOut().catch(() => undefined);
    await navigate({ to: '/sign-in' });
    queryClient.clear();
  };
}

function RailLink({ place }: { place: Place }) {
  const { t } = useTranslation();
  const Icon = icons[place];
  return (
    <Link
      to={addresses[place]}
      activeOptions={{ exact: place === 'today', includeSearch: false }}
      className="target relative flex items-center gap-3 rounded-small px-3 text-14 text-muted transition-colors duration-(--motion) hover:bg-sunken hover:text-ink aria-[current=page]:bg-sunken aria-[current=page]:font-semibold aria-[current=page]:text-ink aria-[current=page]:before:absolute aria-[current=page]:before:inset-y-2 aria-[current=page]:before:left-0 aria-[current=page]:before:w-0.75 aria-[current=page]:before:rounded-pill aria-[current=page]:before:bg-brand-fill"
    >
      <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
      {t(`place.${place}`)}
    </Link>
  );
}

/** What the engine promises stands at the foot of the console: an operator must not have to guess. */
function EngineNote() {
  const { t } = useTranslation();
  const { data: health } = useQuery(healthQuery);
  if (!health) return null;
  const profile = (['A', 'B', 'C'] as const).find((one) => one === health.profile);
  return (
    <div className="text-12 text-muted" title={profile ? t(`engine.${profile}`) : health.promises}>
      {health.mode === 'sandbox' ? `${t('engine.sandbox')} · ` : null}
      {t('engine.profile')} {health.profile} · {health.version}
      <p className="mt-1 text-12 leading-snug">{profile ? t(`engine.${profile}`) : health.promises}</p>
    </div>
  );
}

function WhoAmI({ onSignOut }: { onSignOut: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <div className="flex items-center gap-2">
      <div className="min-w-0 flex-1">
        <p className="truncate text-14 text-ink">{me.name}</p>
        <p className="truncate text-12 text-muted">
          {me.tenant ? `${me.tenant.name} · ` : null}
          {t(`role.${me.role}`)}
        </p>
      </div>
      <IconButton label={t('app.signOut')} tone="muted" onClick={onSignOut}>
        <LogOut size={18} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

function Rail({ places, onSignOut }: { places: readonly Place[]; onSignOut: () => void }) {
  const { t } = useTranslation();
  const ui = useUiText();
  return (
    <aside
      aria-label={t('app.title')}
      className="hidden w-56 shrink-0 border-line border-r bg-raised lg:block print:hidden"
    >
      <div className="sticky top-0 flex h-dvh flex-col gap-4 p-3">
        <Link to="/" className="px-3 py-2">
          <Wordmark name={ui('name')} suffix={t('app.name')} />
        </Link>
        <nav aria-label={t('app.rail')} className="flex flex-1 flex-col gap-0.5 overflow-y-auto">
          {places.map((place) => (
            <RailLink key={place} place={place} />
          ))}
        </nav>
        <div className="flex flex-col gap-3 border-line border-t pt-3 pl-3">
          <WhoAmI onSignOut={onSignOut} />
          <EngineNote />
        </div>
      </div>
    </aside>
  );
}

function FootLink({ place, onFollow }: { place: Place; onFollow?: () => void }) {
  const { t } = useTranslation();
  const Icon = icons[place];
  return (
    <Link
      to={addresses[place]}
      activeOptions={{ exact: place === 'today', includeSearch: false }}
      onClick={onFollow}
      className="flex min-h-14 flex-col items-center justify-center gap-0.5 py-1 text-12 text-muted aria-[current=page]:font-semibold aria-[current=page]:text-brand"
    >
      <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
      {t(`place.${place}`)}
    </Link>
  );
}

function Foot({ places, onSignOut }: { places: readonly Place[]; onSignOut: () => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const shown = places.length > footPlacesMax ? places.slice(0, footPlacesMax - 1) : places;
  const hidden = places.slice(shown.length);
  return (
    <nav
      aria-label={t('app.rail')}
      className="safe-bottom fixed inset-x-0 bottom-0 z-20 border-line border-t bg-raised lg:hidden print:hidden"
    >
      <ul className="flex">
        {shown.map((place) => (
          <li key={place} className="flex-1">
            <FootLink place={place} />
          </li>
        ))}
        {hidden.length > 0 ? (
          <li className="flex-1">
            <button
              type="button"
              onClick={() => setOpen(true)}
              className="flex min-h-14 w-full flex-col items-center justify-center gap-0.5 py-1 text-12 text-muted"
            >
              <Ellipsis size={20} strokeWidth={1.75} aria-hidden="true" />
              {t('app.more')}
            </button>
          </li>
        ) : null}
      </ul>
      <Sheet open={open} onClose={() => setOpen(false)} title={t('app.more')}>
        <div className="grid grid-cols-3 gap-2 pb-4">
          {hidden.map((place) => (
            <FootLink key={place} place={place} onFollow={() => setOpen(false)} />
          ))}
        </div>
        <div className="flex flex-col gap-3 border-line border-t pt-3">
          <WhoAmI onSignOut={onSignOut} />
          <EngineNote />
        </div>
      </Sheet>
    </nav>
  );
}

/** The frame of every page behind the sign-in. */
export function Shell() {
  const { t } = useTranslation();
  const language = useLanguage();
  const me = useMe();
  const places = placesOf(me.role);
  const signOut = useSignOut();
  return (
    <div className="flex min-h-dvh bg-ground">
      <a
        href="#page"
        className="sr-only z-50 rounded-small bg-raised px-4 py-2 text-14 text-azure focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t('app.skip')}
      </a>
      <Rail places={places} onSignOut={() => void signOut()} />
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-10 border-line border-b bg-raised print:hidden">
          <div className="mx-auto flex h-14 w-full max-w-[1440px] items-center gap-3 px-4 lg:px-6">
            <Link to="/" aria-label={t('place.today')} className="lg:hidden">
              <Mark className="text-brand" />
            </Link>
            <SearchBox />
          </div>
        </header>
        <main
          id="page"
          tabIndex={-1}
          lang={language}
          className={cx('mx-auto w-full max-w-[1440px] flex-1 px-4 pt-4 pb-24 outline-none lg:px-6 lg:pt-6')}
        >
          <Suspense fallback={<Waiting />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <Foot places={places} onSignOut={() => void signOut()} />
    </div>
  );
}
