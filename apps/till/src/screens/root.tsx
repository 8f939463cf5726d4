import { Mark, useUiText } from '@feiqian/ui';
import { Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Announcer } from '../components/announcer.tsx';
import { useAwakeScreen } from '../device/wake-lock.ts';
import { MeContext, session } from '../session.ts';
import { useStore } from '../store.ts';

const LiveLink = lazy(() => import('../components/live-link.tsx'));
const SignInScreen = lazy(() => import('./sign-in.tsx'));

function Splash() {
  const t = useUiText();
  return (
    <p role="status" className="flex min-h-dvh items-center justify-center bg-ground text-brand">
      <Mark size={72} />
      <span className="sr-only">{t('loading')}</span>
    </p>
  );
}

/** After a change of screen the focus is on its heading, unless the screen put it somewhere itself. */
function useArrival(): void {
  const { pathname } = useLocation();
  const { t, i18n } = useTranslation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path and the language are what changed
  useEffect(() => {
    document.title = `${t('name')} ${t('suffix')}`;
    const timer = setTimeout(() => {
      if (document.activeElement !== null && document.activeElement !== document.body) return;
      document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
    }, 80);
    return () => clearTimeout(timer);
  }, [pathname, i18n.language]);
}

function Inside() {
  useAwakeScreen();
  return (
    <>
      <Announcer />
      <Suspense>
        <LiveLink />
      </Suspense>
      <Suspense fallback={<Splash />}>
        <Outlet />
      </Suspense>
    </>
  );
}

/** The door of the till: nothing is behind it without a signed-in member of staff. */
export function RootScreen() {
  const { state, me } = useStore(session);
  useArrival();
  if (state === 'out' || me === null) {
    return (
      <Suspense fallback={<Splash />}>
        <SignInScreen />
      </Suspense>
    );
  }
  return (
    <MeContext value={me}>
      <Inside />
    </MeContext>
  );
}
