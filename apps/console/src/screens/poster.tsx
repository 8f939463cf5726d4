import { Button, buttonClass, ErrorNotice, QrCode, useUiText, Wordmark } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Printer } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Waiting } from '../components/places.tsx';
import { posterQuery } from '../queries.ts';

const route = getRouteApi('/desk/merchants/$id/posters/$storeId');

/** A store's static code on one sheet of paper; what stands around it on screen is not printed. */
export function PosterPage() {
  const { t } = useTranslation();
  const ui = useUiText();
  const { id, storeId } = route.useParams();
  const { data: poster, error, refetch } = useQuery(posterQuery(storeId));
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!poster) return <Waiting />;
  return (
    <div className="flex flex-col items-center gap-4">
      <div className="flex w-full max-w-md justify-between gap-2 print:hidden">
        <Link to="/merchants/$id" params={{ id }} className={buttonClass('ghost', { compact: true })}>
          {t('poster.back')}
        </Link>
        <Button compact icon={<Printer size={16} aria-hidden="true" />} onClick={() => window.print()}>
          {t('poster.print')}
        </Button>
      </div>
      <article className="flex w-full max-w-md flex-col items-center gap-6 border border-line bg-code-paper px-8 py-10 text-code-ink print:border-0">
        <h1 className="sr-only">{t('poster.title')}</h1>
        <Wordmark name={ui('name')} className="text-code-ink!" />
        <p className="text-center font-semibold text-28">{poster.merchant.name}</p>
        <QrCode text={poster.code} label={t('poster.title')} className="max-w-72" />
        <div className="text-center">
          <p className="text-16">{poster.store.name}</p>
          <p className="text-14">{t('poster.scan')}</p>
          <p className="text-12">{t('poster.stands')}</p>
        </div>
      </article>
    </div>
  );
}
