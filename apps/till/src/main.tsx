import './app.css';
import { registerSW } from 'virtual:pwa-register';
import { applyPreferences, createI18n, Toaster } from '@feiqian/ui';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { unlockSound } from './device/sound.ts';
import { en } from './i18n/en.ts';
import { zh } from './i18n/zh.ts';
import { client, router } from './router.tsx';
import { startSession } from './session.ts';

applyPreferences();
const i18n = createI18n({ zh, en });
void startSession();
for (const touch of ['pointerdown', 'keydown'] as const) window.addEventListener(touch, unlockSound);
registerSW({ immediate: true });

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root.');
createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <Toaster />
      </QueryClientProvider>
    </I18nextProvider>
  </StrictMode>,
);
