import { ErrorNotice, Scanner } from '@feiqian/ui';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { InnerPage, OfflineNote } from '../parts/tab-page.tsx';
import { sortScanned } from '../scanned.ts';

/** Camera, picture or pasted text; leads on to whatever the code asks for. */
export function ScanScreen() {
  const { t } = useTranslation();
  const router = useRouter();
  const [paused, setPaused] = useState(false);
  const [ownCode, setOwnCode] = useState(false);

  const take = (text: string) => {
    const scanned = sortScanned(text);
    if (scanned.kind === 'pay_code') return setOwnCode(true);
    setPaused(true);
    if (scanned.kind === 'payment') {
      void router.navigate({
        to: '/pay/$paymentId',
        params: { paymentId: scanned.paymentId },
        replace: true,
      });
    } else if (scanned.kind === 'receive') {
      void router.navigate({ to: '/send', search: { code: scanned.code }, replace: true });
    } else {
      void router.navigate({ to: '/to', search: { code: scanned.text }, replace: true });
    }
  };

  return (
    <InnerPage title={t('scan.title')}>
      <OfflineNote />
      {ownCode ? (
        <div className="mb-3">
          <ErrorNotice title={t('scan.failed')} detail={t('scan.payCodeSeen')} />
        </div>
      ) : null}
      <Scanner className="flex-1" paused={paused} onCode={(code) => take(code.text)} />
    </InnerPage>
  );
}
