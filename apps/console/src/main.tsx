import './app.css';
import { applyPreferences, createI18n, Toaster } from '@feiqian/ui';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { en } from './catalogue/en.ts';
import { zh } from './catalogue/zh.ts';
import { createConsoleRouter } from './router.tsx';
import { createQueries } from './session.ts';

applyPreferences();
const i18n = createI18n({ zh, en });
const nameWindow = () => {
  document.title = i18n.t('app.title');
};
nameWindow();
i18n.on('languageChanged', nameWindow);

const queryClient = createQueries(() => {
  const here = router.state.location;
  if (here.pathname !== '/sign-in') void router.navigate({ to: '/sign-in', search: { next: here.href } });
});
const router = createConsoleRouter(queryClient);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with id "root"');
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
