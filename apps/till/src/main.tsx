import './app.css';
import { applyPreferences, loadI18n } from '@feiqian/ui';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { unlockSound } from './device/sound.ts';
import { zh } from './i18n/zh.ts';
import { router } from './router.tsx';
import { startSession } from './session.ts';

applyPreferences();
const i18n = await loadI18n({ zh, en: () => import('./i18n/en.ts').then((words) => words.en) });
void startSession();
for (const touch of ['pointerdown', 'keydown'] as const) window.addEventListener(touch, unlockSound);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root.');
createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={i18n}>
      <RouterProvider router={router} />
    </I18nextProvider>
  </StrictMode>,
);

// After the first screen is there: what makes the next start work without a network.
window.addEventListener('load', () => {
  void import('virtual:pwa-register').then(({ registerSW }) => registerSW({ immediate: true }));
});
