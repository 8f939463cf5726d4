import { Button, buttonClass, EmptyState, PageShell } from '@feiqian/ui';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** An address that leads nowhere. */
export function NotFoundScreen() {
  const { t } = useTranslation();
  return (
    <PageShell title={t('title')}>
      <EmptyState
        title={t('notFound.title')}
        detail={t('notFound.detail')}
        action={
          <Link to="/" className={buttonClass('secondary')}>
            {t('notFound.home')}
          </Link>
        }
      />
    </PageShell>
  );
}

/** A bug of ours, or a part of the app that could not be fetched. */
export function BrokenScreen() {
  const { t } = useTranslation();
  return (
    <PageShell title={t('title')}>
      <div role="alert">
        <EmptyState
          title={t('broken.title')}
          detail={t('broken.detail')}
          action={
            <Button kind="secondary" onClick={() => window.location.reload()}>
              {t('broken.reload')}
            </Button>
          }
        />
      </div>
    </PageShell>
  );
}
