import { lazy, Suspense } from 'react';
import { useUiText } from './i18n.ts';
import type { ScannerProps } from './scanner-view.tsx';
import { Spinner } from './spinner.tsx';

const load = () => import('./scanner-view.tsx');
const View = lazy(load);

/** Fetches the scanner's code ahead of the tap that needs it. */
export function preloadScanner(): void {
  void load();
}

/** Reads QR and Code 128 codes by camera, picture or pasted text; its code and WASM load when first shown. */
export function Scanner(props: ScannerProps) {
  const t = useUiText();
  return (
    <Suspense
      fallback={
        <p
          role="status"
          className="flex min-h-72 flex-1 items-center justify-center gap-2 rounded-card bg-black text-white"
        >
          <Spinner /> {t('loading')}
        </p>
      }
    >
      <View {...props} />
    </Suspense>
  );
}
