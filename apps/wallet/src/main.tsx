import './app.css';
import { applyPreferences, loadI18n, Toaster } from '@feiqian/ui';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { onSessionEnded, onTimeHeard, queryClient } from './client.ts';
import { listenForInstall } from './install.ts';
import { router } from './router.tsx';
import { dropSession, hearTime, startSession, waitingEnd } from './session.ts';
import { zh } from './words/zh.ts';

applyPreferences();
listenForInstall();
onTimeHeard(hearTime);

onSessionEnded(() => {
  const ended = waitingEnd();
  void dropSession().then(() =>
    ended === null
      ? router.invalidate()
      : router.navigate({ to: '/sign-in', search: { ended }, replace: true }),
  );
});

const [i18n] = await Promise.all([
  loadI18n({ zh, en: () => import('./words/en.ts').then((words) => words.en) }),
  startSession(),
]);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Toaster />
      </QueryClientProvider>
    </I18nextProvider>
  </StrictMode>,
);

/** What makes the next start work without a network fetches all of the app: the first screen and its taps come first, in ms. */
const workerLaterMs = 2_500;
if (import.meta.env.PROD)
  setTimeout(
    () => void navigator.serviceWorker?.register(`${import.meta.env.BASE_URL}sw.js`).catch(() => undefined),
    workerLaterMs,
  );

/** So that what follows does not hold up the first screen, in ms. */
const pushLaterMs = 5_000;
// Who takes push messages has allowed them; for the others nothing is loaded.
if (globalThis.Notification?.permission === 'granted')
  setTimeout(async () => {
    const { keepPushUp } = await import('./push.ts');
    await keepPushUp(i18n.language === 'en' ? 'en' : 'zh-CN').catch(() => undefined);
  }, pushLaterMs);
